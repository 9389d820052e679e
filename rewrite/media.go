package rewrite

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

const (
	headerContentType = "Content-Type"
	headerAccept      = "Accept"
)

// media is normal form G3: one media type both ways. The header is shared with
// whoever made the request and is copied before the first change.
func (s *session) media(req *scim.Request) error {
	contentType, err := s.contentType(req)
	if err != nil {
		return err
	}
	accept := !s.acceptsSCIM(req.Header) && s.did(MediaAccept, "header.Accept")
	if !contentType && !accept {
		return nil
	}
	if req.Header = req.Header.Clone(); req.Header == nil {
		req.Header = make(http.Header, 2)
	}
	if contentType {
		req.Header.Set(headerContentType, scim.MediaType)
	}
	if accept {
		req.Header.Set(headerAccept, scim.MediaType)
	}
	return nil
}

// condition is normal form G6: any version will do, which is to say that there has
// to be one, is a condition of a change alone. A create that is bound to it can
// only fail (RFC 9110 section 13.1.1).
func (s *session) condition(req *scim.Request) {
	given := req.Header["If-Match"]
	if len(given) != 1 || given[0] != "*" || s.rt == nil {
		return
	}
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		return
	}
	if s.did(AnyVersion, "header.If-Match") {
		req.Header = req.Header.Clone()
		req.Header.Del("If-Match")
	}
}

// contentType reports whether the media type of the body has to be written
// anew. A body that is not JSON is refused with 415.
func (s *session) contentType(req *scim.Request) (bool, error) {
	given := req.Header[headerContentType]
	if req.Body == "" || len(given) == 1 && given[0] == scim.MediaType {
		return false, nil
	}
	for _, value := range given {
		if !isJSONType(mediaType(value)) {
			return false, scim.Errorf(http.StatusUnsupportedMediaType, "", "a body is %s, not %q", scim.MediaType, value)
		}
		if charset := charsetOf(value); !isUTF8(charset) {
			return false, scim.Errorf(http.StatusUnsupportedMediaType, "", "a body is in UTF-8, not %q", charset)
		}
	}
	return s.did(MediaContentType, "header.Content-Type"), nil
}

// acceptsSCIM reports whether Accept asks for SCIM in its plain spelling, or
// for something that is not JSON at all and is left alone.
func (s *session) acceptsSCIM(header http.Header) bool {
	ranges := header[headerAccept]
	if len(ranges) == 1 && ranges[0] == scim.MediaType {
		return true
	}
	for _, value := range ranges {
		for part := range strings.SplitSeq(value, ",") {
			if t := mediaType(part); t == "*/*" || t == "*" || t == "application/*" || isJSONType(t) || t == "" {
				return false
			}
		}
	}
	return len(ranges) > 0
}

// mediaType returns the type without parameters, in lower case.
func mediaType(value string) string {
	t, _, _ := strings.Cut(value, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// isJSONType reports whether a media type, in lower case, says JSON or SCIM in
// one of the spellings that are in use. The two patch formats are JSON, but
// their documents are no SCIM messages.
func isJSONType(t string) bool {
	switch t {
	case scim.MediaType, "application/json", "application/json+scim", "application/scim", "text/json", "application/x-json", "text/x-json":
		return true
	case "application/json-patch+json", "application/merge-patch+json":
		return false
	}
	return strings.HasSuffix(t, "+json")
}

// charsetOf returns the charset parameter of a media type, or "".
func charsetOf(value string) string {
	_, parameters, _ := strings.Cut(value, ";")
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, charset, _ := strings.Cut(parameter, "=")
		if strings.EqualFold(strings.TrimSpace(name), "charset") {
			return strings.Trim(strings.TrimSpace(charset), `"'`)
		}
	}
	return ""
}

func isUTF8(charset string) bool {
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return true
	}
	return false
}
