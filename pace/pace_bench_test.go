package pace_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/limit"
	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

// BenchmarkPace is what pacing adds to a request that has to wait for nothing.
func BenchmarkPace(b *testing.B) {
	answer := &scim.Response{Status: 200}
	send := func(context.Context, *scim.Request) (*scim.Response, error) { return answer, nil }
	adapt := func(send scim.Send) scim.Send { return send }
	limits := []limit.Limit{{Key: "okta", Rate: limit.Every(1_000_000_000, time.Second, 1_000_000_000, 0)}}
	for name, c := range map[string]call{
		"read":   {method: http.MethodGet, path: user("17")},
		"change": retitle("17"),
		"member": join("17"),
	} {
		b.Run(name, func(b *testing.B) {
			p := pace.New(pace.NewState(), pace.Settings{Store: limit.NewMemory(0), Concurrency: 10})
			layer := p.Layer(adapt)
			route, _ := scim.Core().Route(scim.Base{}, c.path)
			req := &scim.Request{Method: c.method, Path: c.path, Body: c.body}
			b.ReportAllocs()
			for b.Loop() {
				ticket, err := p.Reserve(b.Context(), pace.Facts{Method: c.method, Route: route, Limits: limits})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := layer(send)(pace.With(b.Context(), ticket), req); err != nil {
					b.Fatal(err)
				}
				ticket.Done()
			}
		})
	}
}
