package caddymodule

import (
	"net/http"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-scim/caddy-scim/backend"
)

// parseBackend reads "backend [<preset>] { … }":
//
//	backend [<preset>] {
//	    patch             full|put|off
//	    patch_operations  <number>
//	    patch_members     <number>
//	    patch_pathless    on|off
//	    patch_paths       on|off
//	    value_paths       send|read|try|off
//	    members_remove    filter|value
//	    op_case           lower|title
//	    name_formatted    on|off
//	    single_valued     <attributes...>
//	    put               on|off
//	    filter            <operators...>|off
//	    filter_attributes <attributes...>
//	    page              index|offset|page|cursor|off [<start> <size>] [zero_based]
//	    page_size         <number>
//	    scan_pages        <number>
//	    scan_resources    <number>
//	    scan_seconds      <number>
//	    sort              on|off
//	    projection        on|off
//	    search            on|off
//	    bulk              on|off
//	    etag              on|off
//	    meta              on|off
//	    discovery         on|off
//	    delete            on|deactivate
//	    members           full|truncated|absent
//	    ids               string|number
//	    throttle_text     <text>
//	    media_type        <type>
//	    list              <resources> [<total>]
//	    header            <name> <value>
//	    scim              2.0|1.1
//	    cursor_key        <secret>
//	}
//
// throttle_text and header can be given more than once.
func parseBackend(d *caddyfile.Dispenser, h *Handler) error {
	if h.Backend != nil {
		return isSet(d)
	}
	h.Backend = new(Backend)
	if d.NextArg() {
		h.Backend.Preset = d.Val()
	}
	if d.NextArg() {
		return d.ArgErr()
	}
	if err := h.Backend.check(); err != nil {
		return d.WrapErr(err)
	}
	return parseChecked(d, h.Backend, backendSubdirectives, (*Backend).check)
}

// backendSubdirectives are those of backend.
var backendSubdirectives = map[string]subdirective[*Backend]{
	"patch":             word(func(b *Backend) *string { return &b.Patch }),
	"patch_operations":  number(func(b *Backend) *int { return &b.PatchOperations }),
	"patch_members":     number(func(b *Backend) *int { return &b.PatchMembers }),
	"patch_pathless":    onOff(func(b *Backend) **bool { return &b.PatchPathless }),
	"patch_paths":       onOff(func(b *Backend) **bool { return &b.PatchPaths }),
	"value_paths":       word(func(b *Backend) *string { return &b.ValuePaths }),
	"members_remove":    word(func(b *Backend) *string { return &b.MembersRemove }),
	"op_case":           word(func(b *Backend) *string { return &b.OpCase }),
	"name_formatted":    parseNameFormatted,
	"single_valued":     words(func(b *Backend) *[]string { return &b.SingleValued }),
	"put":               onOff(func(b *Backend) **bool { return &b.Put }),
	"filter":            words(func(b *Backend) *[]string { return &b.Filter }),
	"filter_attributes": words(func(b *Backend) *[]string { return &b.FilterAttributes }),
	"page":              parsePage,
	"page_size":         number(func(b *Backend) *int { return &b.PageSize }),
	"scan_pages":        number(func(b *Backend) *int { return &b.ScanPages }),
	"scan_resources":    number(func(b *Backend) *int { return &b.ScanResources }),
	"scan_seconds":      number(func(b *Backend) *int { return &b.ScanSeconds }),
	"sort":              onOff(func(b *Backend) **bool { return &b.Sort }),
	"projection":        onOff(func(b *Backend) **bool { return &b.Projection }),
	"search":            onOff(func(b *Backend) **bool { return &b.Search }),
	"bulk":              onOff(func(b *Backend) **bool { return &b.Bulk }),
	"etag":              onOff(func(b *Backend) **bool { return &b.ETag }),
	"meta":              onOff(func(b *Backend) **bool { return &b.Meta }),
	"discovery":         onOff(func(b *Backend) **bool { return &b.Discovery }),
	"delete":            word(func(b *Backend) *string { return &b.Delete }),
	"members":           word(func(b *Backend) *string { return &b.Members }),
	"ids":               word(func(b *Backend) *string { return &b.IDs }),
	"throttle_text":     parseThrottleText,
	"media_type":        word(func(b *Backend) *string { return &b.MediaType }),
	"list":              parseList,
	"header":            parseBackendHeader,
	"scim":              word(func(b *Backend) *string { return &b.SCIM }),
	"cursor_key":        word(func(b *Backend) *string { return &b.CursorKey }),
}

// parseNameFormatted reads "name_formatted on|off".
func parseNameFormatted(d *caddyfile.Dispenser, b *Backend) error {
	var value *bool
	if err := parseOnOff(d, &value); err != nil {
		return err
	}
	b.NameFormatted = *value
	return nil
}

// parsePage reads "page <style> [<start> <size>] [zero_based]".
func parsePage(d *caddyfile.Dispenser, b *Backend) error {
	if b.Page != nil {
		return isSet(d)
	}
	b.Page = new(backend.Paging)
	return parsePaging(d, &b.Page.Style, &b.Page.Start, &b.Page.Size, &b.Page.ZeroBased)
}

// parseThrottleText reads "throttle_text <text>".
func parseThrottleText(d *caddyfile.Dispenser, b *Backend) error {
	var text string
	if !d.AllArgs(&text) {
		return d.ArgErr()
	}
	b.ThrottleText = append(b.ThrottleText, text)
	return nil
}

// parseList reads "list <resources> [<total>]".
func parseList(d *caddyfile.Dispenser, b *Backend) error {
	if b.List != nil {
		return isSet(d)
	}
	b.List = new(backend.ListShape)
	switch args := d.RemainingArgs(); len(args) {
	case 2:
		b.List.Total = args[1]
		fallthrough
	case 1:
		b.List.Resources = args[0]
		return nil
	default:
		return d.ArgErr()
	}
}

// parseBackendHeader reads "header <name> <value>".
func parseBackendHeader(d *caddyfile.Dispenser, b *Backend) error {
	var name, value string
	if !d.AllArgs(&name, &value) {
		return d.ArgErr()
	}
	name = http.CanonicalHeaderKey(name)
	if _, set := b.Headers[name]; set {
		return d.Errf("header %s is set already", name)
	}
	if b.Headers == nil {
		b.Headers = make(map[string]string)
	}
	b.Headers[name] = value
	return nil
}
