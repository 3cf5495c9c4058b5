// Package builtbybittest is a stateful fake of BuiltByBit's OAuth2 endpoints,
// for the tests of programs that use package builtbybit.
//
// It refuses form-encoded Basic credentials, bodies that are no clean form,
// spent and expired codes, revoked tokens. BuiltByBit documents neither its
// errors nor its lifetimes: each of those is a field of [Options] whose zero
// value is the conservative reading, and no text that the fake sends in an
// error is BuiltByBit's own.
//
// It has a consent page too, at [Server.AuthorizeURL], which at BuiltByBit is on
// another host: a member logs in (there is no password), sees what is asked for,
// and allows or denies.
// [Server.Allow] and [Server.Deny] are that page for a test without a browser;
// [Server.IssueCode] is the end of it. What comes back is not documented: the
// fake sends the code, or error=access_denied, and the state, as RFC 6749
// section 4.1.2 has it. A test with a browser clicks button[name=user], whose
// value is the member, and button[name=decision], whose value is allow, deny
// or switch. What the forms are sent to, below
// /account/external/authorize/builtbybittest/, is the fake's own.
//
// It runs on a loopback address, or with a faults.Pipe as Options.Listener in
// memory, and issues tokens that nobody could take for real ones. Arm makes a
// request meet a fault of package [github.com/grantway/grantway/faults]: a lost
// answer, a stall (under testing/synctest it costs no time), a body without end.
package builtbybittest

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/gen/builtbybitapi/builtbybitfake"
	"github.com/grantway/grantway/internal/fakeauth"
)

// ErrorShape is how the fake words its refusals. BuiltByBit documents no error
// of these endpoints, so a program should cope with both.
type ErrorShape uint8

const (
	// OAuthErrors is the object of RFC 6749 section 5.2, the default: 401
	// invalid_client, 400 for the rest.
	OAuthErrors ErrorShape = iota
	// EnvelopeErrors is the error envelope of BuiltByBit's v2 API, with the
	// one code that has been seen in the wild, InvalidWithHint.
	EnvelopeErrors
)

// RefreshBehaviour is what a refresh does to the refresh token. BuiltByBit does
// not document it.
type RefreshBehaviour uint8

const (
	// RotateRefresh gives a new one and refuses the old one from then on, the
	// default: a program that works with it works with the others.
	RotateRefresh RefreshBehaviour = iota
	// RepeatRefresh gives the same one again.
	RepeatRefresh
	// OmitRefresh gives none; the old one stays in use (RFC 6749 section 6).
	OmitRefresh
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
	// ClientID and ClientSecret are the one client that the fake knows. Empty
	// means "example-client" and "example/secret", whose slash form encoding
	// would change. An id with a colon is refused, for Basic cannot carry it
	// as it is.
	ClientID     string
	ClientSecret grantway.Secret
	// BasicEncoding is the encoding that the fake wants. builtbybit.BasicRaw,
	// the zero value, is what BuiltByBit is reported to want.
	BasicEncoding builtbybit.BasicEncoding
	// RedirectURL is the one that is registered for the client. Empty means
	// "https://example.com/callback".
	RedirectURL string
	// AnyLoopbackPort takes RedirectURL with any other port if its host is a
	// loopback IP literal, as a program needs that listens on a free port (RFC
	// 8252 section 7.3). Whether BuiltByBit does is not known; by default the
	// redirect URL of a request has to be RedirectURL to the byte.
	AnyLoopbackPort bool
	// ProjectName is that of the API token behind the client, and stands on the
	// consent page. Empty means "Example Project".
	ProjectName string
	// Members can log in on the consent page; the first is the one of
	// IssueCode, Allow and Deny. Empty means "example-member" and
	// "example-member-2".
	Members []string
	// SkipGranted sends a member who has granted the same or more scopes
	// before, and of whose tokens no refresh token was revoked since, back
	// without asking. Whether BuiltByBit does is not known; by default the page
	// always asks.
	SkipGranted bool
	// PKCE is what becomes of a code_challenge and a code_verifier.
	PKCE PKCE
	// Errors is the shape of refusals.
	Errors ErrorShape
	// CodeLifetime is that of an authorization code; 0 means one minute.
	// BuiltByBit does not document it.
	CodeLifetime time.Duration
	// AccessLifetime is that of an access token, in whole seconds; 0 means one
	// hour. BuiltByBit does not document it.
	AccessLifetime time.Duration
	// RefreshLifetime is that of a refresh token; 0 means that it does not
	// expire. BuiltByBit does not document it, and its answers do not say.
	RefreshLifetime time.Duration
	// OmitExpiry leaves expires_in out, as the provider's schema allows.
	OmitExpiry bool
	// Refresh is what a refresh does to the refresh token.
	Refresh RefreshBehaviour
	// RevokeRefreshEndsAccess makes the revocation of a refresh token end the
	// access tokens that came with it. Whether BuiltByBit does is not known;
	// by default they live on, so that a program which counts on it fails.
	RevokeRefreshEndsAccess bool
	// UnknownNotRevoked answers {"revoked":false} for a token that is unknown
	// or revoked already. What BuiltByBit answers is not known; by default it
	// is success, as RFC 7009 section 2.2 says.
	UnknownNotRevoked bool
	// BurnCodeOnSight spends a code with the first request of the client
	// that shows it, even one that is refused. Whether BuiltByBit does is not
	// known; by default a refused code stays good.
	BurnCodeOnSight bool
	// Reuse is what happens when a spent refresh token comes again. What BuiltByBit
	// does is not known; by default the token is refused and nothing else ends.
	Reuse Reuse
}

