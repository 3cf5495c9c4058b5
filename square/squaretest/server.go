// Package squaretest is a stateful fake of Square's OAuth endpoints, for the
// tests of programs that use package square.
//
// It refuses what Square refuses, in Square's own words where those are known:
// wrong application credentials, sandbox credentials on production, a spent or
// expired code, a wrong PKCE verifier, a spent refresh token, a wrong
// Authorization header. Where it is not known what Square answers, the fake
// answers in Square's documented error shape with a detail that begins with
// "squaretest: ", and where it is not known what Square does, there is a field
// of [Options] whose zero value is the conservative reading.
//
// It has the consent page too, at [Server.AuthorizeURL]: a seller logs in
// (there is no password), sees what is asked for, and allows or denies.
// [Server.Allow] and [Server.Deny] are that page for a test without a browser;
// [Server.IssueCode] is the end of it. A test with a browser clicks
// button[name=user], whose value is the seller, and button[name=decision],
// whose value is allow, deny or switch. What the forms are sent to, below
// /oauth2/authorize/squaretest/, is the fake's own. In the sandbox Square needs
// the seller's dashboard to be open and sends other requests to another host;
// the fake shows its login and its error page instead.
//
// It runs on a loopback address, or with a faults.Pipe as Options.Listener in
// memory, and issues tokens that nobody could take for real ones. Arm makes a
// request meet a fault of package [github.com/grantway/grantway/faults]: a lost
// answer, a stall (under testing/synctest it costs no time), a body without end.
package squaretest

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/squareapi/squarefake"
	"github.com/grantway/grantway/internal/fakeauth"
	"github.com/grantway/grantway/square"
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
	// ApplicationID and ApplicationSecret are the one application that the
	// fake knows. Empty means "example-application" (in the sandbox
	// "sandbox-example-application") and "example-application-secret".
	ApplicationID     string
	ApplicationSecret grantway.Secret
	// Environment is which of Square's two hosts this is. Credentials of the
	// other one, told by the prefix of the id, are refused with 401, even if
	// they are those above (observed).
	Environment square.Environment
	// RedirectURL is the one that the application registered. Empty means
	// "https://example.com/callback". Square takes https only, in production at
	// least; the fake takes this one as it is, so that an application under
	// test can listen on a loopback address.
	RedirectURL string
	// AnyLoopbackPort takes RedirectURL with any other port if its host is a
	// loopback IP literal, as a program needs that listens on a free port (RFC
	// 8252 section 7.3). Whether Square does is not known; by default the
	// redirect URL of a request has to be RedirectURL to the byte.
	AnyLoopbackPort bool
	// DynamicLocalhost is the desktop case of Square's reference, which its other
	// pages contradict: RedirectURL is "http://localhost:<port>", with a path or
	// without, and any port may stand in place of "<port>", in the PKCE flow only.
	// By default such a redirect URL is not known.
	DynamicLocalhost bool
	// ApplicationName stands on the consent page. Empty means "Example
	// Application".
	ApplicationName string
	// Sellers are the merchant ids that can log in on the consent page; the
	// first is the one of Allow and Deny. Empty means "EXAMPLE-MERCHANT" and
	// "EXAMPLE-MERCHANT-2".
	Sellers []string
	// OmitShortLivedRefresh leaves the refresh token out of answers with a
	// short-lived access token, as Square documented until 2025. What it does
	// now is not known; by default the token is there, as in 2019.
	OmitShortLivedRefresh bool
	// RefuseAuthorizationHeader refuses an Authorization header beside the
	// credentials in the body of the token endpoint, which documents none. What
	// Square does with it is not known. By default it is ignored: Square's own
	// SDKs send one with every call if they were given a token. A secret that
	// stands in the header alone counts as missing either way (observed).
	RefuseAuthorizationHeader bool
	// RenewEnabled brings back the renewal endpoint as it was before Square
	// retired it on 2024-04-17. What it answers today is not known; by default
	// it is gone: 404.
	RenewEnabled bool
	// BurnCodeOnSight spends a code with the first request of the application
	// that shows it, even one that is refused. Whether Square does is not
	// known; by default a refused code stays good.
	BurnCodeOnSight bool
	// Reuse is what happens when a spent refresh token comes again. What Square
	// does is not known; by default the token is refused and nothing else ends.
	Reuse Reuse
	// CodeRefreshEnds ends a refresh token of the code flow CodeRefreshGrace after
	// the access token that came with it, as Square's staff say. By default it
	// does not end, as Square's spec says.
	CodeRefreshEnds bool
	// RotateEveryRefresh spends refresh tokens of the code flow too. Square's
	// do not rotate (documented); it is for programs that serve others as well.
	RotateEveryRefresh bool
}

