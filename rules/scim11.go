package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

const (
	scim11API    = "https://www.ietf.org/archive/id/draft-scim-api-00.xml"
	scim11Source = "https://github.com/pingidentity/scim/blob/master/scim-sdk/src/main/java/com/unboundid/scim/sdk/SCIMEndpoint.java"
)

// scim11 is any client that speaks SCIM 1.1 in all its requests. It has no
// fingerprints: a request that tells its version is read and answered in it
// whoever sends it. It is for clients whose requests do not always tell.
var scim11 = &Provider{
	Name:    "scim11",
	Title:   "Any SCIM 1.1 client",
	Version: rewrite.Version11,
	Rules: []*rewrite.Rule{
		{
			ID: "scim11.version", Do: rewrite.PathVersion, Form: "V2",
			Why:    "A path whose last segment before the endpoint is v1 asks for version 1 of SCIM. What is forwarded is version 2, and so is its path; a service provider that goes by the RFC would refuse the mixture.",
			Source: "RFC 7644 §3.13",
		},
		{
			ID: "scim11.format", Do: rewrite.PathFormat, Form: "V2",
			Why:    "SCIM 1.1 asks for a format behind the name, as in Users/17.json. SCIM 2.0 takes that for the id of a resource that does not exist.",
			Source: scim11API,
		},
		{
			ID: "scim11.discovery", Do: rewrite.Discovery11, Form: "V2",
			Why:    "The first thing that a client of SCIM 1.1 reads is /ServiceProviderConfigs, and the schema of a user it asks for by name. SCIM 2.0 has neither, and without them the connection test fails.",
			Source: "https://identity-developer.cyberark.com/docs/for-more-information-about-scim-provisioning-redirected",
		},
		{
			ID: "scim11.method-override", Do: rewrite.MethodOverride, Form: "V3",
			Why:    "Where a firewall lets only GET and POST through, clients of SCIM 1.1 send PUT, PATCH and DELETE as a POST with a header. It counts for them alone, and only at a resource: elsewhere it would be a way around rules that go by the method.",
			Source: scim11Source,
		},
		{
			ID: "scim11.patch", Do: rewrite.PatchPartial, Form: "V4",
			Why:    "A PATCH of SCIM 1.1 is a part of the resource: lists are merged by value, values that say operation delete go, and so do attributes that meta.attributes names. SCIM 2.0 has operations instead.",
			Source: scim11API,
		},
		{
			ID: "scim11.delete-absent", Do: rewrite.DeleteAbsent, Form: "V4",
			Why:    "To delete a member that is none is a success in SCIM 1.1. Service providers of 2.0 answer noTarget, and with it refuse the rest of the request.",
			Source: scim11API,
		},
		{
			ID: "scim11.answer", Do: rewrite.Answer11, Form: "V6",
			Why:    "A client of SCIM 1.1 looks for its own schemas, for managerId, for an array called Errors and for 200 after a delete; another answer it takes for a failure, or it misses the attributes.",
			Source: scim11Source,
		},
	},
}
