package scorecard

// Tier says what a check is for.
type Tier byte

const (
	// Gate is a check that a release must pass.
	Gate Tier = 'G'
	// Target is one to work towards.
	Target Tier = 'T'
)

// Check is one of the scorecard's.
type Check struct {
	Number int
	Tier   Tier
	Title  string
}

// Checks are those that there are, in order. Beyond 80 a number may be missing:
// its check is not there yet.
var Checks = []Check{
	{1, Gate, "Basic credentials in the encoding the provider wants, set and not guessed"},
	{2, Gate, "one client authentication per request, none tried out"},
	{3, Gate, "a single-use credential is sent once, whatever comes back"},
	{4, Gate, "PKCE S256 with a fresh verifier per flow, never plain"},
	{5, Gate, "state is made, bound, good once, compared in constant time"},
	{6, Gate, "iss is checked, or each provider has its own redirect path"},
	{7, Gate, "every shape of error becomes one type with a code"},
	{8, Gate, "a 200 without a token is an error"},
	{9, Gate, "an unknown token type is refused"},
	{10, Gate, "every encoding of an expiry is read, none wraps"},
	{11, Target, "a scope other than asked for is reported; a refresh widens nothing"},
	{12, Gate, "a refresh token is replaced, or kept if none came"},
	{13, Gate, "a 401 gives one refresh and one safe replay, a 403 none"},
	{14, Gate, "a revocation is believed only if the answer says so"},
	{15, Gate, "the loopback login withstands what else runs on the machine"},
	{16, Gate, "no secret in an error, however it is printed"},
	{17, Gate, "every exported type redacts"},
	{18, Gate, "no secret in a URL, no URL in an error"},
	{19, Gate, "a call with a credential follows no redirect"},
	{20, Gate, "a bearer token stays on its origin"},
	{21, Gate, "https only, but for loopback addresses"},
	{22, Gate, "nothing is taken from the environment unasked"},
	{23, Gate, "a token that a header cannot carry is refused"},
	{24, Gate, "stored secrets are private, sealed if asked, behind no symlink"},
	{25, Target, "logs and dumps redact"},
	{26, Gate, "a body is read to 1 MiB, and more is an error"},
	{27, Gate, "the bound counts what comes out of gzip"},
	{28, Gate, "an error is at most 2 KiB of text"},
	{29, Gate, "a stalled body ends within 30 s without a context"},
	{30, Gate, "stalled headers end within 15 s"},
	{31, Gate, "a body too short, too long or twice is an error"},
	{32, Gate, "lost after sending is told from never sent"},
	{33, Gate, "Retry-After is read in every form, capped, and cut short by the context"},
	{34, Gate, "the transport repeats nothing by itself"},
	{35, Target, "back-off with jitter, and no stampede after an outage"},
	{36, Gate, "an answer from something in between is a typed error that echoes nothing"},
	{37, Target, "response headers are read to 64 KiB"},
	{38, Gate, "nothing is left behind after 10,000 failures"},
	{39, Gate, "a thousand callers, one refresh"},
	{40, Gate, "the same over several clients of one process"},
	{41, Gate, "a cancelled caller returns at once"},
	{42, Gate, "a cancelled leader takes nobody with it"},
	{43, Gate, "a refresh has its own deadline, ends with Close, outlives a panic"},
	{44, Gate, "a failure is shared and backed off; a valid token is served meanwhile"},
	{45, Target, "early refresh in the background, with jitter"},
	{46, Gate, "invalid_grant reads the store again before it is believed"},
	{47, Gate, "no data race, and the caller's http.Client stays as it was"},
	{48, Gate, "fuzzing finds neither panic nor over-allocation"},
	{49, Gate, "a key twice or in another case is refused in a token body"},
	{50, Gate, "JSON five million deep is an error"},
	{51, Gate, "invalid UTF-8 or a BOM never yields another token"},
	{52, Gate, "a wrong JSON type is an error"},
	{53, Gate, "bad input is refused before anything is sent"},
	{54, Gate, "a callback query causes no panic and is reflected nowhere"},
	{55, Gate, "text of a spec becomes code at none of its places"},
	{56, Gate, "nor at two places together"},
	{57, Gate, "no directive comes out of a spec's text"},
	{58, Gate, "extensions and imports come from a list"},
	{59, Gate, "no external reference is followed"},
	{60, Gate, "any spec ends within 5 s and 512 MiB"},
	{61, Gate, "a cycle is an error that says where"},
	{62, Gate, "exit 0 means that the code builds and holds nothing unforeseen"},
	{63, Gate, "output is written whole, inside its folder, or not at all"},
	{64, Gate, "the same spec gives the same bytes"},
	{65, Target, "bidi, invisible and control characters are refused or escaped"},
	{66, Gate, "killed at any step, a store holds the old, the new, or ambiguous"},
	{67, Gate, "stored before it is used; a failed write is told and tried again"},
	{68, Gate, "a store is shown to be writable before a token is spent"},
	{69, Gate, "a stale writer overwrites nothing"},
	{70, Gate, "eight processes on one store spend each token once"},
	{71, Gate, "a holder stopped past its lease does no harm that goes unseen"},
	{72, Gate, "every store passes one suite"},
	{73, Target, "a newer schema is refused, unknown fields are kept, a rollback is flagged"},
	{74, Gate, "the file store syncs, renames, and knows a torn file"},
	{75, Gate, "two direct dependencies, the generator in a module of its own"},
	{76, Gate, "the generator is pinned, and generating again changes nothing"},
	{77, Gate, "CI runs race, fuzz, vet, staticcheck and govulncheck"},
	{78, Gate, "actions are pinned and their tokens least-privileged"},
	{79, Target, "mutants are killed: 85 % of the core's, 75 % of the rest's"},
	{80, Target, "signed tags, an SBOM, provenance, a policy, an API gate"},
	{81, Gate, "no outage ends a grant: only the provider's own refusal does"},
	{82, Gate, "a usable token is handed out whatever lease, disk, rights, provider or clock say"},
	{83, Gate, "every transition is told once, in order, outside of locks; Status says what is stored"},
	{84, Gate, "refreshes are braked: after a success, for each client, in every loop"},
	{85, Gate, "what is stored can be read again, clear and sealed"},
	{86, Gate, "Import overwrites nothing newer; a token of unknown age is due soon, spread"},
	{87, Gate, "one call is one request on the wire, over HTTP/1.1 and HTTP/2"},
	{89, Gate, "redirect addresses are compared as browsers send them"},
	{90, Gate, "speculative, doubled, reloaded and replicated callbacks: one exchange, the right words"},
	{91, Gate, "a sign-in can be bound to what began it"},
	{92, Gate, "a webhook's signature, bounds and repetitions are checked"},
	{93, Target, "an idle Source is light, a failing one keeps no page, a dropped one leaves nothing"},
	{94, Gate, "each row of the documents' tables of promises is held by a test"},
	{105, Gate, "enums keep their values and types"},
	{114, Gate, "a provider made from a spec alone passes everything; nothing unfinished is green"},
}
