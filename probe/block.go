package probe

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/backend"
)

// Block is the backend block of a Caddyfile that says what a service provider
// can do, or a comment if it can do everything.
func Block(c *backend.Capabilities) string {
	lines := blockLines(c)
	if len(lines) == 0 {
		return "# A full RFC 7644 service provider: no backend block is needed.\n"
	}
	var b strings.Builder
	b.WriteString("backend {\n")
	for _, words := range lines {
		b.WriteByte('\t')
		for i, word := range words {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(token(word))
		}
		b.WriteByte('\n')
	}
	b.WriteString("}\n")
	return b.String()
}

// token is a word as a token of a Caddyfile.
func token(word string) string {
	switch {
	case word != "" && !strings.ContainsAny(word, " \t\r\n\"`{}#\\"):
		return word
	case strings.ContainsRune(word, '"') && !strings.ContainsRune(word, '`'):
		return "`" + word + "`"
	}
	return `"` + strings.ReplaceAll(word, `"`, `\"`) + `"`
}

// blockLines are the capabilities, one a line, in the order of the documentation.
func blockLines(c *backend.Capabilities) [][]string {
	var lines lines
	lines.word("patch", c.Patch)
	lines.number("patch_operations", c.PatchOperations)
	lines.number("patch_members", c.PatchMembers)
	lines.flag("patch_pathless", c.PatchPathless)
	lines.flag("patch_paths", c.PatchPaths)
	lines.word("value_paths", c.ValuePaths)
	lines.word("members_remove", c.MembersRemove)
	lines.word("op_case", c.OpCase)
	if c.NameFormatted {
		lines.word("name_formatted", "on")
	}
	lines.words("single_valued", c.SingleValued...)
	lines.flag("put", c.Put)
	lines.words("filter", c.Filter...)
	lines.words("filter_attributes", c.FilterAttributes...)
	lines.page(c.Page)
	lines.number("page_size", c.PageSize)
	lines.number("scan_pages", c.ScanPages)
	lines.number("scan_resources", c.ScanResources)
	lines.number("scan_seconds", c.ScanSeconds)
	lines.flag("sort", c.Sort)
	lines.flag("projection", c.Projection)
	lines.flag("search", c.Search)
	lines.flag("bulk", c.Bulk)
	lines.flag("etag", c.ETag)
	lines.flag("meta", c.Meta)
	lines.flag("discovery", c.Discovery)
	lines.word("delete", c.Delete)
	lines.word("members", c.Members)
	lines.word("ids", c.IDs)
	for _, text := range c.ThrottleText {
		lines.word("throttle_text", text)
	}
	lines.word("media_type", c.MediaType)
	if c.List != nil {
		lines.words("list", c.List.Resources, c.List.Total)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		lines = append(lines, []string{"header", name, c.Headers[name]})
	}
	lines.word("scim", c.SCIM)
	return lines
}

type lines [][]string

func (l *lines) word(name, value string) {
	if value != "" {
		*l = append(*l, []string{name, value})
	}
}

func (l *lines) number(name string, n int) {
	if n != 0 {
		l.word(name, strconv.Itoa(n))
	}
}

func (l *lines) flag(name string, value *bool) {
	if value != nil {
		l.word(name, map[bool]string{true: "on", false: "off"}[*value])
	}
}

func (l *lines) words(name string, values ...string) {
	values = slices.DeleteFunc(slices.Clone(values), func(value string) bool { return value == "" })
	if len(values) > 0 {
		*l = append(*l, append([]string{name}, values...))
	}
}

func (l *lines) page(p *backend.Paging) {
	if p == nil {
		return
	}
	words := []string{p.Style}
	if p.Start != "" && p.Size != "" {
		words = append(words, p.Start, p.Size)
	}
	if p.ZeroBased {
		words = append(words, "zero_based")
	}
	l.words("page", words...)
}
