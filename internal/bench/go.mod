module github.com/caddy-scim/caddy-scim/internal/bench

go 1.26.0

require (
	github.com/caddy-scim/caddy-scim v0.0.0
	github.com/scim2/filter-parser/v2 v2.3.1
)

require (
	github.com/q-uint/parser v0.3.1 // indirect
	github.com/tidwall/gjson v1.20.1 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
	github.com/tidwall/sjson v1.2.7 // indirect
)

replace github.com/caddy-scim/caddy-scim => ../..
