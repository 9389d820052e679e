package caddymodule

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/directory"
)

// parseLimit reads "limit { … }":
//
//	limit {
//	    patch             on|off
//	    patch_operations  <number>
//	    patch_members     <number>
//	    patch_pathless    on|off
//	    patch_paths       on|off
//	    value_paths       on|off
//	    members_remove    filter|value
//	    op_case           lower|title
//	    put               on|off
//	    delete            on|off|deactivate
//	    filter            <operators...>|off
//	    filter_attributes <attributes...>
//	    filter_other      refused|ignored|empty
//	    page              index|offset|page|cursor|off [<start> <size>] [zero_based]
//	    page_size         <number>
//	    page_over         clamped|refused
//	    sort              on|off
//	    projection        on|off
//	    search            on|off
//	    bulk              on|off
//	    etag              on|off
//	    discovery         on|off
//	    members           full|truncated|absent
//	    ids               string|number
//	    missing           <attributes...>
//	    errors            scim|html|text|json|empty
//	    conflict          <status>
//	    created           <status>
//	    nothing           <status>
//	    list              [<resources> [<total>]]
//	    media_type        <type>
//	    accepts           <type>
//	    unavailable       <every> {
//	        status      <status>
//	        retry_after <seconds>
//	        text        <text>
//	    }
//	    scim              2.0|1.1
//	}
func parseLimit(d *caddyfile.Dispenser, dir *Directory) error {
	if dir.Limit != nil {
		return isSet(d)
	}
	dir.Limit = new(directory.Limits)
	if d.NextArg() {
		return d.ArgErr()
	}
	return parseChecked(d, dir.Limit, limitSubdirectives, func(l *directory.Limits) error {
		_, err := directory.New(directory.Options{Limits: *l})
		return err
	})
}

// limitSubdirectives are those of limit.
var limitSubdirectives = map[string]subdirective[*directory.Limits]{
	"patch":             word(func(l *directory.Limits) *string { return &l.Patch }),
	"patch_operations":  number(func(l *directory.Limits) *int { return &l.PatchOperations }),
	"patch_members":     number(func(l *directory.Limits) *int { return &l.PatchMembers }),
	"patch_pathless":    onOff(func(l *directory.Limits) **bool { return &l.PatchPathless }),
	"patch_paths":       onOff(func(l *directory.Limits) **bool { return &l.PatchPaths }),
	"value_paths":       word(func(l *directory.Limits) *string { return &l.ValuePaths }),
	"members_remove":    word(func(l *directory.Limits) *string { return &l.MembersRemove }),
	"op_case":           word(func(l *directory.Limits) *string { return &l.OpCase }),
	"put":               onOff(func(l *directory.Limits) **bool { return &l.Put }),
	"delete":            word(func(l *directory.Limits) *string { return &l.Delete }),
	"filter":            words(func(l *directory.Limits) *[]string { return &l.Filter }),
	"filter_attributes": words(func(l *directory.Limits) *[]string { return &l.FilterAttributes }),
	"filter_other":      word(func(l *directory.Limits) *string { return &l.FilterOther }),
	"page":              parseLimitPage,
	"page_size":         number(func(l *directory.Limits) *int { return &l.PageSize }),
	"page_over":         word(func(l *directory.Limits) *string { return &l.PageOver }),
	"sort":              onOff(func(l *directory.Limits) **bool { return &l.Sort }),
	"projection":        onOff(func(l *directory.Limits) **bool { return &l.Projection }),
	"search":            onOff(func(l *directory.Limits) **bool { return &l.Search }),
	"bulk":              onOff(func(l *directory.Limits) **bool { return &l.Bulk }),
	"etag":              onOff(func(l *directory.Limits) **bool { return &l.ETag }),
	"discovery":         onOff(func(l *directory.Limits) **bool { return &l.Discovery }),
	"members":           word(func(l *directory.Limits) *string { return &l.Members }),
	"ids":               word(func(l *directory.Limits) *string { return &l.IDs }),
	"missing":           words(func(l *directory.Limits) *[]string { return &l.Missing }),
	"errors":            word(func(l *directory.Limits) *string { return &l.Errors }),
	"conflict":          number(func(l *directory.Limits) *int { return &l.Conflict }),
	"created":           number(func(l *directory.Limits) *int { return &l.Created }),
	"nothing":           number(func(l *directory.Limits) *int { return &l.Nothing }),
	"list":              parseLimitList,
	"media_type":        word(func(l *directory.Limits) *string { return &l.MediaType }),
	"accepts":           word(func(l *directory.Limits) *string { return &l.Accepts }),
	"unavailable":       parseUnavailable,
	"scim":              word(func(l *directory.Limits) *string { return &l.SCIM }),
}

// parseLimitPage reads "page <style> [<start> <size>] [zero_based]".
func parseLimitPage(d *caddyfile.Dispenser, l *directory.Limits) error {
	if l.Page != nil {
		return isSet(d)
	}
	l.Page = new(directory.Paging)
	return parsePaging(d, &l.Page.Style, &l.Page.Start, &l.Page.Size, &l.Page.ZeroBased)
}

// parseLimitList reads "list [<resources> [<total>]]". Without names, lists are
// bare arrays.
func parseLimitList(d *caddyfile.Dispenser, l *directory.Limits) error {
	if l.List != nil {
		return isSet(d)
	}
	l.List = new(directory.ListShape)
	switch args := d.RemainingArgs(); len(args) {
	case 2:
		l.List.Total = args[1]
		fallthrough
	case 1:
		l.List.Resources = args[0]
		fallthrough
	case 0:
		return nil
	default:
		return d.ArgErr()
	}
}

// parseUnavailable reads "unavailable <every> { … }".
func parseUnavailable(d *caddyfile.Dispenser, l *directory.Limits) error {
	if l.Unavailable != nil {
		return isSet(d)
	}
	l.Unavailable = new(directory.Unavailable)
	if err := parseNumber(d, &l.Unavailable.Every); err != nil {
		return err
	}
	return parseBlock(d, l.Unavailable, unavailableSubdirectives)
}

// unavailableSubdirectives are those of unavailable.
var unavailableSubdirectives = map[string]subdirective[*directory.Unavailable]{
	"status":      number(func(u *directory.Unavailable) *int { return &u.Status }),
	"retry_after": parseRetryAfter,
	"text":        word(func(u *directory.Unavailable) *string { return &u.Text }),
}

// parseRetryAfter reads "retry_after <seconds>".
func parseRetryAfter(d *caddyfile.Dispenser, u *directory.Unavailable) error {
	if u.RetryAfter != nil {
		return isSet(d)
	}
	u.RetryAfter = new(int)
	return parseCount(d, u.RetryAfter, 0)
}
