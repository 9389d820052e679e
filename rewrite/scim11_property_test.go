package rewrite_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestPartialMeansTheSame holds the operations that become of a PATCH of SCIM 1.1
// against what the text of that version says it does: for random users and random
// partial resources, a service provider of 2.0 ends in the state that one of 1.1
// would.
func TestPartialMeansTheSame(t *testing.T) {
	for seed := range uint64(4000) {
		r := rand.New(rand.NewPCG(seed, 11))
		user, partial := user11(r), partial11(r)
		want := merged11(user, partial)
		got, sent := forwarded11(t, user, partial)
		if diff := cmp.Diff(sorted11(want), sorted11(got)); diff != "" {
			t.Fatalf("seed %d (-1.1 +2.0):\n%s\nuser    %s\npartial %s\nsent    %s", seed, diff, text11(user), text11(partial), sent)
		}
	}
}

type object11 = map[string]any

func text11(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func copied11(v object11) object11 {
	var out object11
	if err := json.Unmarshal([]byte(text11(v)), &out); err != nil {
		panic(err)
	}
	return out
}

var (
	simple11 = []string{"title", "nickName", "displayName"}
	lists11  = []string{"emails", "phoneNumbers"}
	name11   = []string{"givenName", "familyName"}
	types11  = []string{"work", "home", "other"}
)

func word11(r *rand.Rand) string { return fmt.Sprintf("w%d", r.IntN(4)) }

func user11(r *rand.Rand) object11 {
	user := object11{"id": "7", "userName": "mara", "name": object11{"honorificPrefix": "Dr", "givenName": word11(r)}}
	for _, name := range simple11 {
		if r.IntN(2) == 0 {
			user[name] = word11(r)
		}
	}
	for _, name := range lists11 {
		var list []any
		for n := range r.IntN(4) {
			list = append(list, object11{"value": fmt.Sprintf("w%d", n), "type": types11[r.IntN(3)]})
		}
		if list != nil {
			user[name] = list
		}
	}
	return user
}

// partial11 is a partial resource. No value is named twice in one list: what that
// means the text does not say.
func partial11(r *rand.Rand) object11 {
	partial := object11{"schemas": []any{"urn:scim:schemas:core:1.0"}}
	var cleared []any
	for _, name := range simple11 {
		switch r.IntN(4) {
		case 0:
			partial[name] = word11(r)
		case 1:
			cleared = append(cleared, name)
		}
	}
	if r.IntN(2) == 0 {
		partial["name"] = object11{name11[r.IntN(2)]: word11(r)}
	} else if r.IntN(2) == 0 {
		cleared = append(cleared, "name."+name11[r.IntN(2)])
	}
	for _, name := range lists11 {
		var list []any
		for _, n := range r.Perm(5)[:r.IntN(4)] {
			value := object11{"value": fmt.Sprintf("w%d", n)}
			switch r.IntN(3) {
			case 0:
				value["operation"] = "delete"
			case 1:
				value["type"] = types11[r.IntN(3)]
				value["display"] = word11(r)
			}
			list = append(list, value)
		}
		if list != nil {
			partial[name] = list
		}
		if r.IntN(4) == 0 {
			cleared = append(cleared, name)
		}
	}
	if cleared != nil {
		partial["meta"] = object11{"attributes": cleared}
	}
	return partial
}

// merged11 is the reference: first what is cleared goes, then what is given is
// merged (draft-scim-api-01 section 3.3.2).
func merged11(user, partial object11) object11 {
	user, partial = copied11(user), copied11(partial)
	cleared := map[string]bool{}
	if meta, ok := partial["meta"].(object11); ok {
		for _, name := range meta["attributes"].([]any) {
			cleared[name.(string)] = true
			delete(user, name.(string))
		}
	}
	name := user["name"].(object11)
	for _, sub := range name11 {
		if cleared["name."+sub] {
			delete(name, sub)
		}
	}
	if given, ok := partial["name"].(object11); ok {
		for sub, value := range given {
			name[sub] = value
		}
	}
	for _, attr := range simple11 {
		if value, ok := partial[attr]; ok {
			user[attr] = value
		}
	}
	for _, attr := range lists11 {
		if given, ok := partial[attr].([]any); ok {
			mergeList11(user, attr, given)
		}
	}
	return user
}

func mergeList11(user object11, attr string, given []any) {
	list, _ := user[attr].([]any)
	for _, v := range given {
		value := v.(object11)
		i := slices.IndexFunc(list, func(present any) bool { return present.(object11)["value"] == value["value"] })
		switch deletes := value["operation"] == "delete"; {
		case deletes && i >= 0:
			list = slices.Delete(list, i, i+1)
		case deletes:
		case i >= 0:
			for sub, to := range value {
				list[i].(object11)[sub] = to
			}
		default:
			list = append(list, value)
		}
	}
	if user[attr] = list; len(list) == 0 {
		delete(user, attr)
	}
}

// forwarded11 sends a partial resource through the plan to a strict service
// provider and returns the state that it ends in.
func forwarded11(t *testing.T, user, partial object11) (after object11, sent string) {
	t.Helper()
	doc := scim.Parse(text11(user))
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		if out.Method == http.MethodGet {
			return answer(http.StatusOK, doc.Raw()), nil
		}
		sent = out.Body
		body := scim.Parse(out.Body)
		ops, err := scim.ParsePatch(&body)
		if err != nil {
			t.Fatalf("%v in %s", err, out.Body)
		}
		changed, _, err := scim.ApplyStrict(&doc, ops, registry.ByName("User"))
		if err != nil {
			return answer(scim.AsError(err).Status, scim.AsError(err).Body()), nil
		}
		doc = changed
		return answer(http.StatusOK, doc.Raw()), nil
	}
	req := &scim.Request{Method: "PATCH", Path: "/scim/v1/Users/7", Header: http.Header{}, Body: text11(partial)}
	resp, _, err := compile(t, "generic").Do(t.Context(), req, send)
	if err != nil || resp.Status != http.StatusOK {
		t.Fatalf("%v %v\nuser    %s\npartial %s\nsent    %s", resp, err, text11(user), text11(partial), sent)
	}
	if err := json.Unmarshal([]byte(doc.Raw()), &after); err != nil {
		t.Fatal(err)
	}
	return after, sent
}

// sorted11 is a user whose lists are in the order of their values, and who has no
// schemas: neither means anything here.
func sorted11(user object11) object11 {
	delete(user, "schemas")
	for _, attr := range lists11 {
		list, _ := user[attr].([]any)
		slices.SortFunc(list, func(a, b any) int {
			return slices.Compare([]byte(text11(a.(object11)["value"])), []byte(text11(b.(object11)["value"])))
		})
	}
	return user
}
