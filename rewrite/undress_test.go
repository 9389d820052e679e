package rewrite_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"iter"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// The tests of this file hold the gateway against a generator: it makes random
// requests in normal form, puts the garments of dialects on them in random
// compositions, and sends them. All garments have to come off again.

var (
	onlySeed = flag.Uint64("seed", 0, "run only the generated request of this seed")
	cases    = flag.Uint64("cases", 2500, "how many generated requests each property is tried on")
)

// TestUndress is the heart of the gateway: whatever a request in normal form is
// dressed in, it leaves as it was, byte for byte.
func TestUndress(t *testing.T) {
	for seed := range seeds() {
		plain, dressed := pair(seed)
		checkUndressed(t, seed, plain, dressed)
	}
}

// TestUndressEach puts each garment on alone, so that none hides behind others,
// and looks for the rule that takes it off.
func TestUndressEach(t *testing.T) {
	worn, recorded := make([]int, len(wardrobe)), map[string]bool{}
	for seed := range seeds() {
		rng := rand.New(rand.NewPCG(seed, 1))
		plain := normal(rng)
		for i := range wardrobe {
			g := &wardrobe[i]
			if worn[i] >= 10 {
				continue
			}
			dressed := wear(maker{rng, plain.rt}, plain, g)
			if len(dressed.worn) == 0 {
				continue
			}
			worn[i]++
			got := checkUndressed(t, seed, plain, dressed)
			for _, c := range got.record {
				recorded[c.ID] = true
			}
			if got.err == nil && !slices.ContainsFunc(got.changes, func(id string) bool { return strings.HasPrefix(id, g.rule) }) {
				t.Errorf("seed %d, %s: rule %s is not recorded", seed, g.name, g.rule)
			}
		}
	}
	for i, n := range worn {
		if n == 0 && *onlySeed == 0 {
			t.Errorf("%s fits no request", wardrobe[i].name)
		}
	}
	if *onlySeed == 0 {
		checkCovered(t, recorded)
	}
}

// TestStrictStays sends requests in normal form, with white space, members of
// objects in any order and what a query may leave without percent-encoding. They
// leave as they came and nothing is recorded.
func TestStrictStays(t *testing.T) {
	for seed := range seeds() {
		rng := rand.New(rand.NewPCG(seed, 2))
		plain := normal(rng)
		sent := plain.message()
		if document := plain.document(); document != nil && seed%4 > 0 {
			sent.Body = spaced(rng, text(shuffled(rng, document)))
			sent.Query = decoded(rng, sent.Query)
		}
		checkUnchanged(t, seed, plain, sent)
	}
}

// TestUndressSpaced dresses requests and spreads them over lines. What leaves is
// the normal form but for white space, and stays as it is when it comes again.
func TestUndressSpaced(t *testing.T) {
	for seed := range seeds() {
		plain, dressed := pair(seed)
		want, sent := plain.message(), dressed.message()
		if sent.Body == "" {
			continue
		}
		mark := strings.TrimSuffix(sent.Body, text(dressed.document()))
		sent.Body = mark + spaced(rand.New(rand.NewPCG(seed, 3)), text(dressed.document()))
		got := run(plain.provider, sent, text(plain.state))
		if got.err != nil || got.write == nil || compact(got.write.Body) != want.Body {
			report(t, seed, plain, dressed, got)
			continue
		}
		checkUnchanged(t, seed, plain, got.write)
	}
}

// TestUndressMeaning dresses PATCH requests and puts the members of operations
// and values in another order. What leaves does to the resource what the normal
// form does.
func TestUndressMeaning(t *testing.T) {
	for seed := range seeds() {
		plain, dressed := pair(seed)
		if plain.patch == nil {
			continue
		}
		rng := rand.New(rand.NewPCG(seed, 4))
		for _, o := range dressed.patch.ops {
			rng.Shuffle(3, func(i, j int) { o.order[i], o.order[j] = o.order[j], o.order[i] })
			o.value = shuffled(rng, o.value)
		}
		got := run(plain.provider, dressed.message(), text(plain.state))
		if got.err != nil || got.write == nil {
			report(t, seed, plain, dressed, got)
			continue
		}
		want, left := patched(t, plain, plain.message().Body), patched(t, plain, got.write.Body)
		if !scim.SameValue(&want, &left) {
			report(t, seed, plain, dressed, got)
			t.Errorf("leaves the resource as %s\nthe normal form as %s", left.Raw(), want.Raw())
		}
	}
}

// patched applies a PATCH body to the resource of a request.
func patched(t *testing.T, r *request, doc string) scim.Value {
	t.Helper()
	body, resource := scim.Parse(doc), scim.Parse(text(r.state))
	ops, err := scim.ParsePatch(&body)
	if err == nil {
		resource, _, err = scim.Apply(&resource, ops, r.rt)
	}
	if err != nil {
		t.Errorf("%v: %s", err, doc)
	}
	return resource
}

