package rewrite

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Clients that speak SCIM 1.1 (normal form V). What they send is brought into the
// form of 2.0 and what they get is said in theirs.

// Version is the version of SCIM that a client speaks.
type Version uint8

// VersionTold leaves it to each request to tell; the others hold for all of them.
const (
	VersionTold Version = iota
	Version11
	Version20
)

// speaks11 reports whether the client speaks SCIM 1.1 (normal form V1). A path
// that only 1.1 has says so; else a version in the path has the say, as RFC 7644
// section 3.13 wants it, unless the request speaks 2.0 all the same; and without
// one the schemas of the body. An answer in the form of 1.1 to a client of 2.0
// would be worse than the reverse, so doubt speaks for 2.0.
func (p *Plan) speaks11(route scim.Route, req *scim.Request) bool {
	if p.Version != VersionTold {
		return p.Version == Version11
	}
	switch {
	case route.Old:
		return true
	case isNew(route, req):
		return false
	case route.Version() == scim.PathVersion1 && p.Rules.shapes[PathVersion] != nil:
		return !namesSchemas20(req.Query) &&
			!(strings.Contains(req.Body, schemas20) && bodyVersion(req.Body) == Version20)
	}
	return strings.Contains(req.Body, schemas11) && bodyVersion(req.Body) == Version11
}

// isNew reports whether something around the body says SCIM 2.0: the version in
// the path, an endpoint that SCIM 1.1 does not have, or a media type.
func isNew(route scim.Route, req *scim.Request) bool {
	return route.Version() == scim.PathVersion2 || namesSCIM(req.Header[headerAccept]) || namesSCIM(req.Header[headerContentType]) ||
		route.Search || route.Endpoint == "Me" || route.Endpoint == scim.EndpointResourceTypes ||
		route.Endpoint == scim.EndpointConfig && !route.Old
}

// namesSCIM reports whether one of the values of a header is the media type that
// came with SCIM 2.0. Clients of 1.1 speak of application/json.
func namesSCIM(values []string) bool {
	for _, value := range values {
		if value == scim.MediaType {
			return true
		}
		for part := range strings.SplitSeq(value, ",") {
			if t := mediaType(part); strings.Contains(t, "scim") && t != "" {
				return true
			}
		}
	}
	return false
}

// Beginnings of the schema URIs of the two versions.
const (
	schemas11 = "urn:scim:schemas:"
	schemas20 = "urn:ietf:params:scim:"
)

// bodyVersion tells the version by the schemas that a body names, and by the
// extensions in it. URIs of 2.0 outweigh those of 1.1, which also stand in
// messages of 2.0 (the urn:scim:schemas:core:2.0 of some is of neither).
func bodyVersion(body string) Version {
	doc, err := scim.Check(body, scim.Limits{Bytes: len(body)})
	if err != nil {
		return VersionTold
	}
	v := scim.Parse(doc)
	return schemasVersion(&v)
}

// namesSchemas20 reports whether a query names a schema of 2.0.
func namesSchemas20(query string) bool {
	if !strings.Contains(query, "ietf") {
		return false
	}
	text, err := url.QueryUnescape(query)
	return err == nil && strings.Contains(strings.ToLower(text), schemas20)
}

