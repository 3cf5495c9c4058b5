package login_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/tokens"
)

// app is a web app with one provider. It is behind TLS, as a browser wants it
// for a cookie like this.
type app struct {
	p      provider
	server *httptest.Server
	saved  []*grantway.Token
	failed []error
	seen   []string // URLs that the app's own functions were given
	save   func(*http.Request) error
}

func newApp(t *testing.T, make func(testing.TB, string) provider, change ...func(*app, *login.WebConfig)) *app {
	t.Helper()
	a := &app{}
	mux := http.NewServeMux()
	a.server = httptest.NewTLSServer(mux)
	t.Cleanup(a.server.Close)
	redirect := a.server.URL + "/callback"
	a.p = make(t, redirect)
	cfg := login.WebConfig{Client: a.p.client, Sealer: sealer(t),
		Begin: func(*http.Request) (*authcode.Request, error) { return a.p.begin(redirect) },
		Save: func(r *http.Request, token *grantway.Token) error {
			a.seen = append(a.seen, r.URL.String()+" "+r.RequestURI+" "+r.FormValue("code"))
			if a.save != nil {
				if err := a.save(r); err != nil {
					return err
				}
			}
			a.saved = append(a.saved, token)
			return nil
		},
	}
	for _, c := range change {
		c(a, &cfg)
	}
	web, err := login.NewWeb(cfg)
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/start", web.Start)
	mux.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // as other people's middleware does
		web.Callback.ServeHTTP(w, r)
	})
	return a
}

func apps(t *testing.T, f func(*testing.T, func(testing.TB, string) provider)) {
	t.Run("square", func(t *testing.T) { f(t, newSquare) })
	t.Run("builtbybit", func(t *testing.T) { f(t, newBuiltByBit) })
}

func sealer(t testing.TB) *tokens.Sealer {
	t.Helper()
	return mustSealer()
}

// mustSealer is the same in every process.
func mustSealer() *tokens.Sealer {
	key, err := tokens.NewSealKey("test", []byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		panic(err)
	}
	s, err := tokens.NewSealer(key)
	if err != nil {
		panic(err)
	}
	return s
}

// browser keeps cookies and follows no redirect by itself.
type browser struct {
	t   *testing.T
	app *app
	jar http.CookieJar
}

func (a *app) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, a, jar}
}

func (b *browser) do(method, address string, change ...func(*http.Request)) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range change {
		c(r)
	}
	hc := *b.app.server.Client()
	hc.Jar = b.jar
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := hc.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func (b *browser) get(path string) answer { b.t.Helper(); return b.do("GET", b.app.server.URL+path) }

// start begins a sign-in and returns where the browser is sent.
func (b *browser) start() string {
	b.t.Helper()
	a := b.get("/start")
	if a.status != http.StatusSeeOther {
		b.t.Fatalf("status %d: %s", a.status, a.body)
	}
	return a.header.Get("Location")
}

func (b *browser) allow(authorizeURL string) string {
	b.t.Helper()
	callback, err := b.app.p.allow(authorizeURL)
	if err != nil {
		b.t.Fatal(err)
	}
	return callback
}

func (b *browser) cookies() []*http.Cookie {
	u, _ := url.Parse(b.app.server.URL)
	return b.jar.Cookies(u)
}

func TestTheWebHandlersSignIn(t *testing.T) {
	apps(t, func(t *testing.T, provider func(testing.TB, string) provider) {
		a := newApp(t, provider)
		b := a.browser(t)
		callback := b.allow(b.start())
		got := b.do("GET", callback)
		if got.status != http.StatusOK || len(a.saved) != 1 || a.saved[0].AccessToken.IsZero() || a.p.exchanges() != 1 {
			t.Fatalf("status %d, %v saved, %d exchanges", got.status, a.saved, a.p.exchanges())
		}
		if !strings.Contains(got.body, "Signed in to "+a.p.client.Name()) {
			t.Errorf("the page: %s", got.body)
		}
		for _, c := range b.cookies() { // what is left says that it is over, and holds no verifier
			if !strings.HasPrefix(c.Value, ".") || len(c.Value) > 100 {
				t.Errorf("a cookie is left: %v", c)
			}
		}
		for _, u := range a.seen {
			if strings.ContainsAny(u, "?=") || u != "/callback /callback " {
				t.Errorf("the app was given %q", u)
			}
		}

		// STD-21, STD-14, L4: a reload, or the back button, sends nothing again.
		got = b.do("GET", callback)
		if got.status != http.StatusOK || len(a.saved) != 1 || a.p.exchanges() != 1 || !strings.Contains(got.body, "Already signed in to "+a.p.client.Name()) {
			t.Errorf("a reload: status %d, %d saved, %d exchanges: %s", got.status, len(a.saved), a.p.exchanges(), got.body)
		}
	})
}

