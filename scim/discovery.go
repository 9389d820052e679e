package scim

// AppendSchema appends s as a resource of the endpoint /Schemas (RFC 7643
// section 7). base is the URL below which the endpoints stand.
func AppendSchema(dst []byte, s *Schema, base string) []byte {
	dst = append(dst, `{"schemas":["`+SchemaURI+`"]`...)
	dst = appendText(dst, "id", s.ID)
	dst = appendText(dst, "name", s.Name)
	dst = appendText(dst, "description", s.Description)
	dst = appendAttributes(append(dst, `,"attributes":`...), s.Attributes)
	return append(appendMeta(dst, "Schema", base+"/Schemas/"+s.ID), '}')
}

// AppendResourceType appends rt as a resource of the endpoint /ResourceTypes
// (RFC 7643 section 6). base is the URL below which the endpoints stand.
func AppendResourceType(dst []byte, rt *ResourceType, base string) []byte {
	dst = append(dst, `{"schemas":["`+ResourceTypeURI+`"]`...)
	dst = appendText(dst, "id", rt.Name)
	dst = appendText(dst, "name", rt.Name)
	dst = appendText(dst, "description", rt.Description)
	dst = appendText(dst, "endpoint", "/"+rt.Endpoint)
	dst = appendText(dst, "schema", rt.Schema.ID)
	dst = append(dst, `,"schemaExtensions":[`...)
	for i, ext := range rt.Extensions {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(append(dst, `{"schema":`...), ext.Schema.ID)
		dst = append(appendFlag(dst, "required", ext.Required), '}')
	}
	dst = append(dst, ']')
	return append(appendMeta(dst, "ResourceType", base+"/ResourceTypes/"+rt.Name), '}')
}

// appendAttributes writes the characteristics that mean something for the type:
// case and uniqueness are for text and numbers, not for booleans and objects.
func appendAttributes(dst []byte, attrs []*Attribute) []byte {
	dst = append(dst, '[')
	for i, a := range attrs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(append(dst, `{"name":`...), a.Name)
		dst = appendText(dst, "type", string(a.Type))
		dst = appendFlag(dst, "multiValued", a.MultiValued)
		dst = appendText(dst, "description", a.Description)
		dst = appendFlag(dst, "required", a.Required)
		dst = appendTexts(dst, "canonicalValues", a.CanonicalValues)
		if a.Type != TypeComplex && a.Type != TypeBoolean {
			dst = appendFlag(dst, "caseExact", a.CaseExact)
		}
		dst = appendText(dst, "mutability", a.Mutability)
		dst = appendText(dst, "returned", a.Returned)
		if a.Type != TypeComplex && a.Type != TypeBoolean {
			dst = appendText(dst, "uniqueness", a.Uniqueness)
		}
		dst = appendTexts(dst, "referenceTypes", a.ReferenceTypes)
		if len(a.SubAttributes) > 0 {
			dst = appendAttributes(append(dst, `,"subAttributes":`...), a.SubAttributes)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func appendMeta(dst []byte, resourceType, location string) []byte {
	dst = append(dst, `,"meta":{"resourceType":"`...)
	dst = append(append(dst, resourceType...), '"')
	return append(appendText(dst, "location", location), '}')
}

func appendText(dst []byte, name, text string) []byte {
	if text == "" {
		return dst
	}
	dst = append(AppendString(append(dst, ','), name), ':')
	return AppendString(dst, text)
}

func appendTexts(dst []byte, name string, texts []string) []byte {
	if len(texts) == 0 {
		return dst
	}
	dst = append(AppendString(append(dst, ','), name), ":["...)
	for i, text := range texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, text)
	}
	return append(dst, ']')
}

func appendFlag(dst []byte, name string, set bool) []byte {
	dst = append(AppendString(append(dst, ','), name), ':')
	if set {
		return append(dst, "true"...)
	}
	return append(dst, "false"...)
}