// schemasVersion is bodyVersion for a body that has passed the door.
func schemasVersion(body *scim.Value) Version {
	told := VersionTold
	look := func(uri string) {
		switch {
		case hasPrefixFold(uri, schemas20):
			told = Version20
		case told == VersionTold && (strings.EqualFold(uri, scim.CoreURI11) || strings.EqualFold(uri, scim.EnterpriseUserURI11)):
			told = Version11
		}
	}
	for name, part := range body.Parts() {
		look(name)
		if strings.EqualFold(name, keySchemas) {
			look(part.Text())
			for _, uri := range part.Parts() {
				look(uri.Text())
			}
		}
	}
	return told
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// head11 undoes what SCIM 1.1 puts around a request (normal form V2, V3).
func (s *session) head11(req *scim.Request) error {
	if err := s.format(req); err != nil {
		return err
	}
	if s.route.Old && s.route.Endpoint == scim.EndpointConfig && s.did(Discovery11, "path") {
		req.Path = s.route.Clean
	}
	if s.route.Endpoint == scim.EndpointSchemas {
		s.schemaPath(req)
		s.schemaFilter(req)
	}
	s.pathVersion(req)
	s.override(req)
	return nil
}

// schemaPath asks for a schema by the id that it has in SCIM 2.0.
func (s *session) schemaPath(req *scim.Request) {
	id := s.schemaID(s.route.ID)
	if id == s.route.ID || s.route.ID == "" || !s.did(Discovery11, "path") {
		return
	}
	s.route.Clean = strings.TrimSuffix(s.route.Clean, s.route.ID) + id
	s.route.ID, req.Path = id, s.route.Clean
}

// format takes the format off the path and refuses any but JSON.
func (s *session) format(req *scim.Request) error {
	route, xml := s.route, s.route.Format == "xml"
	cut := route.Format != ""
	for {
		id, format := scim.CutFormat(route.ID)
		if format == "" {
			break
		}
		path := strings.TrimSuffix(route.Clean, route.ID) + id
		again, ok := s.plan.Registry.Route(s.plan.Base, path)
		if !ok || again.ID == "" {
			break
		}
		again.Old = route.Old
		route, xml, cut = again, xml || format == "xml", true
	}
	if xml || !cut && onlyXML(req.Header[headerAccept]) {
		return scim.Errorf(http.StatusNotAcceptable, "", "there is no XML here; ask for application/json")
	}
	if cut && s.did(PathFormat, "path") {
		s.route, req.Path = route, route.Clean
	}
	return nil
}

// onlyXML reports whether a client takes nothing but XML.
func onlyXML(accept []string) bool {
	xml := false
	for _, value := range accept {
		for part := range strings.SplitSeq(value, ",") {
			t := mediaType(part)
			if t != "application/xml" && t != "text/xml" && !strings.HasSuffix(t, "+xml") {
				return false
			}
			xml = true
		}
	}
	return xml
}

// pathVersion writes v2 for v1, since what is forwarded is SCIM 2.0 (RFC 7644
// section 3.13). Where the configured base is that of v1, the service provider is
// known to stand there.
func (s *session) pathVersion(req *scim.Request) {
	base := s.route.Base
	if s.route.Version() != scim.PathVersion1 {
		return
	}
	to := base[:len(base)-1] + "2"
	clean := to + s.route.Clean[len(base):]
	if _, ok := s.plan.Registry.Route(s.plan.Base, clean); !ok || s.route.Old && req.Path != s.route.Clean || !s.did(PathVersion, "path") {
		return
	}
	if strings.HasPrefix(req.Path, base) {
		req.Path = to + req.Path[len(base):]
	} else { // with more slashes than it needs
		req.Path = clean
	}
	s.called, s.route.Base, s.route.Clean = base, to, clean
}

// base is the base of the URL that the client called.
func (s *session) base() string {
	if s.called != "" {
		return s.called
	}
	return s.route.Base
}

// headerOverride carries the method of a request that had to be sent as a POST
// (draft-scim-api-01 section 3.12).
const headerOverride = "X-HTTP-Method-Override"

// override gives a request the method that it is meant to have. Only a POST to a
// resource, which means nothing of itself, takes another.
func (s *session) override(req *scim.Request) {
	method := overridden(s.route, req)
	if method == "" || !s.did(MethodOverride, "header."+headerOverride) {
		return
	}
	req.Method = method
	req.Header = req.Header.Clone()
	req.Header.Del(headerOverride)
}

func overridden(route scim.Route, req *scim.Request) string {
	if req.Method != http.MethodPost || route.Type == nil || route.ID == "" {
		return ""
	}
	switch method := strings.ToUpper(strings.TrimSpace(req.Header.Get(headerOverride))); method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return ""
}

// Method is the method that a request is meant to have.
func (p *Plan) Method(route scim.Route, req *scim.Request) string {
	if method := overridden(route, req); method != "" && p.Rules.shapes[MethodOverride] != nil && p.speaks11(route, req) {
		return method
	}
	return req.Method
}