// The cookie is for this host alone, over TLS, out of reach of scripts, and
// comes along with the provider's redirect.
func TestTheCookie(t *testing.T) {
	a := newApp(t, newSquare)
	got := a.browser(t).get("/start")
	cookie, err := http.ParseSetCookie(got.header.Get("Set-Cookie"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(cookie.Name, "__Host-") || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode ||
		cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge != 600 {
		t.Errorf("%v", cookie)
	}
	u, err := url.Parse(got.header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	if state := u.Query().Get("state"); state == "" || strings.Contains(cookie.String(), state) {
		t.Errorf("the cookie tells the state: %v", cookie)
	}
}

// STD-16: another browser's callback is not taken, even if it is followed.
func TestASignInBelongsToItsBrowser(t *testing.T) {
	a := newApp(t, newSquare)
	victim, attacker := a.browser(t), a.browser(t)
	callback := attacker.allow(attacker.start())
	got := victim.do("GET", callback)
	if got.status != http.StatusBadRequest || len(a.saved) != 0 || a.p.exchanges() != 0 {
		t.Errorf("status %d, %d saved", got.status, len(a.saved))
	}
	victim.start() // with a sign-in of his own under way neither
	if got := victim.do("GET", callback); got.status != http.StatusBadRequest || a.p.exchanges() != 0 {
		t.Errorf("status %d", got.status)
	}
	// The inverse: in the browser that began it, it is taken.
	if got := attacker.do("GET", callback); got.status != http.StatusOK || len(a.saved) != 1 {
		t.Errorf("status %d", got.status)
	}
}

// STD-14: a thief of the cookie is too late once the state came back.
func TestACopiedCookieIsGoodOnce(t *testing.T) {
	a := newApp(t, newSquare)
	user, thief := a.browser(t), a.browser(t)
	authorize := user.start()
	u, _ := url.Parse(a.server.URL)
	thief.jar.SetCookies(u, []*http.Cookie{{Name: user.cookies()[0].Name, Value: user.cookies()[0].Value, Secure: true, Path: "/"}})
	if got := user.do("GET", user.allow(authorize)); got.status != http.StatusOK {
		t.Fatalf("status %d", got.status)
	}
	if got := thief.do("GET", thief.allow(authorize)); !strings.Contains(got.body, "Already signed in") || a.p.exchanges() != 1 || len(a.saved) != 1 {
		t.Errorf("status %d, %d exchanges, %d saved", got.status, a.p.exchanges(), len(a.saved))
	}
}

func TestTabsDoNotDisturbEachOther(t *testing.T) {
	a := newApp(t, newSquare)
	b := a.browser(t)
	first, second := b.start(), b.start()
	for _, authorize := range []string{second, first} {
		if got := b.do("GET", b.allow(authorize)); got.status != http.StatusOK {
			t.Errorf("status %d: %s", got.status, got.body)
		}
	}
	if len(a.saved) != 2 {
		t.Errorf("%d saved", len(a.saved))
	}
	// But not without end: the oldest goes.
	var begun []string
	for range 8 {
		begun = append(begun, b.start())
	}
	if n := len(b.cookies()); n != 5 {
		t.Errorf("%d cookies", n)
	}
	if got := b.do("GET", b.allow(begun[7])); got.status != http.StatusOK {
		t.Errorf("the last one: status %d", got.status)
	}
}

func TestTheWebHandlersRefuse(t *testing.T) {
	for _, tt := range []struct {
		name   string
		do     func(b *browser, authorize string) answer
		status int
	}{
		{"STD-13: a wrong state", func(b *browser, _ string) answer { return b.get("/callback?code=x&state=junk") }, 400},
		{"STD-13: no state", func(b *browser, _ string) answer { return b.get("/callback?code=x") }, 400},
		{"STD-19: a state twice", func(b *browser, authorize string) answer {
			return b.do("GET", b.allow(authorize)+"&state=x")
		}, 400},
		{"a cookie that is missing", func(b *browser, authorize string) answer {
			callback := b.allow(authorize)
			b.jar, _ = cookiejar.New(nil)
			return b.do("GET", callback)
		}, 400},
		{"a cookie that was changed", func(b *browser, authorize string) answer {
			u, _ := url.Parse(b.app.server.URL)
			c := b.cookies()[0]
			b.jar.SetCookies(u, []*http.Cookie{{Name: c.Name, Value: c.Value[:len(c.Value)-4] + "AAAA", Secure: true, Path: "/"}})
			return b.do("GET", b.allow(authorize))
		}, 400},
		{"a cookie that comes twice", func(b *browser, authorize string) answer {
			u, _ := url.Parse(b.app.server.URL + "/callback")
			c := b.cookies()[0]
			b.jar.SetCookies(u, []*http.Cookie{{Name: c.Name, Value: c.Value, Secure: true, Path: "/callback"}})
			return b.do("GET", b.allow(authorize))
		}, 400},
		{"STD-20: a denial", func(b *browser, authorize string) answer {
			callback, err := b.app.p.deny(authorize)
			if err != nil {
				b.t.Fatal(err)
			}
			return b.do("GET", callback)
		}, 403},
		{"STD-20: markup for an error", func(b *browser, authorize string) answer {
			u, _ := url.Parse(authorize)
			return b.get("/callback?error=%3Cscript%3Ecanary&error_description=canary&state=" + u.Query().Get("state"))
		}, 502},
		{"a POST of the answer", func(b *browser, authorize string) answer { return b.do("POST", b.allow(authorize)) }, 405},
		{"a PUT to begin", func(b *browser, _ string) answer { return b.do("PUT", b.app.server.URL+"/start") }, 405},
		{"a provider that fails", func(b *browser, authorize string) answer {
			callback := b.allow(authorize)
			b.app.p.failNext()
			return b.do("GET", callback)
		}, 502},
		{"an app that cannot save", func(b *browser, authorize string) answer {
			b.app.save = func(*http.Request) error { return errors.New("canary: the disk is full") }
			return b.do("GET", b.allow(authorize))
		}, 500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			apps(t, func(t *testing.T, provider func(testing.TB, string) provider) {
				a := newApp(t, provider)
				b := a.browser(t)
				got := tt.do(b, b.start())
				if got.status != tt.status || len(a.saved) != 0 || strings.Contains(got.body, "canary") || strings.Contains(got.body, "<script") {
					t.Errorf("status %d, %d saved: %s", got.status, len(a.saved), got.body)
				}
				guarded(t, got)
			})
		})
	}
}

// guarded holds what every answer carries (STD-23).
func guarded(t *testing.T, a answer) {
	t.Helper()
	if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("status %d has the headers %v", a.status, a.header)
	}
}

// STD-22: where the browser goes is the app's, never the request's.
func TestThereIsNoOpenRedirect(t *testing.T) {
	const evil = "https://evil.example/"
	q := "?next=" + evil + "&redirect_uri=" + evil + "&return_to=" + evil + "&url=" + evil
	a := newApp(t, newSquare, func(_ *app, c *login.WebConfig) { c.Done = http.RedirectHandler("/accounts", http.StatusSeeOther) })
	b := a.browser(t)
	got := b.get("/start" + q)
	location := got.header.Get("Location")
	if strings.Contains(location, "evil") || got.status != http.StatusSeeOther {
		t.Errorf("it goes to %s", location)
	}
	guarded(t, got)
	got = b.do("GET", b.allow(location)+"&"+q[1:])
	if got.header.Get("Location") != "/accounts" || got.status != http.StatusSeeOther {
		t.Errorf("status %d, it goes to %s", got.status, got.header.Get("Location"))
	}
	guarded(t, got)
}

func TestTheAppsOwnPages(t *testing.T) {
	a := newApp(t, newSquare, func(a *app, c *login.WebConfig) {
		c.Done = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "welcome "+r.URL.String())
		})
		c.Failed = func(w http.ResponseWriter, r *http.Request, err error) {
			a.failed = append(a.failed, err)
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, r.URL.String())
		}
	})
	b := a.browser(t)
	if got := b.do("GET", b.allow(b.start())); got.body != "welcome /callback" {
		t.Errorf("%s", got.body)
	}
	callback, err := a.p.deny(strings.Replace(b.start(), "PAYMENTS_READ", "ORDERS_READ", 1))
	if err != nil {
		t.Fatal(err)
	}
	if got := b.do("GET", callback); got.status != http.StatusTeapot || got.body != "/callback" || !errors.Is(a.failed[0], grantway.ErrReauthorize) {
		t.Errorf("status %d, %v", got.status, a.failed)
	}
	if got := b.do("GET", callback); got.status != http.StatusTeapot || !errors.Is(a.failed[1], grantway.ErrReauthorize) {
		t.Errorf("L4: status %d, %v", got.status, a.failed)
	}
	if got := b.get("/callback?code=x&state=junk"); got.status != http.StatusTeapot || !errors.Is(a.failed[2], login.ErrNoSignIn) || errors.Is(a.failed[2], login.ErrMaybeDenied) {
		t.Errorf("status %d, %v", got.status, a.failed)
	}
}

