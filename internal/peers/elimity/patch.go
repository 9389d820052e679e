package elimity

import (
	"maps"
	"slices"
	"strings"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	scimfilter "github.com/elimity-com/scim/filter"
	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"
)

// apply carries out one operation (RFC 7644 section 3.5.2) on the attributes of
// a resource.
func (h *handler) apply(resource map[string]any, op scim.PatchOperation) error {
	if op.Path == nil {
		attributes, ok := op.Value.(map[string]any)
		if !ok {
			return errors.ScimErrorInvalidValue
		}
		return h.merge(resource, attributes, h.schema.Attributes, op.Op)
	}
	container, attr, err := h.locate(resource, op.Path.AttributePath)
	if err != nil {
		return err
	}
	if op.Path.ValueExpression != nil {
		return atElements(container, attr, op)
	}
	if sub := op.Path.AttributePath.SubAttributeName(); sub != "" {
		return atSubAttribute(container, attr, sub, op)
	}
	set(container, attr, op.Op, op.Value)
	return nil
}

// merge applies the attributes of an operation without path: each is an
// attribute of the resource, or an extension with its attributes (section
// 3.5.2.1). The library has checked them against the schema.
func (h *handler) merge(into, attributes map[string]any, known schema.Attributes, op string) error {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		value := attributes[name]
		if e, ok := h.extension(name); ok {
			members, ok := value.(map[string]any)
			if !ok {
				return errors.ScimErrorInvalidValue
			}
			if err := h.merge(child(into, e.ID), members, e.Attributes, op); err != nil {
				return err
			}
			continue
		}
		attr, ok := known.ContainsAttribute(name)
		if !ok {
			into[name] = value
			continue
		}
		set(into, attr, op, value)
	}
	return nil
}

// locate returns the object that holds the attribute of a path.
func (h *handler) locate(resource map[string]any, path filter.AttributePath) (map[string]any, schema.CoreAttribute, error) {
	container, s := resource, h.schema
	if uri := path.URI(); uri != "" && uri != h.schema.ID {
		e, ok := h.extension(uri)
		if !ok {
			return nil, schema.CoreAttribute{}, errors.ScimErrorInvalidPath
		}
		container, s = child(resource, e.ID), e
	}
	if attr, ok := s.Attributes.ContainsAttribute(path.AttributeName); ok {
		return container, attr, nil
	}
	if strings.EqualFold(path.AttributeName, schema.CommonAttributeExternalID) {
		return container, externalID, nil
	}
	return nil, schema.CoreAttribute{}, errors.ScimErrorInvalidPath
}

var externalID = schema.SimpleCoreAttribute(schema.SimpleStringParams(schema.StringParams{Name: schema.CommonAttributeExternalID, CaseExact: true}))

func (h *handler) extension(uri string) (schema.Schema, bool) {
	for _, e := range h.extensions {
		if strings.EqualFold(e.ID, uri) {
			return e, true
		}
	}
	return schema.Schema{}, false
}

// set adds, replaces or removes an attribute as a whole.
func set(container map[string]any, attr schema.CoreAttribute, op string, value any) {
	name := attr.Name()
	if op == scim.PatchOperationRemove {
		delete(container, name)
		return
	}
	list, many := value.([]any)
	members, complex := value.(map[string]any)
	switch {
	case many && op == scim.PatchOperationAdd:
		old, _ := container[name].([]any)
		for _, v := range list {
			old = added(old, v)
		}
		container[name] = old
	case many:
		container[name] = value
		for _, v := range list {
			onePrimary(list, v)
		}
	case complex:
		// Sub-attributes that are not given stay as they are (section 3.5.2.3).
		maps.Copy(child(container, name), members)
	default:
		container[name] = value
	}
}

// atSubAttribute applies an operation to a sub-attribute of a single value, or of
// every value of several.
func atSubAttribute(container map[string]any, attr schema.CoreAttribute, sub string, op scim.PatchOperation) error {
	leaf, ok := attr.SubAttributes().ContainsAttribute(sub)
	if !ok {
		return errors.ScimErrorInvalidPath
	}
	if attr.MultiValued() {
		list, _ := container[attr.Name()].([]any)
		for _, v := range list {
			if element, ok := v.(map[string]any); ok {
				set(element, leaf, op.Op, op.Value)
			}
		}
		return nil
	}
	set(child(container, attr.Name()), leaf, op.Op, op.Value)
	return nil
}

// atElements applies an operation to the values that a filter matches. A filter
// that matches none is noTarget (section 3.5.2.3, table 9).
func atElements(container map[string]any, attr schema.CoreAttribute, op scim.PatchOperation) error {
	validator := scimfilter.NewFilterValidator(op.Path.ValueExpression, schema.Schema{Attributes: scimfilter.MultiValuedFilterAttributes(attr)})
	list, _ := container[attr.Name()].([]any)
	var kept []any
	matched := 0
	for _, v := range list {
		element, ok := v.(map[string]any)
		if !ok || validator.PassesFilter(element) != nil {
			kept = append(kept, v)
			continue
		}
		matched++
		sub := op.Path.SubAttributeName()
		leaf, known := attr.SubAttributes().ContainsAttribute(sub)
		switch {
		case sub != "" && !known:
			return errors.ScimErrorInvalidPath
		case sub != "":
			set(element, leaf, op.Op, op.Value)
		case op.Op == scim.PatchOperationRemove:
			continue
		default:
			members, ok := op.Value.(map[string]any)
			if !ok {
				return errors.ScimErrorInvalidValue
			}
			maps.Copy(element, members)
		}
		kept = append(kept, element)
		onePrimary(list, element)
	}
	if matched == 0 {
		return errors.ScimErrorNoTarget
	}
	container[attr.Name()] = kept
	return nil
}

// added appends a value that is not there already (section 3.5.2.1).
func added(list []any, v any) []any {
	element, ok := v.(map[string]any)
	if !ok {
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
		return list
	}
	for _, other := range list {
		if m, ok := other.(map[string]any); ok && m["value"] != nil && m["value"] == element["value"] && m["type"] == element["type"] {
			maps.Copy(m, element)
			return list
		}
	}
	list = append(list, v)
	onePrimary(list, v)
	return list
}

// onePrimary takes primary from the other values when one has it (section 3.5.2).
func onePrimary(list []any, v any) {
	element, ok := v.(map[string]any)
	if !ok || element["primary"] != true {
		return
	}
	for _, other := range list {
		if m, ok := other.(map[string]any); ok && m["primary"] == true {
			m["primary"] = false
		}
	}
	element["primary"] = true
}

// child returns the object under a name, made if there is none.
func child(container map[string]any, name string) map[string]any {
	c, ok := container[name].(map[string]any)
	if !ok {
		c = map[string]any{}
		container[name] = c
	}
	return c
}