// Lifetimes, all documented by Square but for CodeRefreshGrace.
const (
	// CodeLifetime is that of an authorization code.
	CodeLifetime = 5 * time.Minute
	// AccessLifetime is that of an access token.
	AccessLifetime = 30 * 24 * time.Hour
	// ShortAccessLifetime is that of an access token asked for as short-lived.
	ShortAccessLifetime = 24 * time.Hour
	// RefreshLifetime is that of a refresh token of the PKCE flow. One of the
	// code flow has none: see Options.CodeRefreshEnds.
	RefreshLifetime = 90 * 24 * time.Hour
	// CodeRefreshGrace is how long after its access token one of the code flow
	// ends, with Options.CodeRefreshEnds: Square's staff say so in its forum.
	CodeRefreshGrace = 15 * 24 * time.Hour
	// RenewWindow is how long after its end a token could be renewed.
	RenewWindow = 15 * 24 * time.Hour
)

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
	codes     fakeauth.Tokens[Grant]
	accesses  fakeauth.Tokens[access]
	refreshes fakeauth.Tokens[refresh]
}

// Start runs a fake until Close.
func Start(opts Options) (*Server, error) {
	application := "example-application"
	if opts.Environment == square.Sandbox {
		application = "sandbox-example-application"
	}
	opts.ApplicationID = cmp.Or(opts.ApplicationID, application)
	if opts.ApplicationSecret.IsZero() {
		opts.ApplicationSecret = grantway.NewSecret("example-application-secret")
	}
	opts.RedirectURL = cmp.Or(opts.RedirectURL, "https://example.com/callback")
	opts.ApplicationName = cmp.Or(opts.ApplicationName, "Example Application")
	if len(opts.Sellers) == 0 {
		opts.Sellers = []string{exampleMerchant, exampleMerchant + "-2"}
	}
	opts.Sellers = slices.Clone(opts.Sellers)
	if err := opts.Reuse.Check(); err != nil {
		return nil, fmt.Errorf("squaretest: %w", err)
	}
	book := fakeauth.NewBook("squaretest", opts.Now)
	s := &Server{
		opts:      opts,
		secret:    opts.ApplicationSecret.Reveal(),
		book:      book,
		codes:     fakeauth.NewTokens[Grant](book),
		accesses:  fakeauth.NewTokens[access](book),
		refreshes: fakeauth.NewTokens[refresh](book),
	}
	var err error
	if s.Consent, err = s.newConsent(); err != nil {
		return nil, err
	}
	s.Fake, err = fakeauth.Start(fakeauth.Config{
		Book:     book,
		Consent:  s.Consent,
		Listener: opts.Listener,
		Seed:     opts.Seed,
		Refuse:   refuse,
		Violated: violated,
		Around:   s.around,
		Routes: squarefake.Routes(
			squarefake.Handlers{ObtainToken: s.obtainToken, RevokeToken: s.revokeToken, RenewToken: s.renewToken, RetrieveTokenStatus: s.retrieveTokenStatus},
			squarefake.Credentials{ApplicationSecret: s.clientSecret, BearerToken: s.bearerToken}),
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Config points package square at the fake, with the fake's application and
// clock. Change it as the test needs before square.New.
func (s *Server) Config() square.Config {
	return square.Config{
		ClientConfig:      s.ClientConfig(),
		ApplicationID:     s.opts.ApplicationID,
		ApplicationSecret: s.opts.ApplicationSecret,
		Environment:       s.opts.Environment,
		RedirectURL:       s.opts.RedirectURL,
	}
}

// Throttle answers the next n requests with 429 in Square's documented shape,
// before they spend anything. A retryAfter that is not empty is sent as
// Retry-After; whether Square sends that header is not known.
func (s *Server) Throttle(n int, retryAfter string) {
	a := documented(429, "RATE_LIMIT_ERROR", "RATE_LIMITED", "", "")
	fakeauth.AnswerNext(s.Fake, n, a.WithHeader("Retry-After", retryAfter))
}