// A browser would drop the cookie, and every sign-in would seem to be over.
func TestACookieThatIsTooLongIsRefusedAtOnce(t *testing.T) {
	for _, tt := range []struct{ length, status int }{{2000, http.StatusSeeOther}, {3000, http.StatusInternalServerError}} {
		a := newApp(t, newBuiltByBit, func(a *app, c *login.WebConfig) {
			c.Begin = func(*http.Request) (*authcode.Request, error) {
				return a.p.begin("https://app.example/" + strings.Repeat("a", tt.length))
			}
		})
		if got := a.browser(t).get("/start"); got.status != tt.status {
			t.Errorf("a redirect URL of %d: status %d", tt.length, got.status)
		}
	}
}

// A tab that is closed in the middle does not lose the token.
func TestABrowserThatGoesAwayLosesNoToken(t *testing.T) {
	a := newApp(t, newSquare)
	var during error
	a.save = func(r *http.Request) error { during = r.Context().Err(); return during }
	b := a.browser(t)
	callback := b.allow(b.start())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := httptest.NewRequest(http.MethodGet, callback, nil).WithContext(ctx)
	for _, c := range b.cookies() {
		r.AddCookie(c)
	}
	a.server.Config.Handler.ServeHTTP(httptest.NewRecorder(), r)
	if len(a.saved) != 1 || during != nil {
		t.Errorf("%d saved, %v", len(a.saved), during)
	}
}

func TestNewWebNamesWhatIsMissing(t *testing.T) {
	p := newSquare(t, "https://app.example/callback")
	whole := login.WebConfig{Client: p.client, Sealer: sealer(t), Begin: func(*http.Request) (*authcode.Request, error) { return nil, errors.New("no") },
		Save: func(*http.Request, *grantway.Token) error { return nil }}
	for field, change := range map[string]func(*login.WebConfig){
		"Client": func(c *login.WebConfig) { c.Client = nil },
		"Begin":  func(c *login.WebConfig) { c.Begin = nil },
		"Sealer": func(c *login.WebConfig) { c.Sealer = nil },
		"Save":   func(c *login.WebConfig) { c.Save = nil },
	} {
		c := whole
		change(&c)
		if _, err := login.NewWeb(c); err == nil || !strings.Contains(err.Error(), "WebConfig."+field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	web, err := login.NewWeb(whole)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	web.Start.ServeHTTP(w, httptest.NewRequest("GET", "/start", nil))
	if w.Code != http.StatusInternalServerError || w.Header().Get("Location") != "" {
		t.Errorf("a Begin that fails: status %d", w.Code)
	}
}
