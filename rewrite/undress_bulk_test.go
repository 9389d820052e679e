package rewrite_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestUndressBulk puts dressed bodies into Bulk requests, where each operation
// is treated as if it had come alone.
func TestUndressBulk(t *testing.T) {
	for seed := range seeds() {
		if plain, dressed, states := bulkPair(seed); plain != "" {
			checkBulk(t, seed, plain, dressed, states)
		}
	}
}

// bulkPair makes the body of a Bulk request in normal form, the same with
// garments on, and the resources by path. The bodies are empty if there is no
// operation.
func bulkPair(seed uint64) (string, string, map[string]string) {
	rng := rand.New(rand.NewPCG(seed, 5))
	var plain, dressed list
	states := map[string]string{}
	for i := range 1 + rng.IntN(3) {
		r := normal(rng)
		if r.patch == nil && r.resource == nil {
			continue
		}
		path := strings.TrimPrefix(r.path, "/scim/v2")
		if r.method != http.MethodPost {
			path = "/" + r.rt.Endpoint + "/2819c223" + strconv.Itoa(i)
		}
		if r.patch != nil {
			r.state[r.state.index("id")].value = "2819c223" + strconv.Itoa(i)
			states["/scim/v2"+path] = text(r.state)
		}
		plain = append(plain, bulkOperation(r, path))
		dressed = append(dressed, bulkOperation(dressBody(maker{rng, r.rt}, r), dressPath(maker{rng, r.rt}, path)))
	}
	if len(plain) == 0 {
		return "", "", nil
	}
	return bulkBody(plain), bulkBody(dressed), states
}

// dressBody puts garments on the body of a request only.
func dressBody(m maker, r *request) *request {
	for i := range wardrobe {
		isOfRequest := slices.ContainsFunc(requestGarments, func(g garment) bool { return g.name == wardrobe[i].name })
		if !isOfRequest && wardrobe[i].rule != "entra.manager-removal" && m.chance(0.1) {
			r = wear(m, r, &wardrobe[i])
		}
	}
	return r
}

// dressPath writes the path of an operation in another way.
func dressPath(m maker, path string) string {
	if m.chance(0.8) {
		return path
	}
	_, id, _ := strings.Cut(path[1:], "/")
	return one(m.Rand, "/", "//") + m.anyCase(m.rt.Endpoint) + "/" + id
}

func bulkOperation(r *request, path string) node {
	return object{{"method", r.method}, {"path", path}, {"bulkId", "b1"}, {"data", r.document()}}
}

func bulkBody(operations list) string {
	return text(object{{"schemas", list{scim.BulkRequestURI}}, {"failOnErrors", number("1")}, {"Operations", operations}})
}

func checkBulk(t *testing.T, seed uint64, want, sent string, states map[string]string) {
	t.Helper()
	req := &scim.Request{
		Method: http.MethodPost, Path: "/scim/v2/Bulk", Body: sent,
		Header: http.Header{"Content-Type": {scim.MediaType}, "Accept": {scim.MediaType}},
	}
	left := ""
	_, changes, err := plans["generic"].Do(context.Background(), req, func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		if out.Method == http.MethodGet {
			return answer(http.StatusOK, states[out.Path]), nil
		}
		left = out.Body
		return answer(http.StatusOK, ""), nil
	})
	if err != nil || left != want || (len(ids(changes)) == 0) != (sent == want) {
		t.Errorf("seed %d\nnormal:    %s\nsent:      %s\nforwarded: %s\nerror:     %v\nchanges:   %q\nstates:    %q", seed, want, sent, left, err, ids(changes), states)
	}
}
