// Package plain holds the clients that oapi-codegen makes of our specs when
// nobody tells it more than it must know: what the comparisons measure as
// "oapi-codegen". Nothing here is tidied, wrapped or bounded, and nothing of it
// reaches a user.
//
// The one option beyond the defaults is the suffix of a response type in
// Square's client: without it the generated package does not compile, for two
// of its types want the name ObtainTokenResponse.
//
// The generator is the one that cmd/specgen pins.
package plain

//go:generate go -C ../../../cmd/specgen run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config ../../conformance/internal/plain/builtbybit/oapi-codegen.yaml -o ../../conformance/internal/plain/builtbybit/client.gen.go ../../api/builtbybit.yaml
//go:generate go -C ../../../cmd/specgen run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config ../../conformance/internal/plain/square/oapi-codegen.yaml -o ../../conformance/internal/plain/square/client.gen.go ../../api/square.yaml

// Version is the generator's. A test holds it against the generated files.
const Version = "v2.8.2"
