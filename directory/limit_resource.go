package directory

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// representations leaves out what answers do not show.
func (l *Limits) representations(next serve) serve {
	if (l.Members == "" || l.Members == "full") && len(l.Missing) == 0 {
		return next
	}
	return func(x *exchange) (answer, error) {
		a, err := next(x)
		return x.eachResource(a, func(resource *scim.Value) {
			switch l.Members {
			case "absent":
				drop(resource, "members")
			case "truncated":
				if members := resource.Get("members"); members.Len() > 1 {
					resource.Set("members", scim.ArrayValue(*members.At(0)))
				}
			}
			for _, name := range l.Missing {
				drop(resource, name)
			}
		}), err
	}
}

// numbers makes ids numbers, in both directions.
func (l *Limits) numbers(next serve) serve {
	if l.IDs != "number" {
		return next
	}
	return func(x *exchange) (answer, error) {
		if x.operation == "create" || x.operation == "replace" || x.operation == "patch" {
			if body, ok := x.body(maxLimited); ok {
				if err := texts(&body, x.operation); err != nil {
					return answer{}, err
				}
				x.setBody(body.Raw())
			}
		}
		if x.operation == "list" {
			x.req.URL.RawQuery = filtered(x.req.URL.RawQuery)
		}
		a, err := next(x)
		return x.eachResource(a, func(resource *scim.Value) {
			number(resource.Get("id"))
			eachReference(resource, func(id *scim.Value) error { number(id); return nil })
		}), err
	}
}

// number writes an id that is one as a number.
func number(id *scim.Value) {
	if text := id.Text(); text != "" && strings.Trim(text, "0123456789") == "" && text[0] != '0' {
		id.Put(scim.Parse(text))
	}
}

// eachReference goes to the ids of other resources in one.
func eachReference(resource *scim.Value, visit func(*scim.Value) error) error {
	if id := resource.Get(scim.EnterpriseUserURI).Get("manager").Get("value"); id != nil {
		if err := visit(id); err != nil {
			return err
		}
	}
	for _, name := range [...]string{"members", "groups"} {
		list := resource.Get(name)
		for i := range list.Members() {
			if id := list.At(i).Get("value"); id != nil {
				if err := visit(id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// text writes the number that an id has to be as the text that it is kept as.
func text(id *scim.Value) error {
	if id.Kind() != scim.Number {
		return scim.BadRequest(scim.InvalidValue, "the id of a resource: want a number, not %s", id.Raw())
	}
	id.Put(scim.StringValue(id.Raw()))
	return nil
}

// texts reads the ids in a body, which have to be numbers.
func texts(body *scim.Value, operation string) error {
	drop(body, "id")
	if operation != "patch" {
		return eachReference(body, text)
	}
	ops := body.Get("Operations")
	for i := range ops.Members() {
		op := ops.At(i)
		path, value := op.Get("path").Text(), op.Get("value")
		name, filtered := valuePath(path)
		var err error
		switch {
		case path == "" && value.Kind() == scim.Object:
			drop(value, "id")
			err = eachReference(value, text)
		case strings.HasSuffix(path, ":manager") && value.Get("value") != nil:
			err = text(value.Get("value"))
		case strings.HasSuffix(path, ":manager.value") && value != nil:
			err = text(value)
		case name != "members":
		case filtered:
			op.Set("path", scim.StringValue(quoted(path)))
		case value.Kind() == scim.Array:
			holder := scim.ObjectValue(scim.Member{Name: "members", Value: *value})
			err = eachReference(&holder, text)
			op.Set("value", *holder.Get("members"))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// quoted writes the number in members[value eq 17] as the text that it is kept
// as.
func quoted(path string) string {
	p, err := scim.ParseStrictPath(path)
	if err != nil {
		return path
	}
	if e, ok := p.Filter.(*scim.AttributeExpression); ok && e.Value.Kind() == scim.Number {
		e.Value = scim.StringValue(e.Value.Raw())
		return p.String()
	}
	return path
}
