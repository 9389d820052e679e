package backend_test

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/internal/imitation"
	"github.com/caddy-scim/caddy-scim/scim"
)

func TestPresets(t *testing.T) {
	presets := backend.Presets()
	if !slices.IsSortedFunc(presets, func(a, b *backend.Preset) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("presets are not in the order of their names")
	}
	for _, p := range presets {
		if backend.PresetByName(p.Name) != p {
			t.Errorf("%s is not found by its name", p.Name)
		}
		if source, err := url.Parse(p.Source); err != nil || source.Host == "" || p.Title == "" {
			t.Errorf("%s: title %q, source %q", p.Name, p.Title, p.Source)
		}
		if _, err := backend.New(backend.Options{Capabilities: p.Capabilities, Registry: scim.Core()}); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if reflect.ValueOf(p.Capabilities).IsZero() {
			t.Errorf("%s says nothing", p.Name)
		}
		if imitation.ByName(p.Name) == nil {
			t.Errorf("%s has no imitation", p.Name)
		}
	}
	if backend.PresetByName("AWS") != nil || backend.PresetByName("") != nil {
		t.Error("a preset is found by another name")
	}
}

// Every capability that is set wins over the preset, and every other comes from
// it.
func TestOver(t *testing.T) {
	var block, preset backend.Capabilities
	for i := range reflect.TypeFor[backend.Capabilities]().NumField() {
		b, p := reflect.ValueOf(&block).Elem().Field(i), reflect.ValueOf(&preset).Elem().Field(i)
		fill(b, 1)
		fill(p, 2)
	}
	if got := block.Over(preset); !reflect.DeepEqual(got.Headers, map[string]string{"X-Both": "1", "X-1": "1", "X-2": "2"}) {
		t.Errorf("headers %v", got.Headers)
	}
	block.Headers, preset.Headers = map[string]string{"x-both": "1"}, map[string]string{"X-Both": "2"}
	if got := block.Over(preset); !reflect.DeepEqual(got, block) {
		t.Errorf("%+v", got)
	}
	if got := (backend.Capabilities{}).Over(preset); !reflect.DeepEqual(got, preset) {
		t.Errorf("%+v", got)
	}
	if got := block.Over(backend.Capabilities{}); !reflect.DeepEqual(got, block) {
		t.Errorf("%+v", got)
	}
	if got := (backend.Capabilities{Filter: []string{}}).Over(preset); len(got.Filter) != 0 {
		t.Errorf("%v", got.Filter)
	}
}

// fill gives a field a value that n can be told by.
func fill(v reflect.Value, n int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Slice:
		v.Set(reflect.ValueOf([]string{fmt.Sprint(n)}))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"X-Both": fmt.Sprint(n), "X-" + fmt.Sprint(n): fmt.Sprint(n)}))
	case reflect.Int:
		v.SetInt(int64(n))
	case reflect.String:
		v.SetString(fmt.Sprint(n))
	case reflect.Bool:
		v.SetBool(true)
	}
}

// trial is a request in normal form that a service provider does not carry out
// as it is meant, and that does what it says through the preset.
type trial struct {
	presets string // names
	name    string
	method  string
	target  string
	body    string
	direct  int // status without the gateway; 0: some success that is none
	status  int // through the gateway
	// What has to hold afterwards: what the answer, or a GET of another target,
	// has at a place.
	read, place, want string
}

const (
	most    = "aws atlassian authentik django-scim2 figma google slack"
	noBulks = "aws atlassian authentik django-scim2 figma fusionauth github google salesforce scim11 sentry slack snowflake"
)

func where(filter string) string {
	return "?filter=" + strings.ReplaceAll(url.QueryEscape(filter), "+", "%20")
}

func member(numbers ...int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = fmt.Sprintf(`{"value":"u%d"}`, n)
	}
	return strings.Join(texts, ",")
}

func upTo(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i + 1
	}
	return numbers
}

func user(more string) string {
	return `{"schemas":["` + scim.UserURI + `"],"userName":"new@example.com"` + more + `}`
}