// seeds yields the seeds to try: as many as cases says, or the one that was
// asked for.
func seeds() iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		if *onlySeed != 0 {
			yield(*onlySeed)
			return
		}
		for seed := uint64(1); seed <= *cases && yield(seed); seed++ {
		}
	}
}

// pair makes a request in normal form and the same with garments on.
func pair(seed uint64) (plain, dressed *request) {
	rng := rand.New(rand.NewPCG(seed, 0))
	plain = normal(rng)
	dressed = plain
	for p := one(rng, 0.01, 0.03, 0.1, 0.3); len(dressed.worn) == 0; {
		dressed = dress(maker{rng, plain.rt}, plain, p)
	}
	if seed%5 == 0 {
		for i := range oldGarments {
			dressed = wear(maker{rng, plain.rt}, dressed, &oldGarments[i])
		}
	}
	return plain, dressed.clone()
}

// result is what the gateway makes of a request.
type result struct {
	write   *scim.Request    // that for which all was done; nil if there was none
	record  []rewrite.Change // as it was returned
	changes []string         // rules that were applied to the request
	err     error
}

// run sends a request through the plan of a provider, in front of a service
// provider that holds state.
func run(provider string, req *scim.Request, state string) result {
	var got result
	send := func(_ context.Context, out *scim.Request) (*scim.Response, error) {
		if out.Method == http.MethodGet && req.Method != http.MethodGet {
			return answer(http.StatusOK, state), nil
		}
		got.write = out
		return answer(http.StatusNoContent, ""), nil
	}
	plan := plans[provider]
	if strings.HasPrefix(req.Path, "/scim/v1/") {
		plan = anywhere[provider] // which does not know the base to be that of version 2
	}
	_, got.record, got.err = plan.Do(context.Background(), req, send)
	got.changes = ids(got.record)
	return got
}

func answer(status int, body string) *scim.Response {
	return &scim.Response{Status: status, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: body}
}

// ids names the rules that were applied to a request, with their places.
func ids(changes []rewrite.Change) []string {
	var all []string
	for _, c := range changes {
		if !strings.HasPrefix(c.At, "answer") {
			all = append(all, c.ID+" at "+c.At)
		}
	}
	return all
}

// checkUndressed sends a dressed request and compares what leaves with the
// request in normal form. There is a change on record if, and only if, something
// had to be changed.
func checkUndressed(t *testing.T, seed uint64, plain, dressed *request) result {
	t.Helper()
	want, sent := plain.message(), dressed.message()
	got := run(plain.provider, sent, text(plain.state))
	if got.err != nil || got.write == nil || !sameMessage(got.write, want) || (len(got.changes) == 0) != sameMessage(sent, want) {
		report(t, seed, plain, dressed, got)
	}
	return got
}

// checkUnchanged sends a request that has to leave as it came.
func checkUnchanged(t *testing.T, seed uint64, plain *request, sent *scim.Request) {
	t.Helper()
	got := run(plain.provider, sent, text(plain.state))
	if got.err != nil || got.write == nil || !sameMessage(got.write, sent) || len(got.changes) > 0 {
		t.Errorf("seed %d, %s is not left alone\nsent:      %s\nforwarded: %s\nerror:     %v\nchanges:   %q\nstate:     %s",
			seed, plain.provider, show(sent), show(got.write), got.err, got.changes, text(plain.state))
	}
}

func report(t *testing.T, seed uint64, plain, dressed *request, got result) {
	t.Helper()
	t.Errorf("seed %d, %s, %s\nnormal:    %s\nsent:      %s\nforwarded: %s\nerror:     %v\nchanges:   %q\nstate:     %s",
		seed, plain.provider, strings.Join(dressed.worn, " + "), show(plain.message()), show(dressed.message()), show(got.write),
		got.err, got.changes, text(plain.state))
}

// show prints a request for a failure.
func show(r *scim.Request) string {
	if r == nil {
		return "nothing"
	}
	s := r.Method + " " + r.Path
	if r.Query != "" {
		s += "?" + r.Query
	}
	if r.Body != "" {
		s += "\n" + r.Body
	}
	return s
}

func compact(doc string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(doc)) != nil {
		return doc
	}
	return b.String()
}

// decoded writes some escapes of a query plainly, as far as RFC 3986 allows, and
// others in lower case.
func decoded(rng *rand.Rand, query string) string {
	for escape, plain := range map[string]string{
		"%3A": ":", "%28": "(", "%29": ")", "%27": "'", "%40": "@", "%2F": "/", "%3F": "?", "%21": "!", "%24": "$", "%2A": "*", "%3B": ";",
		"%5B": "%5b", "%5D": "%5d", "%C5": "%c5",
	} {
		if rng.IntN(2) == 0 {
			query = strings.ReplaceAll(query, escape, plain)
		}
	}
	return query
}
