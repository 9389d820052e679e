package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
)

// values are those of the rules in which placeholders may stand. What a value is
// made of is found out when the configuration is loaded. A request then only
// fills in what is its own, and nothing that it brings is ever read as a
// placeholder.
type values struct {
	// adapting says that the configuration will be loaded later, and perhaps
	// elsewhere: the environment is not looked at.
	adapting bool

	templates map[string]template
}

// template is a value that is in parts another one with each request.
type template []part

// part is text, or the name of a placeholder.
type part struct {
	text        string
	placeholder bool
}

// text takes a value in. It returns what it is, or if that depends on the
// request, what expand has to be given.
func (v *values) text(value string) (string, error) {
	t, err := parseTemplate(value)
	if err != nil {
		return "", err
	}
	if err := v.resolve(t); err != nil {
		return "", err
	}
	var fixed strings.Builder
	for _, p := range t {
		if p.placeholder {
			v.keep(value, t)
			return value, nil
		}
		fixed.WriteString(p.text)
	}
	if strings.ContainsRune(fixed.String(), '{') { // which could be the text of a template
		v.keep(value, t)
		return value, nil
	}
	return fixed.String(), nil
}

func (v *values) keep(value string, t template) {
	if v.templates == nil {
		v.templates = make(map[string]template)
	}
	v.templates[value] = t
}

// typed is text for a value that may be JSON. A placeholder in JSON could end
// the string that it stands in.
func (v *values) typed(value string) (string, error) {
	if json := strings.TrimSpace(value); strings.HasPrefix(json, `{"`) || strings.HasPrefix(json, "[") {
		if t, _ := parseTemplate(value); t.dynamic() {
			return "", errors.New("a placeholder cannot stand within a JSON value")
		}
	}
	return v.text(value)
}

func (t template) dynamic() bool {
	for _, p := range t {
		if p.placeholder {
			return true
		}
	}
	return false
}

// resolve puts the environment in.
func (v *values) resolve(t template) error {
	for i, p := range t {
		if v.adapting || !p.placeholder || !strings.HasPrefix(p.text, "env.") {
			continue
		}
		value, err := caddy.NewReplacer().ReplaceOrErr("{"+p.text+"}", true, true)
		if err != nil {
			return err
		}
		t[i] = part{text: value}
	}
	return nil
}

// expand fills a value in for the request of ctx. A placeholder that has no value
// is empty.
func (v *values) expand(ctx context.Context, value string) string {
	t, known := v.templates[value]
	if !known {
		return value
	}
	repl, _ := ctx.Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	var b strings.Builder
	for _, p := range t {
		switch {
		case !p.placeholder:
			b.WriteString(p.text)
		case repl != nil:
			filled, _ := repl.GetString(p.text)
			b.WriteString(filled)
		}
	}
	return b.String()
}

// parseTemplate finds the placeholders in a value: names in braces. A brace that
// is followed by anything but a letter is a brace, so that JSON can be written as
// it is, and so is one behind a backslash.
func parseTemplate(value string) (template, error) {
	var t template
	var text strings.Builder
	for i := 0; i < len(value); i++ {
		next := byte(0)
		if i+1 < len(value) {
			next = value[i+1]
		}
		switch {
		case value[i] == '\\' && (next == '{' || next == '}'):
			text.WriteByte(next)
			i++
		case value[i] == '{' && isLetter(next):
			name, _, closed := strings.Cut(value[i+1:], "}")
			if !closed {
				return nil, fmt.Errorf(`placeholder {%s has no end: write \{ for a brace`, name)
			}
			if err := checkPlaceholder(name); err != nil {
				return nil, err
			}
			t = append(t, part{text: text.String()}, part{text: name, placeholder: true})
			text.Reset()
			i += len(name) + 1
		default:
			text.WriteByte(value[i])
		}
	}
	return append(t, part{text: text.String()}), nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// placeholders are those that the gateway sets itself before a request is sent.
var placeholders = []string{"scim.provider", "scim.resource", "scim.id", "scim.operation"}

// checkPlaceholder refuses a placeholder that never has a value, or that must
// not have one here.
func checkPlaceholder(name string) error {
	family, _, _ := strings.Cut(name, ".")
	known := false
	switch family {
	case "file":
		return fmt.Errorf("{%s}: a rule cannot read files", name)
	case "env":
		return nil
	case "http":
		if strings.HasPrefix(name, "http.request.body") {
			return fmt.Errorf("{%s}: a body cannot be a value", name)
		}
		return checkRequestPlaceholder(name)
	case "scim":
		if err := oneOf("placeholder", name, placeholders...); err != nil {
			return err
		}
		return nil
	case "system", "time":
		_, known = caddy.NewReplacer().Get(name)
	}
	if !known {
		return fmt.Errorf(`unknown placeholder {%s}: known are those of env, http, scim, system and time (write \{ for a brace)`, name)
	}
	return nil
}

// requestPlaceholders are those of a request that Caddy has under one name, but
// for its body and for what is only known once there is an answer.
var requestPlaceholders = []string{
	"http.request.host", "http.request.hostport", "http.request.port", "http.request.method", "http.request.scheme",
	"http.request.proto", "http.request.proto_name", "http.request.uuid", "http.request.duration", "http.request.duration_ms",
	"http.request.remote", "http.request.remote.host", "http.request.remote.port",
	"http.request.local", "http.request.local.host", "http.request.local.port",
	"http.request.uri", "http.request.uri_escaped", "http.request.uri.path", "http.request.uri.path_escaped",
	"http.request.uri.path.dir", "http.request.uri.path.file", "http.request.uri.path.file.base", "http.request.uri.path.file.ext",
	"http.request.uri.query", "http.request.uri.query_escaped", "http.request.uri.prefixed_query",
	"http.request.orig_method", "http.request.orig_uri", "http.request.orig_uri.path", "http.request.orig_uri.path.dir",
	"http.request.orig_uri.path.file", "http.request.orig_uri.path.file_escaped", "http.request.orig_uri.query",
	"http.request.orig_uri.prefixed_query",
}

// openPlaceholders are the beginnings of those whose last part the request
// decides on.
var openPlaceholders = []string{
	"http.request.header.", "http.request.cookie.", "http.request.tls.", "http.request.host.labels.",
	"http.request.uri.query.", "http.request.uri.path.", "http.request.orig_uri.path.",
}

// checkRequestPlaceholder refuses what is no placeholder of a request. The other
// ones of the family come from modules, such as http.auth.user.id.
func checkRequestPlaceholder(name string) error {
	if !strings.HasPrefix(name, "http.request.") ||
		slices.ContainsFunc(openPlaceholders, func(open string) bool { return strings.HasPrefix(name, open) }) {
		return nil
	}
	return oneOf("placeholder", name, requestPlaceholders...)
}
