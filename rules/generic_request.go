package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

// Shapes of the request line, the query and the headers (normal form G1 to G4
// and L).
var requestRules = []*rewrite.Rule{
	{
		ID: "path.endpoint-case", Do: rewrite.PathCase, Form: "G1",
		Why:    "A URL path is case-sensitive, so a service provider with an endpoint /Users answers 404 to /users, and the client takes its users for deleted.",
		Source: "RFC 7644 §3.2",
	},
	{
		ID: "path.slashes", Do: rewrite.PathSlash, Form: "G1",
		Why:    "Clients join a base URL that ends in a slash or in /? with /Users. The doubled or trailing slash is a different path to most routers.",
		Source: "https://github.com/AzureAD/SCIMReferenceCode/issues/44",
	},
	{
		ID: "path.scim-suffix", Do: rewrite.PathSuffix, Form: "G1", Legal: true,
		Why:    "The suffix .scim asks for the media type. Service providers that do not know it look for a resource with that suffix in its id.",
		Source: "RFC 7644 §3.8",
	},
	{
		ID: "query.name-case", Do: rewrite.QueryNameCase, Form: "G2", Legal: true,
		Why:    "A parameter in another case is an unknown one, and unknown parameters are ignored: the client believes it has page 5 and reads page 1 for ever.",
		Source: "RFC 7644 §3.4.2",
	},
	{
		ID: "query.encoding", Do: rewrite.QueryEncoding, Form: "G2",
		Why:    "Form encoding writes a space as +, which in a URI is a plus sign; raw quotes and brackets are no URI at all. Where the service provider decodes strictly, the filter no longer parses.",
		Source: "https://github.com/MicrosoftDocs/azure-docs/issues/94189",
	},
	{
		ID: "query.repeated", Do: rewrite.QueryRepeated, Form: "G2",
		Why:    "Frameworks disagree whether the first or the last of two equal parameters counts, and some make a list of them. Said once, it cannot be misread.",
		Source: "RFC 7644 §3.4.2",
	},
	{
		ID: "query.projection", Do: rewrite.QueryProjection, Form: "G2",
		Why:    "attributes and excludedAttributes exclude each other; a strict service provider refuses the request. What is asked for by name is kept.",
		Source: "RFC 7644 §3.9",
	},
	{
		ID: "query.empty", Do: rewrite.QueryEmpty, Form: "G2", Legal: true,
		Why:    "A dangling & or ? is an empty parameter. Signatures, caches and some routers treat that URL as another one.",
		Source: "https://github.com/goauthentik/authentik/issues/11249",
	},
	{
		ID: "page.bounds", Do: rewrite.PagingBounds, Form: "L1", Legal: true,
		Why:    "The RFC reads a startIndex below 1 as 1 and a negative count as 0, but service providers answer 400 or count from the end.",
		Source: "RFC 7644 §3.4.2.4",
	},
	{
		ID: "page.number", Do: rewrite.PagingNumber, Form: "L1",
		Why:    "A page number that went through a float or a JSON string arrives as 1.0 or \"1\", which an integer parser refuses.",
		Source: "RFC 7644 §3.4.2.4",
	},
	{
		ID: "sort.order-case", Do: rewrite.SortOrderCase, Form: "L2",
		Why:    "sortOrder has two values, both in lower case; Descending is refused or silently sorts the other way round.",
		Source: "RFC 7644 §3.4.2.3",
	},
	{
		ID: "projection.list", Do: rewrite.ProjectionList, Form: "L3",
		Why:    "A list written with spaces names the attribute \" emails\", which does not exist, so it is missing from the answer and the client clears it.",
		Source: "RFC 7644 §3.9",
	},
	{
		ID: "media.content-type", Do: rewrite.MediaContentType, Form: "G3", Legal: true,
		Why:    "Bodies arrive as application/json, with a charset or with no type at all; service providers that know only application/scim+json answer 415.",
		Source: "https://github.com/pond/scimitar/issues/142",
	},
	{
		ID: "media.accept", Do: rewrite.MediaAccept, Form: "G3", Legal: true,
		Why:    "Without an Accept header that names SCIM, frameworks negotiate HTML or answer 406, and the connection test fails.",
		Source: "https://github.com/MicrosoftDocs/azure-docs/issues/94189",
	},
	{
		ID: "body.byte-order-mark", Do: rewrite.ByteOrderMark, Form: "G4",
		Why:    "JSON may not start with a byte order mark. Parsers that see one report a syntax error at the first character of a document that looks faultless.",
		Source: "RFC 8259 §8.1",
	},
}
