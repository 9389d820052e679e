package rules

const oneloginLog = "https://github.com/goauthentik/authentik/issues/11249"

// onelogin is OneLogin: users by PUT of a template that the customer writes, groups
// by PATCH. The template is free text, so nothing in a body tells OneLogin for
// certain.
var onelogin = &Provider{
	Name:  "onelogin",
	Title: "OneLogin",
	Fingerprints: []Fingerprint{
		{QueryEnd: "&", Weight: Likely, Source: oneloginLog},
	},
}
