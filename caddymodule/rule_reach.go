package caddymodule

import (
	"fmt"
	"slices"
	"strings"
)

// Operations in which a verb finds something to do.
var (
	writes   = []string{"create", "replace", "patch", "me"}
	written  = append([]string{"list", "search"}, writes...) // and what filters compare with
	anywhere = append([]string{"get"}, written...)           // and answers
	filtered = []string{"list", "search"}
)

// reach are the operations in which a verb finds something to do; a verb that is
// not named here does in all.
var reach = map[string][]string{
	"rename":    anywhere,
	"copy":      writes,
	"remove":    anywhere,
	"set":       writes,
	"default":   writes,
	"map":       anywhere,
	"coerce":    anywhere,
	"lowercase": written,
	"uppercase": written,
	"trim":      written,
	"replace":   anywhere,
	"split":     anywhere,
	"join":      anywhere,
	"wrap":      anywhere,
	"unwrap":    anywhere,
	"filter_op": filtered,
}

// reaches refuses a verb that never does anything, because it is for operations
// that have nothing of what it is about.
func (r *Rule) reaches(v verb) error {
	name := v.CaddyModule().ID.Name()
	can := reach[name]
	if can == nil || len(r.On) == 0 || slices.ContainsFunc(r.On, func(on string) bool { return slices.Contains(can, on) }) {
		return nil
	}
	return fmt.Errorf("%s never does anything on %s: it is for %s", name, strings.Join(r.On, ", "), strings.Join(can, ", "))
}
