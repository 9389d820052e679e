package directory

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// checkContent holds the headers of a body against what can be read: SCIM or
// plain JSON (RFC 7644 section 3.8), in UTF-8, not compressed.
func checkContent(header http.Header) error {
	field := header.Get("Content-Type")
	media, parameters, err := mime.ParseMediaType(field)
	if err != nil || media != scim.MediaType && media != "application/json" {
		return scim.Errorf(http.StatusUnsupportedMediaType, "", "Content-Type: want %s", scim.MediaType)
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return scim.Errorf(http.StatusUnsupportedMediaType, "", "Content-Type: want UTF-8")
	}
	if coding := header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return scim.Errorf(http.StatusUnsupportedMediaType, "", "Content-Encoding: compressed bodies are not read")
	}
	return nil
}

// checkAccept refuses a client that takes neither SCIM nor plain JSON.
func checkAccept(fields []string) error {
	if len(fields) == 0 {
		return nil
	}
	for _, field := range fields {
		for item := range strings.SplitSeq(field, ",") {
			media, parameters, err := mime.ParseMediaType(item)
			if err != nil || strings.Trim(parameters["q"], "0.") == "" && parameters["q"] != "" {
				continue
			}
			switch media {
			case scim.MediaType, "application/json", "application/*", "*/*":
				return nil
			}
		}
	}
	return scim.Errorf(http.StatusNotAcceptable, "", "Accept: answers are %s", scim.MediaType)
}

// unread says why a body could not be read.
func unread(err error, most int) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return scim.Errorf(http.StatusRequestEntityTooLarge, "", "the body is larger than %d bytes", most)
	}
	return scim.BadRequest(scim.InvalidSyntax, "the body could not be read")
}
