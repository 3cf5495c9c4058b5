package login_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/login"
)

// The kinds of cookie, by the name that the browser gets.
const (
	hostPrefix     = "__Host-grantway-"
	loopbackPrefix = "grantway-"
)

// site is a web app of which only the redirect URL is known; what a request
// looks like when it comes in is the test's.
type site struct {
	web   *login.Web
	p     provider
	saved int
}

func newSite(t *testing.T, registered, redirect string) *site {
	t.Helper()
	s := &site{p: newSquare(t, registered)}
	web, err := login.NewWeb(login.WebConfig{Client: s.p.client, Sealer: sealer(t),
		Begin: func(*http.Request) (*authcode.Request, error) { return s.p.begin(redirect) },
		Save:  func(*http.Request, *grantway.Token) error { s.saved++; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	s.web = web
	return s
}

// start begins a sign-in and returns its cookie and where the browser goes.
func (s *site) start(t *testing.T, arrives func(*http.Request)) (*http.Cookie, string) {
	t.Helper()
	r, w := httptest.NewRequest(http.MethodGet, "/start", nil), httptest.NewRecorder()
	arrives(r)
	s.web.Start.ServeHTTP(w, r)
	cookie, err := http.ParseSetCookie(w.Header().Get("Set-Cookie"))
	if err != nil {
		t.Fatalf("status %d, %v", w.Code, err)
	}
	return cookie, w.Header().Get("Location")
}

// callback is what a browser that has cookies gets for the answer; path alone
// is what a handler sees of its address.
func (s *site) callback(t *testing.T, answer string, arrives func(*http.Request), cookies ...*http.Cookie) *httptest.ResponseRecorder {
	t.Helper()
	u, err := url.Parse(answer)
	if err != nil {
		t.Fatal(err)
	}
	r, w := httptest.NewRequest(http.MethodGet, u.RequestURI(), nil), httptest.NewRecorder()
	arrives(r)
	for _, c := range cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	s.web.Callback.ServeHTTP(w, r)
	return w
}

func (s *site) allow(t *testing.T, authorizeURL string) string {
	t.Helper()
	answer, err := s.p.allow(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func directly(r *http.Request) { r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:50000" }

// viaProxy is how a request looks behind a proxy on the same machine that ends
// TLS: plain http, to and from a loopback address.
func viaProxy(r *http.Request) {
	directly(r)
	r.Header.Set("X-Forwarded-Proto", "https")
}

// L14: WebKit keeps no Secure cookie on http and loopback. Nothing else may
// take Secure and the prefix away.
func TestL14_OnlyHTTPOnALoopbackHostHasAPlainCookie(t *testing.T) {
	for _, tt := range []struct {
		name, redirect string
		arrives        func(*http.Request)
		prefix         string
	}{
		{"http and an IPv4 address", "http://127.0.0.1:8080/callback", directly, loopbackPrefix},
		{"http and another one of 127.0.0.0/8", "http://127.1.2.3/callback", directly, loopbackPrefix},
		{"http and the IPv6 address", "http://[::1]:8080/callback", directly, loopbackPrefix},
		{"http and the name localhost", "http://localhost:8080/callback", directly, loopbackPrefix},
		{"http and loopback, though the request came by TLS", "http://localhost:8080/callback",
			func(r *http.Request) { r.TLS = &tls.ConnectionState{} }, loopbackPrefix},
		{"https and an IPv4 address", "https://127.0.0.1:8443/callback", directly, hostPrefix},
		{"https and the IPv6 address", "https://[::1]:8443/callback", directly, hostPrefix},
		{"https and the name localhost", "https://localhost/callback", directly, hostPrefix},
		{"https elsewhere", "https://app.example/callback", func(r *http.Request) { r.TLS = &tls.ConnectionState{} }, hostPrefix},
		{"https elsewhere, behind a proxy that ends TLS", "https://app.example/callback", viaProxy, hostPrefix},
		{"https elsewhere, behind a proxy that says nothing", "https://app.example/callback", directly, hostPrefix},
		{"https elsewhere, and a client that says it is http on localhost", "https://app.example/callback", func(r *http.Request) {
			r.Host = "localhost"
			r.Header.Set("X-Forwarded-Proto", "http")
			r.Header.Set("X-Forwarded-Host", "127.0.0.1")
			r.Header.Set("Forwarded", "proto=http;host=localhost")
			r.Header.Set("Origin", "http://localhost")
		}, hostPrefix},
		{"https and a name that begins like a loopback host", "https://127.0.0.1.app.example/callback", directly, hostPrefix},
		{"no redirect URL", "", directly, hostPrefix},
	} {
		t.Run(tt.name, func(t *testing.T) {
			registered := tt.redirect
			if registered == "" {
				registered = "https://app.example/callback"
			}
			s := newSite(t, registered, tt.redirect)
			cookie, authorize := s.start(t, tt.arrives)
			if id := idOf(cookie); cookie.Name != tt.prefix+id || len(id) != 16 {
				t.Errorf("the name is %s, want %s and an ID", cookie.Name, tt.prefix)
			}
			if cookie.Secure != (tt.prefix == hostPrefix) || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode ||
				cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge != 600 {
				t.Errorf("%v", cookie)
			}
			w := s.callback(t, s.allow(t, authorize), tt.arrives, cookie)
			if w.Code != http.StatusOK || s.saved != 1 {
				t.Errorf("status %d, %d saved", w.Code, s.saved)
			}
			// What says that it is over takes the place of the same cookie, or the
			// browser would keep both.
			over, err := http.ParseSetCookie(w.Header().Get("Set-Cookie"))
			if err != nil || over.Name != cookie.Name || !strings.HasPrefix(over.Value, ".") || over.Secure != cookie.Secure || over.Path != "/" {
				t.Errorf("%v, %v", over, err)
			}
		})
	}
}

// L14: a name without the prefix can be planted by another host of the domain,
// so that it counts only for a sign-in that was begun for loopback.
func TestL14_AnotherNameDoesNotCount(t *testing.T) {
	for _, tt := range []struct {
		name, redirect string
		have           func(own, other *http.Cookie) []*http.Cookie
		status         int
	}{
		{"a plain name for https", "https://app.example/callback", func(own, _ *http.Cookie) []*http.Cookie {
			return []*http.Cookie{renamed(own, loopbackPrefix)}
		}, http.StatusBadRequest},
		{"a host name for http on loopback", "http://127.0.0.1:8080/callback", func(own, _ *http.Cookie) []*http.Cookie {
			return []*http.Cookie{renamed(own, hostPrefix)}
		}, http.StatusBadRequest},
		{"a plain one twice", "http://127.0.0.1:8080/callback", func(own, _ *http.Cookie) []*http.Cookie {
			return []*http.Cookie{own, own}
		}, http.StatusBadRequest},
		{"a plain name beside the right one, with another sign-in", "https://app.example/callback", func(own, other *http.Cookie) []*http.Cookie {
			return []*http.Cookie{{Name: loopbackPrefix + idOf(own), Value: other.Value}, own}
		}, http.StatusOK},
		{"the right one", "http://127.0.0.1:8080/callback", func(own, _ *http.Cookie) []*http.Cookie { return []*http.Cookie{own} }, http.StatusOK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, tt.redirect, tt.redirect)
			other, _ := s.start(t, directly)
			own, authorize := s.start(t, directly)
			w := s.callback(t, s.allow(t, authorize), directly, tt.have(own, other)...)
			if w.Code != tt.status || (s.saved == 1) != (tt.status == http.StatusOK) {
				t.Errorf("status %d, %d saved", w.Code, s.saved)
			}
		})
	}
}

// idOf is what follows the prefix, of either kind.
func idOf(c *http.Cookie) string {
	return strings.TrimPrefix(strings.TrimPrefix(c.Name, "__Host-"), loopbackPrefix)
}

func renamed(c *http.Cookie, prefix string) *http.Cookie {
	return &http.Cookie{Name: prefix + idOf(c), Value: c.Value}
}
