package scim

// Schema and message URIs of RFC 7643 section 8.7 and RFC 7644 section 8.2.
const (
	UserURI                  = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupURI                 = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseUserURI        = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	ServiceProviderConfigURI = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	ResourceTypeURI          = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	SchemaURI                = "urn:ietf:params:scim:schemas:core:2.0:Schema"

	PatchOpURI       = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	ListResponseURI  = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	SearchRequestURI = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
	BulkRequestURI   = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	BulkResponseURI  = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
	ErrorURI         = "urn:ietf:params:scim:api:messages:2.0:Error"
)

// Schema URIs of SCIM 1.1 (draft-scim-core-schema-01). One core schema holds users
// and groups alike.
const (
	CoreURI11           = "urn:scim:schemas:core:1.0"
	EnterpriseUserURI11 = "urn:scim:schemas:extension:enterprise:1.0"
)

// MediaType is the media type of SCIM bodies (RFC 7644 section 3.1).
const MediaType = "application/scim+json"
