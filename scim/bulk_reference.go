package scim

import (
	"net/http"
	"net/url"
	"strings"
)

// bulkIDPrefix begins a text that stands for the id of a resource which another
// operation of the request creates (RFC 7644 section 3.7.2).
const bulkIDPrefix = "bulkId:"

// link finds the operations that op refers to.
func (op *BulkOperation) link(creations map[string]*BulkOperation) {
	seen := map[string]bool{}
	op.references(func(bulkID string) (string, bool) {
		if seen[bulkID] {
			return "", false
		}
		seen[bulkID] = true
		if ref := creations[bulkID]; ref != nil {
			op.Refs = append(op.Refs, ref)
		} else {
			op.Unknown = append(op.Unknown, bulkID)
		}
		return "", false
	})
}

// Resolve puts ids in the place of bulkIds (RFC 7644 section 3.7.2): in Path, in
// Data at any depth, and in the filters that the paths of a PATCH hold. What id
// answers with "" stays.
func (op *BulkOperation) Resolve(id func(*BulkOperation) string) {
	if len(op.Refs) == 0 {
		return
	}
	ids := make(map[string]string, len(op.Refs))
	for _, ref := range op.Refs {
		ids[ref.BulkID] = id(ref)
	}
	op.references(func(bulkID string) (string, bool) { return ids[bulkID], ids[bulkID] != "" })
}

// references visits each bulkId that the operation refers to, and puts in its
// place what visit returns with true.
func (op *BulkOperation) references(visit func(bulkID string) (string, bool)) {
	if at := strings.Index(op.Path, "/"+bulkIDPrefix); at >= 0 {
		at++
		bulkID := op.Path[at+len(bulkIDPrefix):]
		if text, err := url.PathUnescape(bulkID); err == nil {
			bulkID = text
		}
		if id, ok := visit(bulkID); ok {
			op.Path = op.Path[:at] + url.PathEscape(id)
		}
	}
	EachBulkID(op.Data, func(v *Value, bulkID string) {
		if id, ok := visit(bulkID); ok {
			v.Put(StringValue(id))
		}
	})
	if op.Method != http.MethodPatch {
		return
	}
	operations := op.Data.Get("Operations")
	for i := range operations.Members() {
		path := operations.At(i).Get("path")
		if text := path.Text(); strings.Contains(text, bulkIDPrefix) {
			if resolved := inFilter(text, visit); resolved != text {
				path.Put(StringValue(resolved))
			}
		}
	}
}

// EachBulkID visits the texts at any depth of v that stand for an id.
func EachBulkID(v *Value, visit func(v *Value, bulkID string)) {
	if bulkID, found := strings.CutPrefix(v.Text(), bulkIDPrefix); found {
		visit(v, bulkID)
		return
	}
	for i := range v.Members() {
		EachBulkID(v.At(i), visit)
	}
}

// inFilter visits the strings of a path that stand for an id, as in
// members[value eq "bulkId:u"].
func inFilter(path string, visit func(bulkID string) (string, bool)) string {
	var b strings.Builder
	for {
		start := strings.IndexByte(path, '"')
		if start < 0 {
			break
		}
		end := skipString(path, start)
		if end == start {
			break
		}
		literal := path[start:end]
		if bulkID, found := strings.CutPrefix(unquote(literal), bulkIDPrefix); found {
			if id, ok := visit(bulkID); ok {
				literal = Quote(id)
			}
		}
		b.WriteString(path[:start] + literal)
		path = path[end:]
	}
	return b.String() + path
}
