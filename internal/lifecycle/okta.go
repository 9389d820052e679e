package lifecycle

import "net/http"

// oktaHeader is what Okta sends.
func oktaHeader() http.Header {
	return http.Header{
		"Accept":         {mediaType},
		"Accept-Charset": {"utf-8"},
		"Content-Type":   {mediaType + "; charset=utf-8"},
		"User-Agent":     {"Okta SCIM Client 1.0.0"},
	}
}

// oktaUsers tests the connection, looks up and creates the users: read-only
// groups, a placeholder password, an e-mail without type.
func oktaUsers() []Step {
	return []Step{
		get("test connection", "/Users?startIndex=1&count=2", Expect{"schemas/0", listResponse}, Expect{"totalResults", Present}),
		get("read the groups to link", "/Groups?startIndex=1&count=100", Expect{"schemas/0", listResponse}, Expect{"totalResults", Present}),
		get("look-up that misses", `/Users?filter=userName+eq+%22mara.lind%40example.com%22&startIndex=1&count=100`, misses()...),
		post("create Mara", "/Users", "mara", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "mara.lind@example.com",
			"name": {"givenName": "Mara", "familyName": "Lind"},
			"emails": [{"primary": true, "value": "mara.lind@example.com", "type": "work"}],
			"displayName": "Mara Lind", "locale": "sv-SE", "externalId": "00u7k2m9qXv4ZbT1c5d7",
			"groups": [], "password": "p7RxWq2e", "active": true}`, Expect{"id", Present}),
		post("create Tomas", "/Users", "tomas", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "tomas.berg@example.com",
			"name": {"givenName": "Tomas", "familyName": "Berg"},
			"emails": [{"primary": true, "value": "tomas.berg@example.com", "type": "work"}],
			"displayName": "Tomas Berg", "locale": "sv-SE", "externalId": "00u7k2m9rYw5AcU2e6f8",
			"groups": [], "password": "Hk3mZt8v", "active": true}`, Expect{"id", Present}),
		post("create Ines", "/Users", "ines", `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
			"userName": "ines.okoro@example.com", "name": {"givenName": "Ines", "familyName": "Okoro"},
			"emails": [{"primary": true, "value": "ines.okoro@example.com"}], "title": "Dispatcher",
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Logistics"},
			"externalId": "00u7k2m9sZx6BdV3f7g9", "groups": [], "password": "w5NcYb6u", "active": true}`, Expect{"id", Present}),
		get("look-up that hits, in another case", `/Users?filter=userName+eq+%22Mara.Lind%40Example.com%22&startIndex=1&count=100`, hits("{mara}")...),
		get("look-up in the other encoding", `/Users?filter=userName%20eq%20%22ines.okoro%40example.com%22&startIndex=1&count=100`,
			hits("{ines}", Expect{"Resources/0/" + enterprise + "/department", "Logistics"})...),
	}
}

// put reads a resource and sends back everything that was read, with changes.
func put(name, what, target string, edits ...Edit) []Step {
	return []Step{
		{Name: "read to " + name, Method: http.MethodGet, Target: target, Save: what, Want: []Expect{{"id", "{" + what + "}"}}},
		{Name: name, Method: http.MethodPut, Target: target, Base: what, Edits: edits, Save: what, Want: []Expect{{"id", "{" + what + "}"}}},
	}
}

// refs is a list of members as Okta writes them: with the user name to show.
func refs(who ...string) []any {
	list := make([]any, 0, len(who))
	for _, name := range who {
		list = append(list, map[string]any{"value": "{" + name + "}", "display": mailOf[name]})
	}
	return list
}

var mailOf = map[string]string{
	"mara":  "mara.lind@example.com",
	"tomas": "tomas.berg@example.com",
	"ines":  "ines.okoro@example.com",
}

// oktaFinds looks up Tomas after he was deactivated, as Okta does before it
// assigns an application again.
func oktaFinds() []Step {
	return []Step{
		state("not active, as a boolean", "/Users/{tomas}", Expect{"active", false}),
		get("look-up of a deactivated user", `/Users?filter=userName+eq+%22tomas.berg%40example.com%22&startIndex=1&count=100`,
			hits("{tomas}", Expect{"Resources/0/active", false})...),
	}
}

// oktaDeletes deletes the second group, as Okta does when its link is removed.
// Ines is deleted by the administrator of the application: Okta itself never
// deletes a user.
func oktaDeletes() []Step {
	return []Step{
		remove("delete a group", "/Groups/{shift}"),
		remove("delete a user", "/Users/{ines}"),
	}
}
