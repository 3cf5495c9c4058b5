package login

import (
	"context"
	"errors"
	"net/http"
	"strings"

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

// WebConfig is what NewWeb takes.
type WebConfig struct {
	// Client is the provider's.
	Client Client
	// Begin makes the authorization request of one user: BeginAuth, with a
	// redirect URL that leads to the callback handler and that no other
	// provider has (RFC 9700 section 4.4.2). Scopes may depend on r; the
	// redirect URL must not.
	Begin func(r *http.Request) (*authcode.Request, error)
	// Sealer encrypts the cookie. All processes of the app need the same key.
	Sealer *tokens.Sealer
	// Save keeps the token for the user of r, whose session cookies it has
	// and whose query was taken out. It is not cancelled when the browser goes
	// away, for the code is spent by then: bound it yourself.
	Save func(r *http.Request, token *grantway.Token) error
	// Done answers once Save has returned nil; nil means a plain page. A good
	// one is http.RedirectHandler("/accounts", http.StatusSeeOther).
	Done http.Handler
	// Failed answers otherwise; nil means a plain page. err is an
	// *grantway.Error, ErrNoSignIn, or what Begin or Save returned. A denial
	// matches grantway.ErrReauthorize.
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
// taken from a request.
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
	}{{"Client", cfg.Client != nil}, {"Begin", cfg.Begin != nil}, {"Sealer", cfg.Sealer != nil}, {"Save", cfg.Save != nil}} {
		if !f.ok {
			return nil, errors.New("login: WebConfig." + f.name + " is missing")
		}
	}
	const again = "Go back to the app and try again."
	if cfg.Done == nil {
		cfg.Done = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			succeeded(cfg.Client.Name(), "You can close this tab.").write(w)
		})
	}
	if cfg.Failed == nil {
		cfg.Failed = func(w http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, ErrNoSignIn) {
				err = &grantway.Error{Operation: "callback", Kind: grantway.KindInvalid}
			}
			failed(cfg.Client.Name(), err, again).write(w)
		}
	}
	return &Web{Start: http.HandlerFunc(cfg.start), Callback: http.HandlerFunc(cfg.callback)}, nil
}

func (cfg WebConfig) start(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "wrong method", http.StatusMethodNotAllowed)
		return
	}
	auth, err := cfg.Begin(r)
	if err != nil {
		cfg.Failed(w, r, err)
		return
	}
	sealed, err := auth.Sealed(cfg.Sealer)
	if err == nil && len(sealed) > maxCookie {
		err = errors.New("login: the redirect URL is too long for a cookie")
	}
	if err != nil {
		cfg.Failed(w, r, err)
		return
	}
	kind := cookieFor(auth.RedirectURL())
	var old []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, kind.prefix) {
			old = append(old, c.Name)
		}
	}
	for i := range len(old) - (maxCookies - 1) { // browsers send the oldest first (RFC 6265 section 5.4)
		kind.set(w, old[i], "", -1)
	}
	kind.set(w, kind.prefix+auth.ID(), sealed, int(authcode.Lifetime.Seconds()))
	http.Redirect(w, r, auth.URL(), http.StatusSeeOther)
}

func (cfg WebConfig) callback(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET")
		http.Error(w, "wrong method", http.StatusMethodNotAllowed)
		return
	}
	token, err := cfg.finish(w, r)
	clean := withoutQuery(r)
	if err == nil {
		err = cfg.Save(clean, token)
	}
	if err != nil {
		cfg.Failed(w, clean, err)
		return
	}
	cfg.Done.ServeHTTP(w, clean)
}

// finish takes the sign-in that r answers out of its cookie and completes it.
func (cfg WebConfig) finish(w http.ResponseWriter, r *http.Request) (*grantway.Token, error) {
	kind, cookie := cookieOf(r, authcode.IDOf(r))
	if cookie == nil {
		return nil, ErrNoSignIn
	}
	kind.set(w, cookie.Name, "", -1)
	auth, err := authcode.Open(cfg.Sealer, cookie.Value)
	if err != nil || cookieFor(auth.RedirectURL()) != kind {
		return nil, ErrNoSignIn
	}
	code, err := cfg.Client.Callback(auth, r)
	if err != nil {
		return nil, err
	}
	// A tab that is closed now must not lose the token: the code is spent.
	return cfg.Client.Exchange(context.WithoutCancel(r.Context()), code)
}

// withoutQuery is r for the app's own functions: code and state are in no URL
// that they could log, and a browser that goes away ends nothing.
func withoutQuery(r *http.Request) *http.Request {
	r = r.Clone(context.WithoutCancel(r.Context()))
	r.URL.RawQuery, r.RequestURI = "", r.URL.EscapedPath()
	r.Form, r.PostForm = nil, nil
	return r
}
