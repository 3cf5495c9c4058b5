package browser_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/conformance/internal/webdriver"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
)

// The fact that L14 rests on, and the inverse of every sign-in in WebKit: with
// the cookie that the other engines keep on http and loopback, there would have
// been none. Over TLS all keep both.
func keepsCookies(t *testing.T, b *webdriver.Browser) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "__Host-grantway-0", Value: "1", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		http.SetCookie(w, &http.Cookie{Name: "grantway-0", Value: "1", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		_, _ = io.WriteString(w, "two cookies")
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	onHTTP := []string{"__Host-grantway-0", "grantway-0"}
	if b.Name == "webkit" {
		onHTTP = onHTTP[1:]
	}
	for _, tt := range []struct {
		name, address string
		want          []string
	}{
		{"http and an address", plain.URL, onHTTP},
		{"http and the name localhost", strings.Replace(plain.URL, "127.0.0.1", "localhost", 1), onHTTP},
		{"https", secure.URL, []string{"__Host-grantway-0", "grantway-0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tab := b.User(t)
			tab.Goto(tt.address)
			tab.Shows("two cookies")
			var got []string
			for _, c := range signIns(tab) {
				got = append(got, c.Name)
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s keeps %v, want %v: NewWeb's comment says what is known", b.Name, got, tt.want)
			}
		})
	}
}

// L14: over TLS the cookie has its prefix and Secure in each engine, on loopback
// too, and the sign-in comes to its end.
func signsInOverTLS(t *testing.T, b *webdriver.Browser) {
	key, err := tokens.NewSealKey("test", []byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := tokens.NewSealer(key)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	redirect := server.URL + "/callback"
	fake, err := squaretest.Start(squaretest.Options{Environment: square.Sandbox, RedirectURL: redirect})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	client, err := square.New(fake.Config())
	if err != nil {
		t.Fatal(err)
	}
	web, err := login.NewWeb(login.WebConfig{Client: client, Sealer: sealer,
		Begin: func(*http.Request) (*authcode.Request, error) {
			return client.BeginAuth(square.AuthOptions{RedirectURL: redirect, Scopes: []string{"PAYMENTS_READ"}})
		},
		Save: func(*http.Request, *grantway.Token) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/start", web.Start)
	mux.Handle("/callback", web.Callback)
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "the app") })

	tab := b.User(t)
	tab.Goto(server.URL + "/start")
	tab.Click(providers[0].user1())
	tab.Shows("Allow access")
	other := tab.Another() // the fake's page is plain http, where a Secure cookie is not shown
	other.Goto(server.URL)
	cookies := signIns(other)
	if len(cookies) != 1 || !strings.HasPrefix(cookies[0].Name, "__Host-grantway-") || !cookies[0].Secure || !cookies[0].HTTPOnly || cookies[0].SameSite != "Lax" || cookies[0].Path != "/" {
		t.Errorf("%+v", cookies)
	}
	tab.Click(allow)
	tab.Shows("Signed in to Square")
	noCookies(t, tab)
}
