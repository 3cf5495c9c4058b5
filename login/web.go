package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/tokens"
)

// maxCookies is how many sign-ins of one browser may be under way. The oldest
// goes when one more begins, so that a page which starts many cannot make the
// browser's headers too long for the app.
const maxCookies = 5

// maxCookie is what of the 4096 bytes that a browser keeps is left for the
// value (RFC 6265 section 6.1); a longer cookie is dropped without a word.
const maxCookie = 3900

// ErrNoSignIn is the error when the browser that comes back has not begun a
// sign-in here: its cookie is missing, spent, or not ours.
var ErrNoSignIn = errors.New("login: this browser has no such sign-in under way")

// ErrMaybeDenied is an ErrNoSignIn for a callback that reports an error, or
// nothing at all, and names no sign-in of this browser: some providers leave the
// state out of a denial. It is not believed, but the user may well have said no.
var ErrMaybeDenied = fmt.Errorf("%w, and access may have been denied", ErrNoSignIn)

// ErrFailedBefore is the error of a second callback of a sign-in that did not
// work: a double click, or a reload.
var ErrFailedBefore = errors.New("login: this sign-in was tried before and did not work")

// WebConfig is what NewWeb takes.
type WebConfig struct {
	// Client is the provider's.
	Client Client
	// Begin makes the authorization request of one user: BeginAuth, with a
	// redirect URL that leads to the callback handler and that no other
	// provider has (RFC 9700 section 4.4.2). Scopes may depend on r; the
	// redirect URL must not.
	Begin func(r *http.Request) (*authcode.Request, error)
	// Sealer encrypts the cookie. All processes of the app need the same key,
	// and the client of each the same UsedStates.
	Sealer *tokens.Sealer
	// Save keeps the token for the user of r, whose session cookies it has; code
	// and state were taken out of r. It is not cancelled when the browser goes
	// away, for the code is spent by then: bound it yourself.
	//
	// The session that the browser has by then need not be the one that began.
	// An app whose users have several accounts, or where one may take another's
	// place in a browser, uses SaveFor.
	Save func(r *http.Request, token *grantway.Token) error
	// SaveFor is instead of Save, and gets the value that Begin has bound to the
	// request with Request.Bind: whom the sign-in is for. Compare it with the
	// user of r, or keep the token for the account that it names, whatever tab
	// comes back first. A Begin that binds nothing is an error then, and so is
	// one that binds a value without SaveFor.
	SaveFor func(r *http.Request, bound string, token *grantway.Token) error
	// Done answers once Save has returned nil; nil means a plain page. A good
	// one is http.RedirectHandler("/accounts", http.StatusSeeOther). It answers
	// a second callback of a sign-in that worked as well, such as a double click
	// or a reload. Bound tells it whom the sign-in was for.
	Done http.Handler
	// Failed answers otherwise; nil means a plain page. err is an
	// *grantway.Error, ErrNoSignIn, ErrFailedBefore, or what Begin or Save
	// returned. A denial matches grantway.ErrReauthorize, also the second time.
	Failed func(w http.ResponseWriter, r *http.Request, err error)
}

// Web is the two handlers of one provider.
type Web struct {
	// Start sends the browser to the provider. It takes GET and POST.
	Start http.Handler
	// Callback is for the path of the redirect URL.
	Callback http.Handler
}

// NewWeb checks cfg; the error names the field. The handlers keep nothing
// between a start and its callback but a sealed cookie (HttpOnly, Secure,
// SameSite=Lax, for this host alone), and where they redirect to is never
// taken from a request. A prefetch, a prerendering or a HEAD spends nothing, in
// neither of them, and is told to come back. Once a sign-in is over, its cookie
// says so for ten minutes more.
//
// While the app is developed, on http and a loopback host (an address such as
// 127.0.0.1 or [::1], or localhost), the cookie goes without Secure and under
// another name: WebKit, and so Safari, keeps no Secure cookie there, though
// Chromium and Firefox do. What decides is the redirect URL that Begin gave,
// at the start and, sealed, at the callback. It is the app's own, is registered
// with the provider, and has the scheme and host that the browser sees. The
// request has not: behind a proxy that ends TLS it comes in plain http and to
// 127.0.0.1, and anybody can write its Host and X-Forwarded-Proto. So a request
// never takes Secure away, and without a redirect URL the cookie has it.
func NewWeb(cfg WebConfig) (*Web, error) {
	for _, f := range []struct {
		name string
		ok   bool
	}{
		{"Client", cfg.Client != nil}, {"Begin", cfg.Begin != nil}, {"Sealer", cfg.Sealer != nil},
		{"Save", cfg.Save != nil || cfg.SaveFor != nil},
	} {
		if !f.ok {
			return nil, errors.New("login: WebConfig." + f.name + " is missing")
		}
	}
	if cfg.Save != nil && cfg.SaveFor != nil {
		return nil, errors.New("login: WebConfig.SaveFor is instead of WebConfig.Save, and both are set")
	}
	if cfg.Failed == nil {
		cfg.Failed = func(w http.ResponseWriter, _ *http.Request, err error) {
			failed(cfg.Client.Name(), err, "Go back to the app and try again.").write(w)
		}
	}
	return &Web{Start: http.HandlerFunc(cfg.start), Callback: http.HandlerFunc(cfg.callback)}, nil
}

