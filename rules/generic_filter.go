package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

// Liberties with the filter grammar, in queries, in .search and inside paths
// (normal form F2 to F4).
var filterRules = []*rewrite.Rule{
	{
		ID: "filter.operator-case", Do: rewrite.FilterOperatorCase, Form: "F2", Legal: true,
		Why:    "Operators have no case in the RFC, but in many parsers: Eq is reported as an unknown operator.",
		Source: "https://github.com/wso2/product-is/issues/21904",
	},
	{
		ID: "filter.operator-symbol", Do: rewrite.FilterOperatorSymbol, Form: "F2",
		Why:    "==, != and && are what administrators type into a filter field. SCIM spells them eq, ne and and.",
		Source: "RFC 7644 §3.4.2.2",
	},
	{
		ID: "filter.quotes", Do: rewrite.FilterQuotes, Form: "F2",
		Why:    "A value is a JSON string. Single quotes, and the typographic ones that a word processor makes of them, are read as part of the value or as an error.",
		Source: "https://github.com/wso2/charon/pull/168",
	},
	{
		ID: "filter.bareword", Do: rewrite.FilterBareword, Form: "F2",
		Why:    "A value without quotes is no JSON. Where it is accepted at all it ends at the first space, and the wrong account matches.",
		Source: "https://github.com/goauthentik/authentik/issues/16455",
	},
	{
		ID: "filter.literal", Do: rewrite.FilterLiteral, Form: "F2",
		Why:    "A boolean compared with \"True\" is compared with a string and never matches; a strict service provider answers invalidFilter.",
		Source: "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes",
	},
	{
		ID: "filter.spacing", Do: rewrite.FilterSpacing, Form: "F2",
		Why:    "The grammar asks for one space around an operator. Parsers that split at spaces see an empty word in two and a single one in none.",
		Source: "RFC 7644 §3.4.2.2",
	},
	{
		ID: "filter.wrapping", Do: rewrite.FilterWrapping, Form: "F2",
		Why:    "A filter copied from a script comes with its quotes or its semicolon, which belong to the script.",
		Source: "RFC 7644 §3.4.2.2",
	},
	{
		ID: "filter.encoded-twice", Do: rewrite.FilterEncodedTwice, Form: "F2",
		Why:    "A client that encodes a URL which its HTTP library encodes again sends %2520 for a space. Decoded once, that is no filter yet.",
		Source: "RFC 3986 §2.4",
	},
	{
		ID: "filter.value-path-comparison", Do: rewrite.FilterSubAttribute, Form: "F3",
		Why:    "emails[type eq \"work\"].value may be the path of a PATCH but is no filter: the comparison belongs inside the brackets.",
		Source: "https://github.com/MicrosoftDocs/azure-docs/issues/83855",
	},
	{
		ID: "filter.complex", Do: rewrite.FilterComplex, Form: "F4", Legal: true,
		Why:    "Comparing emails itself leaves open what of it is compared; the RFC demands a sub-attribute in one place and leaves it out in its examples. value is meant.",
		Source: "RFC 7644 §3.4.2.2",
	},
	{
		ID: "filter.null", Do: rewrite.FilterNull, Form: "F4", Legal: true,
		Why:    "The grammar allows eq null, but no value and an unassigned attribute are the same, so service providers match all, none or refuse it. pr is defined.",
		Source: "RFC 7643 §2.5",
	},
}
