package directory

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// checkMatch holds the conditions of a request that changes a resource against
// it (RFC 7644 section 3.14).
func checkMatch(header http.Header, e *entry) error {
	if none := header.Values("If-None-Match"); len(none) > 0 && namesVersion(none, e.version) {
		return scim.Errorf(http.StatusPreconditionFailed, "", "If-None-Match: the resource has version %s", e.version)
	}
	return checkVersion(header.Values("If-Match"), e)
}

// checkVersion wants the resource to have one of the versions, if any are given.
func checkVersion(versions []string, e *entry) error {
	if len(versions) > 0 && !namesVersion(versions, e.version) {
		return scim.Errorf(http.StatusPreconditionFailed, "", "If-Match: the resource has version %s", e.version)
	}
	return nil
}

// namesVersion reports whether a list of entity-tags holds a version, or is "*".
// Tags are compared weakly: RFC 7644 makes weak ones conditions of writes, which
// HTTP alone would not.
func namesVersion(fields []string, version string) bool {
	for _, field := range fields {
		for tag := range strings.SplitSeq(field, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(version, "W/") {
				return true
			}
		}
	}
	return false
}
