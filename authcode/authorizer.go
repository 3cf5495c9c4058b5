package authcode

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/address"
	"github.com/grantway/grantway/internal/detail"
)

// Config is what New takes.
type Config struct {
	// Provider is the package name, for errors and for the pairing.
	Provider string
	// ClientID is the application's id at the provider.
	ClientID string
	// AuthorizeURL is the page that the browser is sent to: https, or http on
	// a loopback IP literal. Its query, if any, is kept (RFC 6749 section 3.1).
	// Empty makes an Authorizer whose Begin fails.
	AuthorizeURL string
	// TokenURL is the one endpoint that gets the codes of this page (RFC 9700
	// section 4.4.2.2).
	TokenURL string
	// Issuer, if set, must come back as iss (RFC 9207).
	Issuer string
	// Used remembers which states came back; nil means that this process alone
	// does. Several processes that answer one redirect URL share one.
	Used UsedStates
	// Now is a test's clock; nil means time.Now.
	Now func() time.Time
}

// Authorizer is the half of a provider's client that the browser sees: it
// builds authorization requests and reads their callbacks. It is safe for
// concurrent use.
type Authorizer struct {
	cfg  Config
	page *url.URL
}

// Params is what one authorization request asks for.
type Params struct {
	// RedirectURL is where the browser comes back to, sent as redirect_uri if
	// it is not empty: https, or http on this machine.
	RedirectURL string
	// Scopes are sent space-separated, their case kept.
	Scopes []string
	// Extra are the provider's own parameters, each with one value.
	Extra url.Values
	// PKCE sends an S256 challenge. There is no "plain".
	PKCE bool
}

// New checks cfg. Its error is a *grantway.Error of KindInvalid and names the
// field.
func New(cfg Config) (*Authorizer, error) {
	invalid := func(field, reason string) (*Authorizer, error) {
		return nil, invalidArgument(cfg.Provider, "config", field, reason)
	}
	z := &Authorizer{cfg: cfg}
	if cfg.AuthorizeURL != "" {
		page, reason := address.Page(cfg.AuthorizeURL)
		if reason != "" {
			return invalid("AuthorizeURL", reason)
		}
		z.page = page
	}
	if cfg.Issuer != "" {
		if _, reason := address.Base(cfg.Issuer); reason != "" { // RFC 9207 section 2
			return invalid("Issuer", reason)
		}
	}
	if cfg.Now == nil {
		z.cfg.Now = time.Now
	}
	if cfg.Used == nil {
		z.cfg.Used = &processStates{now: z.cfg.Now}
	}
	return z, nil
}

// Begin makes a request with a fresh state and, with PKCE, a fresh verifier:
// 32 random octets each. Its error names the field of r.
func (z *Authorizer) Begin(r Params) (*Request, error) {
	invalid := func(field, reason string) (*Request, error) {
		return nil, invalidArgument(z.cfg.Provider, "begin auth", field, reason)
	}
	if z.page == nil {
		return invalid("AuthorizeURL", "is not configured")
	}
	if r.RedirectURL != "" {
		if _, reason := address.Redirect(r.RedirectURL); reason != "" {
			return invalid("RedirectURL", reason)
		}
	}
	for _, scope := range r.Scopes {
		if !isScope(scope) {
			return invalid("Scopes", "has one that is empty or has a character that a scope cannot have (RFC 6749 section 3.3)")
		}
	}
	a := &pendingAuth{
		Provider: z.cfg.Provider,
		ClientID: z.cfg.ClientID,
		TokenURL: z.cfg.TokenURL,
		Redirect: r.RedirectURL,
		State:    randomText(),
		Expires:  z.cfg.Now().Add(Lifetime).UnixMilli(),
		Scopes:   slices.Clone(r.Scopes),
	}
	query := url.Values{"response_type": {"code"}, "client_id": {a.ClientID}, "state": {a.State}}
	if a.Redirect != "" {
		query.Set("redirect_uri", a.Redirect)
	}
	if len(r.Scopes) > 0 {
		query.Set("scope", strings.Join(r.Scopes, " "))
	}
	if r.PKCE {
		a.Verifier = randomText()
		sum := sha256.Sum256([]byte(a.Verifier))
		query.Set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
		query.Set("code_challenge_method", "S256")
	}
	for name, values := range r.Extra {
		if query.Has(name) || len(values) != 1 {
			return invalid("Extra", "has a parameter twice, or one that the request sets itself")
		}
		query[name] = values
	}
	page := *z.page
	for name := range page.Query() {
		if query.Has(name) {
			return invalid("AuthorizeURL", "has a query with a parameter that the request sets")
		}
	}
	page.RawQuery = strings.TrimPrefix(page.RawQuery+"&"+query.Encode(), "&")
	a.url = page.String()
	return newAuth(a), nil
}

