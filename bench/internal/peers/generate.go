// Package peers is where other generators' clients are made from the specs of
// this project, so that the comparison is one of clients and not of specs:
//
//	oapi…  oapi-codegen with its default options, ClientWithResponses included
//	ogen…  ogen, clients only and without its OpenTelemetry code
//
// What is in the folders below is generated and committed as it came. Nothing
// in it is fit for use: none of these clients bounds an answer or keeps a
// credential from following a redirect.
//
// Square's own SDK has its row where it can be had; see internal/onecall.
package peers

// The one option that is not a default: with the usual suffix, "Response", the
// names of the response types would be those of schemas.
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -generate types,client -response-type-suffix Result -package oapisquare -o oapisquare/client.gen.go ../../../api/square.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -generate types,client -response-type-suffix Result -package oapibuiltbybit -o oapibuiltbybit/client.gen.go ../../../api/builtbybit.yaml

// Two things of BuiltByBit's spec are beyond ogen 1.14.0, both of error answers
// and so of no weight for a successful call: an anyOf of objects, which it gets
// as a oneOf, and a header that one of two answers with the same body has, for
// which it generates code that does not compile, and which it does not get.
//go:generate go tool ogen --config ogen.yml --clean --target ogensquare --package ogensquare ../../../api/square.yaml
//go:generate sh -c "sed -e s/anyOf:/oneOf:/ -e '/^          headers:/,/RetryAfter/d' ../../../api/builtbybit.yaml >ogenbuiltbybit.yaml && go tool ogen --config ogen.yml --clean --target ogenbuiltbybit --package ogenbuiltbybit ogenbuiltbybit.yaml && rm ogenbuiltbybit.yaml"