// isMeant answers r itself unless it is of one of methods and a user has asked
// for it.
func (cfg WebConfig) isMeant(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	guard(w.Header())
	varyByPurpose(w.Header())
	switch {
	case !slices.Contains(methods, r.Method):
		w.Header().Set("Allow", strings.Join(methods, ", "))
		http.Error(w, "wrong method", http.StatusMethodNotAllowed)
		return false
	case isSpeculative(r.Header):
		comeBack(w, cfg.Client.Name())
		return false
	}
	return true
}

func (cfg WebConfig) start(w http.ResponseWriter, r *http.Request) {
	if !cfg.isMeant(w, r, http.MethodGet, http.MethodPost) {
		return
	}
	auth, sealed, err := cfg.begin(r)
	if err != nil {
		cfg.Failed(w, r, err)
		return
	}
	kind := cookieFor(auth.RedirectURL())
	for _, name := range tooMany(r.Cookies(), kind) {
		kind.set(w, name, "", -1)
	}
	kind.set(w, kind.prefix+auth.ID(), sealed, int(authcode.Lifetime.Seconds()))
	http.Redirect(w, r, auth.URL(), http.StatusSeeOther)
}

func (cfg WebConfig) begin(r *http.Request) (auth *authcode.Request, sealed string, err error) {
	if auth, err = cfg.Begin(r); err != nil {
		return nil, "", err
	}
	switch {
	case cfg.SaveFor != nil && auth.Bound() == "":
		return nil, "", errors.New("login: WebConfig.Begin binds nothing, and WebConfig.SaveFor wants a value")
	case cfg.SaveFor == nil && auth.Bound() != "":
		return nil, "", errors.New("login: WebConfig.Begin binds a value, and WebConfig.Save does not get it: use SaveFor")
	}
	sealed, err = auth.Sealed(cfg.Sealer)
	if err == nil && len(sealed) > maxCookie {
		err = errors.New("login: the redirect URL and what is bound are too long for a cookie")
	}
	return auth, sealed, err
}

// tooMany are the names of the cookies of ours that have to go before one more
// begins. Sign-ins that are over go first, then the oldest, which browsers send
// first (RFC 6265 section 5.4).
func tooMany(cookies []*http.Cookie, kind cookieKind) (names []string) {
	var over, pending []string
	for _, c := range cookies {
		switch {
		case !strings.HasPrefix(c.Name, kind.prefix):
		case isEnded(c.Value):
			over = append(over, c.Name)
		default:
			pending = append(pending, c.Name)
		}
	}
	all := append(over, pending...)
	return all[:max(0, len(all)-(maxCookies-1))]
}

