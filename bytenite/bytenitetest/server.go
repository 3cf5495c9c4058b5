// Package bytenitetest is a stateful fake of ByteNite's auth endpoints, for the
// tests of programs that use package bytenite.
//
// It takes the access token as the whole Authorization header and refuses a
// "Bearer" before it, refuses a credential on the key exchange other than the
// key, and ends a token at sign-out. ByteNite documents the statuses of its
// errors and not their bodies: the shape is a field of [Options], and the
// values in it are those of api/bytenite.yaml, which are invented.
//
// It runs on a loopback address, or with a faults.Pipe as Options.Listener in
// memory, and issues tokens that nobody could take for real ones. ByteNite's own
// hosts are reported to be gone, so the fake is all that there is to test against.
// Arm makes a request meet a fault of package
// [github.com/grantway/grantway/faults]: a lost answer, a stall (under
// testing/synctest it costs no time), a body without end.
package bytenitetest

import (
	"cmp"
	"errors"
	"net"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/gen/byteniteapi/bytenitefake"
	"github.com/grantway/grantway/internal/fakeauth"
)

// ErrorShape is how the fake words its refusals. Which shape ByteNite used for
// which status is not known.
type ErrorShape uint8

const (
	// RPCErrors is the rpcStatus of a gRPC gateway, the default.
	RPCErrors ErrorShape = iota
	// GenericErrors is ByteNite's generic response with ok false.
	GenericErrors
	// TextErrors is the name of the status in plain text.
	TextErrors
)

// Options says what the fake is. The zero value is right for most tests.
type Options struct {
	// Now is the fake's clock; nil means time.Now. It is called from several
	// goroutines. Advance sets the clock ahead, over lifetimes.
	Now func() time.Time
	// Listener is served, and closed by Close; nil means a free loopback port.
	// With a faults.Pipe the fake runs in memory.
	Listener net.Listener
	// Seed decides what is random about a fault, such as where
	// faults.TruncatedJSON cuts.
	Seed uint64
	// APIKey is the one key that the fake knows. Empty means
	// "example-api-key==", padded as real ones are.
	APIKey grantway.Secret
	// Lifetime is that of an access token, in whole seconds; 0 means one hour,
	// ByteNite's documented default.
	Lifetime time.Duration
	// Scope is sent as scope. What it means is not documented. Empty means
	// "openid", which a token of ByteNite's held.
	Scope string
	// Errors is the shape of refusals.
	Errors ErrorShape
	// AcceptBearer takes "Bearer TOKEN" beside the bare token. Whether ByteNite
	// did for a token made from an API key is not known; by default it is refused.
	AcceptBearer bool
	// AllowAuthorizationHeader accepts (and ignores) an Authorization header on
	// the key exchange. ByteNite's oldest docs show one and its spec has none;
	// by default such a request is refused.
	AllowAuthorizationHeader bool
	// AnonymousSkip takes a skip without an Authorization header, as ByteNite's
	// own login page sent it. Its docs want the token; by default such a request
	// is refused. A header that is there has to be right either way.
	AnonymousSkip bool
}

// Request is one request as the fake received it: Method, Path, RawQuery,
// Header, Body, and At, the time by the fake's clock. It holds the credentials
// that were sent; printed, it shows method and path only.
type Request = fakeauth.Request

// Server is a running fake. It is safe for concurrent use. What the fake of
// every provider can do is in [fakeauth.Fake]: URL, Close, Requests, Arm, and
// the clock with Now and Advance.
type Server struct {
	*fakeauth.Fake

	opts   Options
	book   *fakeauth.Book
	key    grantway.Secret                  // none once it is revoked
	tokens fakeauth.Tokens[struct{}]        // signed out ones are gone
	skips  *fakeauth.Recent[string, string] // login challenge: where to go on
}

// maxSkips is how many login challenges of SetSkip the fake remembers.
const maxSkips = 10_000

// Start runs a fake until Close.
func Start(opts Options) (*Server, error) {
	if opts.APIKey.IsZero() {
		opts.APIKey = grantway.NewSecret("example-api-key==")
	}
	opts.Scope = cmp.Or(opts.Scope, "openid")
	opts.Lifetime = cmp.Or(opts.Lifetime, time.Hour)
	if opts.Lifetime < 0 || opts.Lifetime%time.Second != 0 {
		return nil, errors.New("bytenitetest: Options.Lifetime is not a positive number of whole seconds")
	}
	book := fakeauth.NewBook("bytenitetest", opts.Now)
	s := &Server{
		opts:   opts,
		book:   book,
		key:    opts.APIKey,
		tokens: fakeauth.NewTokens[struct{}](book),
		skips:  fakeauth.NewRecent[string, string](book, maxSkips, 0),
	}
	var err error
	s.Fake, err = fakeauth.Start(fakeauth.Config{
		Book:     book,
		Listener: opts.Listener,
		Seed:     opts.Seed,
		Refuse:   s.refuse,
		Violated: s.violated,
		Routes: bytenitefake.Routes(
			bytenitefake.Handlers{AccessToken: s.accessToken, SignOut: s.signOut, Skip: s.skip},
			bytenitefake.Credentials{BareToken: s.bareToken}),
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Config points package bytenite at the fake, with the fake's key and clock.
// Change it as the test needs before bytenite.New.
func (s *Server) Config() bytenite.Config {
	return bytenite.Config{ClientConfig: s.ClientConfig(), APIKey: s.opts.APIKey}
}

// Unavailable answers the next n requests with a 503 in plain text, before they
// do anything.
func (s *Server) Unavailable(n int) {
	fakeauth.AnswerNext(s.Fake, n, fakeauth.Text(503, "Service Unavailable"))
}
