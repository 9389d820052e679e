package backend

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// CapabilityError is a capability that has no such value.
type CapabilityError struct {
	Name  string   // as in JSON: patch_operations
	Value string   // what was given
	Legal []string // the values that it may have; nil where they cannot be listed
	Why   string   // what is wrong, where Legal does not say it
}

// Error implements the error interface.
func (e *CapabilityError) Error() string {
	if e.Legal != nil {
		return fmt.Sprintf("backend: %s: %q is none of %s", e.Name, e.Value, strings.Join(e.Legal, ", "))
	}
	return fmt.Sprintf("backend: %s: %q %s", e.Name, e.Value, e.Why)
}

// Values of capabilities, the default first.
var (
	patchValues         = []string{"full", "put", "off"}
	valuePathValues     = []string{"send", "read", "try", "off"}
	membersRemoveValues = []string{"filter", "value"}
	opCaseValues        = []string{"lower", "title"}
	deleteValues        = []string{"on", "deactivate"}
	membersValues       = []string{"full", "truncated", "absent"}
	idValues            = []string{idsString, idsNumber}
	versionValues       = []string{version20, version11}
	pageValues          = []string{"index", "offset", "page", "cursor", "off"}
	filterValues        = []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and", "or", "not", "[]"}
)

// validate finds the first capability that has no such value.
func (c *Capabilities) validate() error {
	checks := [...]*CapabilityError{
		oneOf("patch", c.Patch, patchValues),
		oneOf("value_paths", c.ValuePaths, valuePathValues),
		oneOf("members_remove", c.MembersRemove, membersRemoveValues),
		oneOf("op_case", c.OpCase, opCaseValues),
		oneOf("delete", c.Delete, deleteValues),
		oneOf("members", c.Members, membersValues),
		oneOf("ids", c.IDs, idValues),
		oneOf("scim", c.SCIM, versionValues),
		atLeastOne("patch_operations", c.PatchOperations),
		atLeastOne("patch_members", c.PatchMembers),
		atLeastOne("page_size", c.PageSize),
		atLeastOne("scan_pages", c.ScanPages),
		atLeastOne("scan_resources", c.ScanResources),
		atLeastOne("scan_seconds", c.ScanSeconds),
		atLeastOne("scan_pages", c.ScanPages),
		atLeastOne("scan_resources", c.ScanResources),
		atLeastOne("scan_seconds", c.ScanSeconds),
		c.checkPathKinds(),
		c.checkWrites(),
		c.checkFilter(),
		attributePaths("filter_attributes", c.FilterAttributes),
		attributePaths("single_valued", c.SingleValued),
		c.Page.check(),
		c.List.check(),
		c.checkMedia(),
		c.checkThrottleText(),
		c.checkHeaders(),
	}
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}

func oneOf(name, value string, legal []string) *CapabilityError {
	if value == "" || slices.Contains(legal, value) {
		return nil
	}
	return &CapabilityError{Name: name, Value: value, Legal: legal}
}

func atLeastOne(name string, n int) *CapabilityError {
	if n >= 0 {
		return nil
	}
	return &CapabilityError{Name: name, Value: strconv.Itoa(n), Why: "is no limit: give a number from 1, or leave it out for none"}
}

// checkPathKinds finds a PATCH for which no operation is left.
func (c *Capabilities) checkPathKinds() *CapabilityError {
	if on(c.PatchPathless) || on(c.PatchPaths) {
		return nil
	}
	return &CapabilityError{
		Name: "patch_paths", Value: "off",
		Why: "leaves no operation that could be sent beside patch_pathless off: set patch put or patch off",
	}
}

// checkWrites finds a PATCH that would have to be a PUT that is not there.
func (c *Capabilities) checkWrites() *CapabilityError {
	if c.Patch != "put" || on(c.Put) {
		return nil
	}
	return &CapabilityError{Name: "patch", Value: c.Patch, Why: "needs the PUT that put off denies: set patch full or patch off"}
}