// Callback reads the request that brings the user back to a, and returns the
// code for the exchange. r may be one that the caller made of a pasted URL; its
// method, path and query count.
//
// It refuses, as an invalid argument and without a word of r in the error: an a
// that another provider, application or environment began; another path than
// the redirect URL's; a state that is missing, wrong, late or used before; a
// parameter that comes twice; a wrong iss where an issuer is configured. A
// wrong state leaves a as it was; a right one spends it, whatever follows.
//
// An error that the provider reports is a *grantway.Error with its code. A denial
// matches grantway.ErrReauthorize, a state that was used before ErrUsed. An
// error of Config.Used matches grantway.ErrStore: then nothing was spent.
//
// A failure is noted as the Outcome of a. After a code has come, that is the
// caller's to do: Request.Settle.
func (z *Authorizer) Callback(a *Request, r *http.Request) (grantway.AuthorizationCode, error) {
	no := grantway.AuthorizationCode{}
	if a == nil || a.pending == nil {
		return no, badCallback(z.cfg.Provider, "auth", "is empty: no sign-in is under way here")
	}
	if r == nil || r.URL == nil {
		return no, badCallback(z.cfg.Provider, "request", "is nil")
	}
	p := a.pending()
	if p.Provider != z.cfg.Provider || p.ClientID != z.cfg.ClientID || !sameEndpoint(p.TokenURL, z.cfg.TokenURL) {
		return no, badCallback(z.cfg.Provider, "auth", "was begun for another provider, application or environment")
	}
	if r.Method != http.MethodGet && r.Method != "" {
		return no, badCallback(z.cfg.Provider, "request", "is not a GET")
	}
	if !samePath(p.Redirect, r) {
		return no, badCallback(z.cfg.Provider, "request", "has another path than the redirect URL")
	}
	c, err := parseCallback(z.cfg.Provider, r.URL.RawQuery)
	if err != nil {
		return no, err
	}
	if c.state == "" || !grantway.NewSecret(p.State).Equal(grantway.NewSecret(c.state)) {
		return no, badCallback(z.cfg.Provider, "state", "is missing or another one: this callback belongs to no request of this user")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), takeTimeout)
	defer cancel()
	if err := z.take(ctx, a); err != nil {
		return no, err
	}
	code, err := z.spend(p, c)
	if err != nil {
		_ = a.Settle(ctx, err) // it only tells a second callback what to say
		return no, err
	}
	return grantway.AuthorizationCode{Code: code, RedirectURL: p.Redirect, Verifier: grantway.NewSecret(p.Verifier), TokenURL: p.TokenURL,
		RequestedScopes: slices.Clone(p.Scopes)}, nil
}

// takeTimeout is how long a callback waits for Config.Used.
const takeTimeout = 10 * time.Second

// take spends the state of a. The browser may be gone by then, as after a
// double click, so that its going away ends nothing here.
func (z *Authorizer) take(ctx context.Context, a *Request) error {
	p := a.pending()
	first, err := z.cfg.Used.Take(ctx, stateID(p.State), a.Expires())
	if err != nil {
		e := &grantway.Error{Provider: z.cfg.Provider, Operation: "callback", Kind: grantway.KindStore,
			Reason: "it is not known whether the state was used before, and the code was not taken"}
		return e.With(detail.Error{Cause: err})
	}
	p.used.CompareAndSwap(nil, &usedBy{z.cfg.Used})
	if !first || !a.spent.CompareAndSwap(false, true) {
		e := invalidArgument(z.cfg.Provider, "callback", "state", "was used before; begin again")
		return e.With(detail.Error{Cause: ErrUsed})
	}
	return nil
}

// spend reads the answer that came with a state, now that it is taken.
func (z *Authorizer) spend(p *pendingAuth, c callback) (grantway.Secret, error) {
	if z.cfg.Now().UnixMilli() >= p.Expires {
		return grantway.Secret{}, badCallback(z.cfg.Provider, "state", "came back too late; begin again")
	}
	return c.code(z.cfg.Provider, z.cfg.Issuer)
}

// Pair returns an error if code came from the authorize page of another token
// endpoint. Exchange asks before it sends anything.
func (z *Authorizer) Pair(code grantway.AuthorizationCode) error {
	if code.TokenURL != "" && !sameEndpoint(code.TokenURL, z.cfg.TokenURL) {
		return invalidArgument(z.cfg.Provider, "exchange", "TokenURL", "is another token endpoint than this client's: the code was issued for that one")
	}
	return nil
}

// sameEndpoint reports whether two URLs are one place, however each process
// spells it in its configuration.
func sameEndpoint(one, other string) bool {
	a, ok1 := address.Locate(one)
	b, ok2 := address.Locate(other)
	return one == other || ok1 && ok2 && a == b
}

// samePath reports whether r arrived where the redirect URL points to, as a
// browser sends its path. A proxy may have put segments before the path or
// taken some away, so the shorter one has to end the longer one, at a segment,
// and "/" ends nothing: any path that has a slash at its end would do. Without
// a redirect URL any path will do.
func samePath(redirect string, r *http.Request) bool {
	if redirect == "" {
		return true
	}
	l, ok := address.Locate(redirect)
	if !ok {
		return false
	}
	short, long := l.Path, address.SentPath(r.URL)
	if len(short) > len(long) {
		short, long = long, short
	}
	return short == long || strings.Trim(short, "/") != "" && strings.HasPrefix(short, "/") && strings.HasSuffix(long, short)
}

// isScope is scope-token of RFC 6749 section 3.3.
func isScope(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return s != ""
}

// randomText is 256 bits in the characters of a code verifier (RFC 7636
// section 4.1): 43 of them.
func randomText() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // it never fails: crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

// invalidArgument is a KindInvalid of an operation.
func invalidArgument(provider, operation, field, reason string) *grantway.Error {
	return &grantway.Error{Provider: provider, Operation: operation, Kind: grantway.KindInvalid, Field: field, Reason: reason}
}
