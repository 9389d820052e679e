package rules

import "github.com/caddy-scim/caddy-scim/rewrite"

const connidConnector = "https://github.com/Tirasa/ConnIdSCIMBundle/blob/1c923e8b/src/main/java/net/tirasa/connid/bundles/scim/common/AbstractSCIMConnector.java"

// The connectors of identity management that are open source: ConnId of Apache
// Syncope, which midPoint can use as well, and midPoint's own for SCIM 1.1.
var (
	connid = &Provider{
		Name:  "connid",
		Title: "ConnId (Apache Syncope)",
		Own: []*rewrite.Rule{
			{
				ID: "connid.full-page", Do: rewrite.FillPages{}, Form: "R3",
				Why:    "ConnId takes a page that is shorter than it asked for to be the last. Where a service provider has smaller pages, everyone behind the first is missing, and is deleted or created anew.",
				Source: connidConnector,
			},
		},
	}
	midpoint = &Provider{
		Name:  "midpoint",
		Title: "midPoint",
		Fingerprints: []Fingerprint{
			{Header: "X-Prettyprint", Prefix: "1", Weight: Likely, Source: "https://github.com/Evolveum/connector-scim1"},
		},
	}
)