func (c *Capabilities) checkFilter() *CapabilityError {
	if len(c.Filter) == 1 && c.Filter[0] == "off" {
		return nil
	}
	for _, op := range c.Filter {
		if err := oneOf("filter", op, filterValues); op == "off" {
			return &CapabilityError{Name: "filter", Value: op, Why: "stands alone"}
		} else if err != nil || op == "" {
			return &CapabilityError{Name: "filter", Value: op, Legal: append(filterValues[:len(filterValues):len(filterValues)], "off")}
		}
	}
	return nil
}

func attributePaths(name string, paths []string) *CapabilityError {
	for _, path := range paths {
		if _, err := scim.ParseAttrPath(path); err != nil {
			return &CapabilityError{Name: name, Value: path, Why: "is no attribute path: " + scim.AsError(err).Detail}
		}
	}
	return nil
}

func (p *Paging) check() *CapabilityError {
	if p == nil {
		return nil
	}
	if err := oneOf("page", p.Style, pageValues); err != nil {
		return err
	}
	for _, name := range [...]string{p.Start, p.Size} {
		if strings.ContainsAny(name, "&=#? \t") {
			return &CapabilityError{Name: "page", Value: name, Why: "is no name of a query parameter"}
		}
	}
	switch {
	case p.Start != "" && p.Start == p.Size:
		return &CapabilityError{Name: "page", Value: p.Start, Why: "cannot be both the start and the size"}
	case p.Style == "off" && (p.Start != "" || p.Size != "" || p.ZeroBased):
		return &CapabilityError{Name: "page", Value: p.Style, Why: "has no parameters"}
	case p.ZeroBased && p.Style == "cursor":
		return &CapabilityError{Name: "page", Value: p.Style, Why: "has no zero_based: a cursor is no number"}
	}
	return nil
}

func (l *ListShape) check() *CapabilityError {
	if l == nil {
		return nil
	}
	for _, path := range [...]string{l.Resources, l.Total} {
		for name := range strings.SplitSeq(path, ".") {
			if name == "" && (path != "" || l.Resources == "") {
				return &CapabilityError{Name: "list", Value: path, Why: "is no path: give names joined by dots, such as data.users"}
			}
		}
	}
	if strings.EqualFold(l.Resources, l.Total) || strings.HasPrefix(strings.ToLower(l.Total), strings.ToLower(l.Resources)+".") {
		return &CapabilityError{Name: "list", Value: l.Total, Why: "cannot be the total: the list stands there"}
	}
	return nil
}

func (c *Capabilities) checkMedia() *CapabilityError {
	kind, sub, found := strings.Cut(c.MediaType, "/")
	if c.MediaType == "" || found && isToken(kind) && isToken(sub) {
		return nil
	}
	return &CapabilityError{Name: "media_type", Value: c.MediaType, Why: "is no media type: give one such as application/json"}
}

func (c *Capabilities) checkThrottleText() *CapabilityError {
	for _, text := range c.ThrottleText {
		if strings.TrimSpace(text) == "" {
			return &CapabilityError{Name: "throttle_text", Value: text, Why: "stands in every answer"}
		}
	}
	return nil
}

// ownHeaders are set for each exchange; to configure them would send two
// requests as one, or a body that cannot be read.
var ownHeaders = []string{
	"Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Host", "If-Match",
	"If-None-Match", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

func (c *Capabilities) checkHeaders() *CapabilityError {
	for name, value := range c.Headers {
		switch {
		case !isToken(name):
			return &CapabilityError{Name: "headers", Value: name, Why: "is no name of a header field"}
		case slices.Contains(ownHeaders, http.CanonicalHeaderKey(name)):
			return &CapabilityError{Name: "headers", Value: name, Why: "belongs to the request; it cannot be set"}
		case strings.ContainsAny(value, "\r\n\x00"):
			return &CapabilityError{Name: "headers", Value: value, Why: "is no value of a header field"}
		}
	}
	return nil
}

// isToken reports whether text is a token of RFC 9110 section 5.6.2.
func isToken(text string) bool {
	for i := range len(text) {
		c := text[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return text != ""
}