func (cfg WebConfig) callback(w http.ResponseWriter, r *http.Request) {
	if !cfg.isMeant(w, r, http.MethodGet) {
		return
	}
	clean := withoutCode(r)
	id := authcode.IDOf(r)
	kind, cookie := cookieOf(r, id)
	if id == "" || cookie == nil {
		cfg.Failed(w, clean, noSignIn(r))
		return
	}
	if e, ok := openEnded(cfg.Sealer, id, cookie.Value); ok {
		cfg.again(w, clean, e)
		return
	}
	auth, err := authcode.Open(cfg.Sealer, cookie.Value)
	if err != nil || cookieFor(auth.RedirectURL()) != kind || cfg.SaveFor != nil && auth.Bound() == "" {
		kind.set(w, cookie.Name, "", -1)
		cfg.Failed(w, clean, noSignIn(r))
		return
	}
	code, err := cfg.Client.Callback(auth, r)
	switch {
	case errors.Is(err, authcode.ErrUsed):
		e := ending{waitForOutcome(r.Context(), auth), auth.Bound()}
		if e.outcome != authcode.UnderWay {
			cfg.remember(w, kind, id, e)
		}
		cfg.again(w, clean, e)
		return
	case err == nil:
		err = cfg.finish(clean, auth, code)
	case !auth.Spent(): // the true callback may still come
		cfg.Failed(w, clean, err)
		return
	}
	e := ending{authcode.Succeeded, auth.Bound()}
	if err != nil {
		e.outcome = authcode.Failed
		if errors.Is(err, grantway.ErrReauthorize) && code.Code.IsZero() {
			e.outcome = authcode.Denied
		}
	}
	cfg.remember(w, kind, id, e)
	if err != nil {
		cfg.Failed(w, clean, err)
		return
	}
	cfg.succeed(w, clean, e, succeeded)
}

// finish spends the code and has the token kept. A tab that is closed now must
// not lose it, so that clean has no browser behind it.
func (cfg WebConfig) finish(clean *http.Request, auth *authcode.Request, code grantway.AuthorizationCode) error {
	result := errPanicked
	defer func() {
		ctx, cancel := context.WithTimeout(clean.Context(), settleTimeout)
		defer cancel()
		_ = auth.Settle(ctx, result) // it only tells a second callback what to say
	}()
	token, err := cfg.Client.Exchange(clean.Context(), code)
	switch {
	case err != nil:
	case cfg.SaveFor != nil:
		err = cfg.SaveFor(clean, auth.Bound(), token)
	default:
		err = cfg.Save(clean, token)
	}
	result = err
	return err
}

var errPanicked = errors.New("login: the app has panicked")

// settleTimeout is how long the user waits for others to be told.
const settleTimeout = 5 * time.Second

// again answers a callback whose sign-in has come back before.
func (cfg WebConfig) again(w http.ResponseWriter, clean *http.Request, e ending) {
	switch e.outcome {
	case authcode.Succeeded:
		cfg.succeed(w, clean, e, already)
	case authcode.Denied:
		cfg.Failed(w, clean, &grantway.Error{Provider: strings.ToLower(cfg.Client.Name()), Operation: "callback",
			Kind: grantway.KindRejected, Code: "access_denied", Reason: "access was denied"})
	case authcode.Failed:
		cfg.Failed(w, clean, ErrFailedBefore)
	default:
		underWay(cfg.Client.Name(), "the app").write(w)
	}
}

func (cfg WebConfig) succeed(w http.ResponseWriter, clean *http.Request, e ending, plain func(name, next string) page) {
	if cfg.Done == nil {
		plain(cfg.Client.Name(), "You can close this tab.").write(w)
		return
	}
	cfg.Done.ServeHTTP(w, clean.WithContext(context.WithValue(clean.Context(), boundKey{}, e.bound)))
}

// remember puts what became of a sign-in into its cookie. That it cannot be
// sealed costs the words of a reload only.
func (cfg WebConfig) remember(w http.ResponseWriter, kind cookieKind, id string, e ending) {
	value, err := e.sealed(cfg.Sealer, id)
	if err != nil {
		kind.set(w, kind.prefix+id, "", -1)
		return
	}
	kind.set(w, kind.prefix+id, value, int(authcode.Lifetime.Seconds()))
}

type boundKey struct{}

// Bound is the value that was bound to the sign-in of r, a request that
// WebConfig.Done was given. It is empty if there is none.
func Bound(r *http.Request) string {
	bound, _ := r.Context().Value(boundKey{}).(string)
	return bound
}

// noSignIn is the error for a callback that belongs to no sign-in of this
// browser.
func noSignIn(r *http.Request) error {
	if maybeDenial(r.URL.RawQuery) {
		return ErrMaybeDenied
	}
	return ErrNoSignIn
}

// maybeDenial reports whether a callback that names no sign-in may be what the
// provider sends when the user says no: an error, or nothing at all.
func maybeDenial(rawQuery string) bool {
	query, err := url.ParseQuery(rawQuery)
	return err == nil && (query.Get("error") != "" || query.Get("code") == "" && query.Get("state") == "")
}
