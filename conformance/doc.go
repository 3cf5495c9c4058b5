// Package conformance holds this project against what it did not write itself:
// its specs against the wire, other people's clients against its fakes, other
// people's mock servers and linters against its specs and clients, and a
// consumer's module against the promises of the README.
//
//	spec        every request and every answer against api/*.yaml, and every
//	            property of the specs against the wrappers
//	thirdparty  Square's own SDK, an OAuth client, Prism, Redocly, Spectral
//	consumer    what importing one provider package costs, and moves
//	readme      the documentation: its Go blocks built, its programs run, its links,
//	            and a test for each row of its tables
//	house       who may import whom, sizes, doc comments, clones, the map
//	supply      what go.mod files may say, and generated code against its specs
//	fourth      a provider added to a copy of the project, from a spec alone
//	http2       a server that ends connections and streams at every frame
//	peers       x/oauth2 and a plain oapi-codegen client on our own checks
//	cmd/scorecard  the scorecard, printed from what all of these and ours measure
//
// It is a module of its own because its dependencies are none of a user's
// business. It refuses to be imported: everything in it is internal, a test, or a command of ours.
//
// Run it with
//
//	go -C conformance test ./...
//
// The tests in thirdparty need node 20 or later and npm, which they use to
// install what conformance/npm pins; without them they are skipped, or fail if
// the environment variable CI is "true". No result of theirs is taken from go's
// test cache, which does not look at files outside of a module.
package conformance
