package limit_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/caddy-scim/caddy-scim/limit"
)

func TestValidate(t *testing.T) {
	const year = 366 * 24 * time.Hour
	for _, c := range []struct {
		rate limit.Rate
		want string // part of the error
	}{
		{limit.Every(20, time.Second, 1, 0), ""},
		{limit.Every(1, year, 1, year), ""},
		{limit.Every(1_000_000_000, time.Second, math.MaxInt32, 0), ""},
		{limit.Every(2_000_000_000, time.Second, 1, 0), "one in a nanosecond"},
		{limit.Every(0, time.Second, 1, 0), "positive number"},
		{limit.Every(-1, time.Second, 1, 0), "positive number"},
		{limit.Every(1, 0, 1, 0), "positive number"},
		{limit.Every(1, time.Second, 0, 0), "at least 1"},
		{limit.Every(1, time.Second, -5, 0), "at least 1"},
		{limit.Every(1, time.Second, 1, -1), "negative"},
		{limit.Every(1, time.Second, 1, year+1), "longer than a year"},
		{limit.Every(1, time.Hour, 24*366+1, 0), "longer than a year"},
		{limit.Every(1, time.Hour, math.MaxInt, 0), "longer than a year"},
		{limit.Every(1, math.MaxInt64, 1, 0), "longer than a year"},
	} {
		err := c.rate.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.rate, err, c.want)
		}
	}
}

// TestLongest sees that the longest rates there can be overflow nowhere.
func TestLongest(t *testing.T) {
	rate := limit.Every(1, 366*24*time.Hour, 1, 366*24*time.Hour)
	m := limit.NewMemory(1)
	for i, want := range []bool{true, true, false, false} {
		d, err := m.Reserve(t.Context(), []limit.Limit{{Key: "key", Rate: rate}})
		if err != nil || d.OK != want || d.Wait < 0 || d.RetryAfter < 0 || d.Backlog[0] < 0 {
			t.Errorf("%d: %+v, %v", i, d, err)
		}
	}
}