var workMail = patchOp(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"other@example.com"}`)

var trials = []trial{
	{
		"aws atlassian github hcp zoom datadog asana sentry google", "two conditions", "GET",
		"/Users" + where(`userName eq "u7@example.com" and active eq true`), "", 400, 200, "", "Resources/0/id", "u7",
	},
	{
		"aws atlassian github hcp zoom datadog asana sentry slack", "part of a name", "GET",
		"/Users" + where(`userName co "u117@"`), "", 400, 200, "", "Resources/0/id", "u117",
	},
	{
		"snowflake", "two conditions, of which it makes nothing", "GET",
		"/Users" + where(`userName eq "u7@example.com" and active eq true`), "", 0, 200, "", "Resources/0/id", "u7",
	},
	{
		"snowflake", "value filter, of which it makes nothing", "GET",
		"/Users" + where(`emails[type eq "work" and value eq "u7@work.example.com"]`), "", 0, 200, "", "Resources/0/id", "u7",
	},
	{"databricks", "end of a name", "GET", "/Users" + where(`displayName ew "117"`), "", 400, 200, "", "Resources/0/id", "u117"},
	{
		"aws atlassian github hcp zoom datadog asana sentry slack salesforce google", "one or the other", "GET",
		"/Users" + where(`userName eq "u7@example.com" or userName eq "u9@example.com"`), "", 400, 200, "", "totalResults", "2",
	},
	{
		"aws atlassian databricks datadog hcp zoom asana sentry slack django-scim2 github salesforce", "value filter", "GET",
		"/Users" + where(`emails[type eq "work" and value eq "u7@work.example.com"]`), "", 400, 200, "", "Resources/0/id", "u7",
	},
	{"aws atlassian authentik django-scim2 figma github slack snowflake sentry", "order", "GET", "/Users?sortBy=displayName&sortOrder=descending&count=1", "", 0, 200, "", "Resources/0/displayName", "User 99"},
	{"aws", "pages by index", "GET", "/Users?startIndex=118&count=2", "", 0, 200, "", "Resources/1/id", "u119"},
	{"aws", "no resources", "GET", "/Users?count=0", "", 400, 200, "", "totalResults", "120"},
	{"aws figma sentry salesforce", "a large page", "GET", "/Users?count=500", "", 400, 200, "", "totalResults", "120"},
	{"google", "a page", "GET", "/Users" + where(`userName eq "u7@example.com"`) + "&startIndex=2&count=1", "", 0, 200, "", "Resources", "[]"},
	{
		"aws google sentry authentik github slack", "query by POST", "POST", "/Users/.search",
		`{"schemas":["` + scim.SearchRequestURI + `"],"filter":"userName eq \"u7@example.com\""}`, 404, 200, "", "Resources/0/id", "u7",
	},
	{"asana", "numbers of a list", "GET", "/Users?startIndex=2&count=3", "", 0, 200, "", "startIndex", "2"},

	{
		"aws", "more members than at once", "PATCH", "/Groups/g",
		patchOp(`{"op":"add","path":"members","value":[` + member(upTo(110)...) + `]}`), 400, 200, "/Users/u110", "groups/0/value", "g",
	},
	{
		"miro", "more members than at once", "PATCH", "/Groups/g",
		patchOp(`{"op":"add","path":"members","value":[` + member(upTo(8001)...) + `]}`), 400, 200, "/Users/u120", "groups/0/value", "g",
	},
	{"google", "two members", "PATCH", "/Groups/g", patchOp(`{"op":"add","path":"members","value":[` + member(7, 8) + `]}`), 400, 200, "/Users/u8", "groups/0/value", "g"},
	{"google", "all members", "PATCH", "/Groups/g", patchOp(`{"op":"replace","path":"members","value":[` + member(2, 8) + `]}`), 400, 200, "/Groups/g", "members/1/value", "u8"},
	{
		"google", "three operations", "PATCH", "/Groups/g", patchOp(
			`{"op":"replace","path":"displayName","value":"Night Shift"}`, `{"op":"add","path":"externalId","value":"x"}`, `{"op":"remove","path":"members[value eq \"u1\"]"}`),
		400, 200, "/Groups/g", "members/0/value", "u2",
	},
	{
		"google", "21 operations", "PATCH", "/Users/u7", patchOp(slices.Repeat([]string{`{"op":"replace","path":"title","value":"Lead"}`}, 21)...),
		400, 200, "/Users/u7", "title", "Lead",
	},
	{
		"hcp sentry", "101 operations", "PATCH", "/Groups/g", patchOp(slices.Repeat([]string{`{"op":"replace","path":"displayName","value":"Night Shift"}`}, 101)...),
		400, 200, "/Groups/g", "displayName", "Night Shift",
	},
	{"aws", "attributes without a path", "PATCH", "/Users/u7", patchOp(`{"op":"replace","value":{"displayName":"Mara","title":"Lead"}}`), 400, 200, "/Users/u7", "title", "Lead"},
	{"github django-scim2", "value path", "PATCH", "/Users/u7", workMail, 400, 200, "/Users/u7", "emails/0/value", "other@example.com"},
	{"django-scim2 jfrog", "removal of a member", "PATCH", "/Groups/g", patchOp(`{"op":"remove","path":"members[value eq \"u1\"]"}`), 400, 200, "/Groups/g", "members/0/value", "u2"},
	{"jfrog", "verbs", "PATCH", "/Groups/g", patchOp(`{"op":"add","path":"members","value":[` + member(9) + `]}`), 400, 200, "/Groups/g", "members/3/value", "u9"},
	{"asana", "given name", "PATCH", "/Users/u7", patchOp(`{"op":"replace","path":"name.givenName","value":"Mara"}`), 400, 200, "/Users/u7", "name/formatted", "Mara Seven"},
	{"authentik", "PATCH of a user", "PATCH", "/Users/u7", workMail, 405, 200, "/Users/u7", "emails/0/value", "other@example.com"},
	{"authentik", "PATCH of a group", "PATCH", "/Groups/g", patchOp(`{"op":"remove","path":"members[value eq \"u1\"]"}`), 405, 200, "/Groups/g", "members/0/value", "u2"},
	{
		"google sentry", "PUT of a group", "PUT", "/Groups/g", `{"schemas":["` + scim.GroupURI + `"],"displayName":"Night Shift","members":[` + member(2, 8) + `]}`,
		-1, 200, "/Groups/g", "members/1/value", "u8",
	},
	{"salesforce", "deletion", "DELETE", "/Users/u7", "", 405, 204, "/Users/u7", "active", "false"},
	{
		"aws snowflake datadog", "two addresses", "POST", "/Users", user(`,"emails":[{"value":"a@example.com","type":"home"},{"value":"b@example.com","type":"work"}]`),
		400, 201, "", "emails", `[{"value":"b@example.com","type":"work"}]`,
	},
	{"aws", "media type", "POST", "/Users", user(``), 415, 201, "", "userName", "new@example.com"},
	{"sentry zoom", "words of an error", "GET", "/Users/nobody", "", 404, 404, "", "status", "404"},

	{"scim11", "a user", "GET", "/Users/u7", "", 0, 200, "", "schemas/0", scim.UserURI},
	{"scim11", "a new user", "POST", "/Users", user(``), 400, 201, "", "schemas/0", scim.UserURI},
	{"scim11", "PATCH", "PATCH", "/Users/u7", workMail, 400, 200, "/Users/u7", "emails/0/value", "other@example.com"},
	{"scim11", "an error", "GET", "/Users/nobody", "", 404, 404, "", "schemas/0", scim.ErrorURI},
	{
		"fusionauth", "PUT of a group that shows some members", "PUT", "/Groups/g", `{"schemas":["` + scim.GroupURI + `"],"displayName":"Night Shift","members":[` + member(2, 8) + `]}`,
		-2, 200, "/Groups/g", "displayName", "Night Shift",
	},

	{noBulks, "Bulk", "POST", "/Bulk", operations(newUser("u", "new@example.com", "")), 404, 200, "", "Operations/0/status", "201"},
	{noBulks, "Bulk is told", "GET", "/ServiceProviderConfig", "", 0, 200, "", "bulk/supported", "true"},
	{"authentik", "PATCH is told", "GET", "/ServiceProviderConfig", "", 0, 200, "", "patch/supported", "true"},
	{"django-scim2 slack snowflake", "filters are told", "GET", "/ServiceProviderConfig", "", 0, 200, "", "filter/supported", "true"},
	{"salesforce", "plural", "GET", "/ServiceProviderConfig", "", 404, 200, "", "patch/supported", "true"},
	{most, "no ETags are told", "GET", "/ServiceProviderConfig", "", -1, 200, "", "etag/supported", "false"},
}

// resources is the seed of an imitation: 120 users, three of them in a group.
func resources() []byte {
	var users []string
	for _, n := range upTo(120) {
		users = append(users, fmt.Sprintf(`{"schemas":["%s"],"id":"u%d","userName":"u%d@example.com","displayName":"User %d","active":true,`+
			`"name":{"givenName":"Ines","familyName":"Seven","formatted":"Ines Seven"},"emails":[{"type":"work","value":"u%d@work.example.com"}]}`, scim.UserURI, n, n, n, n))
	}
	return []byte(`{"Users":[` + strings.Join(users, ",") + `],"Groups":[{"schemas":["` + scim.GroupURI + `"],"id":"g","displayName":"Day Shift","members":[` + member(1, 2, 3) + `]}]}`)
}

func TestPresetsAgainstImitations(t *testing.T) {
	tried := map[string]int{}
	for _, trial := range trials {
		for name := range strings.FieldsSeq(trial.presets) {
			tried[name]++
			t.Run(name+"/"+trial.name, func(t *testing.T) { try(t, name, &trial) })
		}
	}
	for _, p := range backend.Presets() {
		if tried[p.Name] == 0 {
			t.Errorf("%s is not tried", p.Name)
		}
	}
}

func try(t *testing.T, name string, trial *trial) {
	v := *imitation.ByName(name)
	v.Options.Seed = resources()
	preset := backend.PresetByName(name)
	direct := provider(t, v).Send
	if trial.name != "media type" {
		direct = typed(direct, preset.MediaType)
	}
	without := call(t, direct, trial.method, trial.target, trial.body)
	switch {
	case trial.direct > 0 && without.Status != trial.direct:
		t.Errorf("directly: %d, want %d: %s", without.Status, trial.direct, without.Body)
	case trial.direct == 0 && without.Status < 300 && at(without.Body, trial.place) == trial.want:
		t.Errorf("directly it works: %s", without.Body)
	case trial.direct == -1 && trial.method != "GET" && without.Status < 400:
		t.Errorf("directly: %d", without.Status)
	}
	p := provider(t, v)
	send := adapted(t, preset.Capabilities, p.Send)
	resp := call(t, send, trial.method, trial.target, trial.body)
	if resp.Status != trial.status && (trial.method != "PATCH" || resp.Status != 204) {
		t.Fatalf("%d, want %d: %s\n%s", resp.Status, trial.status, resp.Body, strings.Join(p.Log(), "\n"))
	}
	if trial.read != "" {
		resp = call(t, send, "GET", trial.read, "")
	}
	if got := at(resp.Body, trial.place); got != trial.want {
		t.Errorf("%s: %s, want %s\n%s\n%s", trial.place, got, trial.want, resp.Body, strings.Join(p.Log(), "\n"))
	}
}

// typed sends bodies as a media type.
func typed(send scim.Send, mediaType string) scim.Send {
	if mediaType == "" {
		return send
	}
	return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		if req.Body != "" {
			req.Header.Set("Content-Type", mediaType)
		}
		return send(ctx, req)
	}
}