// Reuse is what the fake does when a spent refresh token comes again.
type Reuse = fakeauth.Reuse

// ReuseAnswer is what the answer to a reuse within Reuse.Within holds.
type ReuseAnswer = fakeauth.ReuseAnswer

// ReuseEffect is what a reuse does that is not answered.
type ReuseEffect = fakeauth.ReuseEffect

// What becomes of a reuse.
const (
	FreshTokens  = fakeauth.FreshTokens  // answers with new tokens, beside those of the first use
	SameTokens   = fakeauth.SameTokens   // answers with the tokens of the first use once more
	RefuseReuse  = fakeauth.RefuseReuse  // refuses the request, and nothing ends
	RevokeFamily = fakeauth.RevokeFamily // refuses it, and ends every token of the same authorization
)

// Request is one request as the fake received it: Method, Path, RawQuery,
// Header, Body, and At, the time by the fake's clock. It holds the credentials
// that were sent; printed, it shows method and path only.
type Request = fakeauth.Request

// Server is a running fake. It is safe for concurrent use. What the fake of
// every provider can do is in [fakeauth.Fake]: URL, Close, Requests, Arm, and
// the clock with Now and Advance. The consent page is [fakeauth.Consent]:
// AuthorizeURL, Allow and Deny.
type Server struct {
	*fakeauth.Fake
	*fakeauth.Consent

	opts      Options
	secret    string
	book      *fakeauth.Book
	codes     fakeauth.Tokens[code]
	accesses  fakeauth.Tokens[*family]
	refreshes fakeauth.Tokens[*family]
}

// Start runs a fake until Close.
func Start(opts Options) (*Server, error) {
	opts.ClientID = cmp.Or(opts.ClientID, "example-client")
	if opts.ClientSecret.IsZero() {
		opts.ClientSecret = grantway.NewSecret("example/secret")
	}
	opts.RedirectURL = cmp.Or(opts.RedirectURL, "https://example.com/callback")
	opts.ProjectName = cmp.Or(opts.ProjectName, "Example Project")
	if len(opts.Members) == 0 {
		opts.Members = []string{"example-member", "example-member-2"}
	}
	opts.Members = slices.Clone(opts.Members)
	opts.CodeLifetime = cmp.Or(opts.CodeLifetime, time.Minute)
	opts.AccessLifetime = cmp.Or(opts.AccessLifetime, time.Hour)
	switch {
	case strings.Contains(opts.ClientID, ":") && opts.BasicEncoding == builtbybit.BasicRaw:
		return nil, errors.New("builtbybittest: Options.ClientID has a colon")
	case opts.CodeLifetime < 0 || opts.AccessLifetime < 0 || opts.RefreshLifetime < 0:
		return nil, errors.New("builtbybittest: Options has a negative lifetime")
	case opts.AccessLifetime%time.Second != 0:
		return nil, errors.New("builtbybittest: Options.AccessLifetime is not in whole seconds")
	}
	if err := opts.Reuse.Check(); err != nil {
		return nil, fmt.Errorf("builtbybittest: %w", err)
	}
	book := fakeauth.NewBook("builtbybittest", opts.Now)
	s := &Server{
		opts:      opts,
		secret:    opts.ClientSecret.Reveal(),
		book:      book,
		codes:     fakeauth.NewTokens[code](book),
		accesses:  fakeauth.NewTokens[*family](book),
		refreshes: fakeauth.NewTokens[*family](book),
	}
	var err error
	if s.Consent, err = s.newConsent(); err != nil {
		return nil, err
	}
	routes := builtbybitfake.Routes(
		builtbybitfake.Handlers{RequestToken: s.requestToken, RevokeToken: s.revokeToken},
		builtbybitfake.Credentials{ClientBasic: s.isClient})
	for _, route := range routes {
		route.Rules.Credentials[0].FormEncoded = opts.BasicEncoding == builtbybit.BasicForm
	}
	s.Fake, err = fakeauth.Start(fakeauth.Config{
		Book:     book,
		Consent:  s.Consent,
		Listener: opts.Listener,
		Seed:     opts.Seed,
		Refuse:   s.refuse,
		Violated: s.violated,
		Routes:   routes,
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Config points package builtbybit at the fake, with the fake's client and
// clock. Change it as the test needs before builtbybit.New.
func (s *Server) Config() builtbybit.Config {
	return builtbybit.Config{
		ClientConfig:  s.ClientConfig(),
		AuthorizeURL:  s.AuthorizeURL(),
		ClientID:      s.opts.ClientID,
		ClientSecret:  s.opts.ClientSecret,
		BasicEncoding: s.opts.BasicEncoding,
		RedirectURL:   s.opts.RedirectURL,
	}
}

// Throttle answers the next n requests with 429 in plain text, before they
// spend anything. retryAfter is sent as Retry-After if it is not empty;
// BuiltByBit's own clients read it in milliseconds, such as "1500". Whether
// these endpoints are limited is not known.
func (s *Server) Throttle(n int, retryAfter string) {
	fakeauth.AnswerNext(s.Fake, n, fakeauth.Text(429, "Too Many Requests").WithHeader("Retry-After", retryAfter))
}
