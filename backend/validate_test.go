package backend

import (
	"errors"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestCapabilitiesAreChecked(t *testing.T) {
	off := false
	for _, test := range []struct {
		caps Capabilities
		want string // of the error; empty for none
	}{
		{Capabilities{}, ""},
		{Capabilities{Patch: "put", ValuePaths: "try", MembersRemove: "value", OpCase: "title", Delete: "deactivate", Members: "absent", IDs: "number", SCIM: "1.1"}, ""},
		{Capabilities{Filter: []string{"off"}}, ""},
		{Capabilities{Filter: []string{"eq", "and", "[]"}, FilterAttributes: []string{"userName", scim.EnterpriseUserURI + ":manager.value"}}, ""},
		{Capabilities{Page: &Paging{Style: "offset", Start: "from", Size: "limit"}}, ""},
		{Capabilities{Page: &Paging{}}, ""},
		{Capabilities{List: &ListShape{Resources: "data.users", Total: "data.total"}, MediaType: "application/json"}, ""},
		{Capabilities{Headers: map[string]string{"User-Agent": "gateway"}, ThrottleText: []string{"slow down"}}, ""},
		{Capabilities{Patch: "Full"}, `backend: patch: "Full" is none of full, put, off`},
		{Capabilities{ValuePaths: "no"}, `backend: value_paths: "no" is none of send, read, try, off`},
		{Capabilities{MembersRemove: "all"}, `backend: members_remove: "all" is none of filter, value`},
		{Capabilities{OpCase: "upper"}, `backend: op_case: "upper" is none of lower, title`},
		{Capabilities{Delete: "off"}, `backend: delete: "off" is none of on, deactivate`},
		{Capabilities{Members: "none"}, `backend: members: "none" is none of full, truncated, absent`},
		{Capabilities{IDs: "int"}, `backend: ids: "int" is none of string, number`},
		{Capabilities{SCIM: "1.0"}, `backend: scim: "1.0" is none of 2.0, 1.1`},
		{Capabilities{PatchOperations: -1}, `backend: patch_operations: "-1" is no limit: give a number from 1, or leave it out for none`},
		{Capabilities{PatchMembers: -1}, `backend: patch_members: "-1" is no limit: give a number from 1, or leave it out for none`},
		{Capabilities{PageSize: -100}, `backend: page_size: "-100" is no limit: give a number from 1, or leave it out for none`},
		{Capabilities{PatchPathless: &off, PatchPaths: &off}, `backend: patch_paths: "off" leaves no operation that could be sent beside patch_pathless off: set patch put or patch off`},
		{Capabilities{Patch: "put", Put: &off}, `backend: patch: "put" needs the PUT that put off denies: set patch full or patch off`},
		{Capabilities{Filter: []string{"eq", "like"}}, `backend: filter: "like" is none of eq, ne, co, sw, ew, gt, ge, lt, le, pr, and, or, not, [], off`},
		{Capabilities{Filter: []string{""}}, `backend: filter: "" is none of eq, ne, co, sw, ew, gt, ge, lt, le, pr, and, or, not, [], off`},
		{Capabilities{Filter: []string{"eq", "off"}}, `backend: filter: "off" stands alone`},
		{Capabilities{FilterAttributes: []string{"user name"}}, `backend: filter_attributes: "user name" is no attribute path: path: column 5: expected the end, found a space`},
		{Capabilities{SingleValued: []string{""}}, `backend: single_valued: "" is no attribute path: path: column 1: expected an attribute, found the end`},
		{Capabilities{Page: &Paging{Style: "pages"}}, `backend: page: "pages" is none of index, offset, page, cursor, off`},
		{Capabilities{Page: &Paging{Start: "a&b"}}, `backend: page: "a&b" is no name of a query parameter`},
		{Capabilities{Page: &Paging{Start: "n", Size: "n"}}, `backend: page: "n" cannot be both the start and the size`},
		{Capabilities{Page: &Paging{Style: "off", Size: "n"}}, `backend: page: "off" has no parameters`},
		{Capabilities{Page: &Paging{Style: "cursor", ZeroBased: true}}, `backend: page: "cursor" has no zero_based: a cursor is no number`},
		{Capabilities{List: &ListShape{}}, `backend: list: "" is no path: give names joined by dots, such as data.users`},
		{Capabilities{List: &ListShape{Resources: "a..b"}}, `backend: list: "a..b" is no path: give names joined by dots, such as data.users`},
		{Capabilities{List: &ListShape{Resources: "users", Total: "users"}}, `backend: list: "users" cannot be the total: the list stands there`},
		{Capabilities{List: &ListShape{Resources: "users", Total: "Users.total"}}, `backend: list: "Users.total" cannot be the total: the list stands there`},
		{Capabilities{MediaType: "json"}, `backend: media_type: "json" is no media type: give one such as application/json`},
		{Capabilities{ThrottleText: []string{" "}}, `backend: throttle_text: " " stands in every answer`},
		{Capabilities{Headers: map[string]string{"X Org": "1"}}, `backend: headers: "X Org" is no name of a header field`},
		{Capabilities{Headers: map[string]string{"content-length": "1"}}, `backend: headers: "content-length" belongs to the request; it cannot be set`},
		{Capabilities{Headers: map[string]string{"X-Org": "a\nb"}}, `backend: headers: "a\nb" is no value of a header field`},
	} {
		_, err := New(Options{Capabilities: test.caps, Registry: scim.Core()})
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%+v: %v", test.caps, err)
		case test.want != "" && (err == nil || err.Error() != test.want):
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
		if _, is := errors.AsType[*CapabilityError](err); err != nil && !is {
			t.Errorf("%T is no *CapabilityError", err)
		}
	}
}
