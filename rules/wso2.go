package rules

// wso2 is WSO2 Identity Server, and Asgardeo: it keeps no ids, so that each change
// begins with a look-up whose first hit is taken, with Eq and without quotes.
var wso2 = &Provider{
	Name:  "wso2",
	Title: "WSO2 Identity Server",
	Fingerprints: []Fingerprint{
		{
			Header: "User-Agent", Prefix: "wso2/scim2/client", Weight: Certain,
			Source: "https://github.com/wso2-extensions/identity-client-scim2/blob/776d67e5/src/main/java/io/scim2/swagger/client/ScimApiClient.java",
		},
	},
}
