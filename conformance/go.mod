module github.com/grantway/grantway/conformance

go 1.25.0

require (
	github.com/getkin/kin-openapi v0.152.0
	github.com/grantway/grantway v0.0.0
	github.com/oapi-codegen/runtime v1.8.0
	golang.org/x/oauth2 v0.36.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/go-openapi/jsonpointer v0.22.5 // indirect
	github.com/go-openapi/swag/jsonname v0.25.5 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/gorilla/mux v1.8.0 // indirect
	github.com/kr/pretty v0.3.1 // indirect
	github.com/oasdiff/yaml v0.1.1 // indirect
	github.com/oasdiff/yaml3 v0.0.14 // indirect
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // indirect
	golang.org/x/text v0.32.0 // indirect
)

// Nobody imports this module, so it may point at the tree it stands in.
replace github.com/grantway/grantway => ../
