package directory

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// URIs of the schemas of SCIM 1.1.
const (
	coreURI11       = "urn:scim:schemas:core:1.0"
	enterpriseURI11 = "urn:scim:schemas:extension:enterprise:1.0"
)

// scim11 makes the directory one of SCIM 1.1: other schemas, a PATCH that is a
// partial resource, managers by managerId, no ResourceTypes, and errors of its
// own.
func (l *Limits) scim11(next serve) serve {
	if l.SCIM != "1.1" {
		return next
	}
	return func(x *exchange) (answer, error) {
		a, err := respond11(x, next)
		if err != nil {
			return error11(err), nil
		}
		return x.answer11(a), nil
	}
}

func respond11(x *exchange, next serve) (answer, error) {
	switch base, found := strings.CutSuffix(x.req.URL.Path, "/ServiceProviderConfigs"); {
	case found:
		x.req.URL.Path, x.req.URL.RawPath = base+"/ServiceProviderConfig", ""
		x.operation = "discover"
	case x.operation == "discover" && x.route.Endpoint != "Schemas", x.operation == "search":
		return answer{}, scim.Errorf(http.StatusNotFound, "", "no endpoint has this path")
	case x.operation == "create", x.operation == "replace", x.operation == "patch":
		if body, ok := x.body(maxLimited); ok && body.Kind() == scim.Object {
			text, err := request11(&body, x)
			if err != nil {
				return answer{}, err
			}
			x.setBody(text)
		}
	}
	return next(x)
}

// request11 is the body of a request in SCIM 2.0.
func request11(body *scim.Value, x *exchange) (string, error) {
	if schemas := body.Get("schemas"); schemas.Len() == 0 || schemas.At(0).Text() != coreURI11 {
		return "", scim.BadRequest(scim.InvalidSyntax, "schemas: want %s", coreURI11)
	}
	if x.operation == "patch" {
		return patch11(body, x.route.Type)
	}
	uri := scim.UserURI
	if x.route.Type != nil {
		uri = x.route.Type.Schema.ID
	}
	renameURIs(body, coreURI11, uri, enterpriseURI11, scim.EnterpriseUserURI)
	renameManager(body.Get(scim.EnterpriseUserURI), "managerId", "value")
	drop(body, "meta")
	return body.Raw(), nil
}

// renameURIs gives schemas, and the extensions that are named for them, other
// URIs.
func renameURIs(v *scim.Value, pairs ...string) {
	schemas := v.Get("schemas")
	for i := 0; i < len(pairs); i += 2 {
		for j := range schemas.Members() {
			if schemas.At(j).Text() == pairs[i] {
				schemas.At(j).Put(scim.StringValue(pairs[i+1]))
			}
		}
		if at := v.Index(pairs[i]); at >= 0 {
			v.Rename(at, pairs[i+1])
		}
	}
}

// renameManager gives the reference to the manager another name.
func renameManager(extension *scim.Value, from, to string) {
	manager := extension.Get("manager")
	if at := manager.Index(from); at >= 0 {
		manager.Rename(at, to)
	}
}

// answer11 is an answer in SCIM 1.1.
func (x *exchange) answer11(a answer) answer {
	a = x.eachResource(a, func(resource *scim.Value) {
		renameURIs(resource, scim.UserURI, coreURI11, scim.GroupURI, coreURI11, scim.EnterpriseUserURI, enterpriseURI11)
		renameManager(resource.Get(enterpriseURI11), "value", "managerId")
		drop(resource.Get("meta"), "resourceType")
	})
	if a.body != nil && (x.operation == "list" || x.operation == "discover") {
		doc := scim.Parse(string(a.body))
		doc.Set("schemas", scim.ArrayValue(scim.StringValue(coreURI11)))
		a.body = doc.AppendTo(nil)
	}
	a.media = "application/json"
	return a
}

// error11 is an error as SCIM 1.1 has it.
func error11(err error) answer {
	a, e := errorAnswer(err), scim.AsError(err)
	a.body = scim.AppendString([]byte(`{"Errors":[{"description":`), e.Detail)
	a.body = strconv.AppendInt(append(a.body, `,"code":"`...), int64(e.Status), 10)
	a.body = append(a.body, `"}]}`...)
	a.media = "application/json"
	return a
}
