package scim

import (
	"embed"
	"sync"
)

// The schemas of RFC 7643 section 8.7 with its verified errata, as data.
// Characteristics with the default value of RFC 7643 section 2.2 are left out.
//
//go:embed schemas/*.json
var schemaFiles embed.FS

// commonAttributes are the attributes of every resource; they belong to no
// schema (RFC 7643 section 3.1).
var commonAttributes = sync.OnceValue(func() []*Attribute {
	return mustSchema("common").Attributes
})

var core = sync.OnceValue(func() *Registry {
	return newRegistry([]*ResourceType{
		{
			Name:        "User",
			Endpoint:    "Users",
			Description: "User Account",
			Schema:      mustSchema("user"),
			Extensions:  []Extension{{Schema: mustSchema("enterprise_user")}},
		},
		{
			Name:        "Group",
			Endpoint:    "Groups",
			Description: "Group",
			Schema:      mustSchema("group"),
		},
	})
})

var discoverySchemas = sync.OnceValue(func() []*Schema {
	return []*Schema{
		mustSchema("service_provider_config"),
		mustSchema("resource_type"),
		mustSchema("schema"),
	}
})

// Core returns the resource types of RFC 7643: User, with the enterprise
// extension, and Group. It is shared and must not be changed.
func Core() *Registry { return core() }

// mustSchema reads an embedded schema. Only a damaged build can make it fail.
func mustSchema(name string) *Schema {
	doc, err := schemaFiles.ReadFile("schemas/" + name + ".json")
	if err != nil {
		panic(err)
	}
	s, err := decodeSchema(string(doc))
	if err != nil {
		panic(err)
	}
	return s
}
