package house_test

// room says what one package, or one for each provider, may import. What it
// does not name is forbidden. Tests of a package may import what they like,
// but of other people's modules only those in foreign.
//
// In a path, {p} is a provider: in the path of a room any, in its lists the
// same, or any if the room is not a provider's. {q} is another one than {p}.
// "/..." at the end is everything below.
type room struct {
	path string
	// ours are packages of the root module.
	ours []string
	// others are packages of other modules.
	others []string
	// never are packages that must not be reached by any way: what would be
	// wrong even if somebody made one of the lists longer.
	never []string
}

// foreign are the only packages of other people that the root module imports,
// tests included.
var foreign = []string{"golang.org/x/oauth2/...", "github.com/oapi-codegen/runtime/..."}

// outOfTheModule must not be needed by anything in the root module.
var outOfTheModule = []string{"github.com/getkin/kin-openapi/..."}

// vocabulary are the packages of ours that the root package may import. Each is
// a leaf: a room below that imports nothing of ours.
var vocabulary = []string{"internal/detail"}

// fakes is all that stands for a provider in a test.
var fakes = []string{"{p}/{p}test", "gen/{p}api/{p}fake", "faults", "internal/fakeauth/...", "internal/conns"}

// rooms is the house, from the ground up. A package without a room is a fault,
// and so is a room without a package.
var rooms = []room{
	{path: "internal/clock"},
	{path: "internal/childtest"},
	{path: "internal/detail"},
	{path: "internal/address"},
	{path: "internal/flight"},
	{path: "internal/limit", ours: []string{"internal/clock"}},
	{path: "internal/wire", ours: []string{"."}},
	{
		path: ".", ours: vocabulary, others: []string{"golang.org/x/oauth2/..."},
		never: with(fakes, "{p}", "gen/{p}api", "login", "authcode", "tokens/...", "provider"),
	},
	{path: "internal/httpx", ours: []string{".", "internal/address"}},

	// One way only: authcode seals its cookie with tokens, both may call a
	// provider, and none of the three is called back.
	{
		path: "provider", ours: []string{".", "internal/httpx", "internal/wire", "internal/address", "internal/clock", "internal/detail", "internal/limit"},
		never: with(fakes, "{p}", "gen/{p}api", "login", "authcode", "tokens/..."),
	},
	{
		path: "tokens", ours: []string{".", "provider", "internal/flight", "internal/limit", "internal/wire", "internal/clock", "internal/detail", "internal/address"},
		others: []string{"golang.org/x/oauth2/..."},
		never:  with(fakes, "{p}", "gen/{p}api", "login", "authcode"),
	},
	{
		path: "authcode", ours: []string{".", "tokens", "provider", "internal/address", "internal/detail"},
		never: with(fakes, "{p}", "gen/{p}api", "login"),
	},
	{path: "tokens/filestore", ours: []string{"tokens"}},
	{path: "tokens/storetest", ours: []string{"tokens"}},
	{
		path: "login", ours: []string{".", "authcode", "tokens", "internal/address"},
		never: with(fakes, "{p}", "gen/{p}api"),
	},

	{
		path: "gen/{p}api", ours: []string{".", "provider"}, others: []string{"github.com/oapi-codegen/runtime/..."},
		never: with(fakes, "{p}", "gen/{q}api", "login", "authcode", "tokens/..."),
	},
	{
		path: "{p}", ours: []string{".", "gen/{p}api", "provider", "authcode", "tokens"},
		never: with(fakes, "{q}", "{q}/{q}test", "gen/{q}api", "login"),
	},

	// A fault knows no fake. The engine of the fakes commits the faults.
	{path: "internal/conns"},
	{path: "faults", ours: []string{"internal/conns"}},
	{path: "internal/fakeauth", ours: []string{".", "faults", "internal/conns"}},
	{path: "internal/fakeauth/visitor"},
	{path: "internal/fakeauth/faketest"},
	{path: "internal/fakeauth/reusetest", ours: []string{".", "internal/fakeauth"}},
	{
		path: "gen/{p}api/{p}fake", ours: []string{"internal/fakeauth"},
		never: []string{"{p}", "{p}/{p}test", "gen/{p}api", "login", "authcode", "tokens/...", "provider"},
	},
	{
		path: "{p}/{p}test", ours: []string{".", "{p}", "gen/{p}api", "gen/{p}api/{p}fake", "provider", "authcode", "tokens", "faults", "internal/fakeauth"},
		never: []string{"{q}", "{q}/{q}test", "gen/{q}api", "gen/{q}api/{q}fake", "login"},
	},

	// For tests only: no list above has them.
	{path: "internal/scorecard"},
	{path: "internal/wiretest"},

	// An example is a program of a user's: all that is public, nothing that is
	// not.
	{
		path: "examples/...", ours: []string{
			".", "authcode", "tokens", "tokens/filestore", "login", "faults",
			"{p}", "{p}/{p}test", "gen/{p}api",
		},
		never: []string{"tokens/storetest"},
	},
}

func with(list []string, more ...string) []string {
	return append(append([]string(nil), list...), more...)
}
