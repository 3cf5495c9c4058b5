package login_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// desktop is Square with a program on a desktop.
func desktop(t *testing.T, registered string) provider {
	t.Helper()
	fake, err := squaretest.Start(squaretest.Options{RedirectURL: registered, DynamicLocalhost: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	client, err := square.New(fake.Config())
	if err != nil {
		t.Fatal(err)
	}
	return provider{name: "square", client: client, allow: fake.Allow, deny: fake.Deny,
		begin: func(u string) (*authcode.Request, error) {
			return client.BeginAuth(square.AuthOptions{RedirectURL: u, DynamicLocalhost: true})
		},
		exchanges: func() int { return count(fake.Requests(), "/oauth2/token") },
	}
}

// L8: a program on a desktop comes back to what is registered, on the port that
// was free.
func TestAFreePortInARegisteredAddress(t *testing.T) {
	for _, tt := range []struct {
		name, registered, host string
		p                      func(*testing.T, string) provider
	}{
		{"L8: of localhost, as Square's reference has it", "http://localhost:<port>/cb", "localhost", desktop},
		{"L8: of localhost, without a path", "http://localhost:<port>", "localhost", desktop},
		{"L8: of an IP address", "http://127.0.0.1:<port>/cb", "127.0.0.1", func(t *testing.T, _ string) provider { return newSquare(t, "http://127.0.0.1/cb") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := run(t, tt.p(t, tt.registered), func(c *login.Config) { c.RedirectURL = tt.registered })
			u, err := url.Parse(r.redirect())
			if err != nil || u.Hostname() != tt.host || u.Port() == "" || strings.Replace(tt.registered, "<port>", u.Port(), 1) != r.redirect() {
				t.Fatalf("%s, %v", r.redirect(), err)
			}
			if c, err := new(net.Dialer).DialContext(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", u.Port())); err != nil {
				t.Error(err)
			} else {
				_ = c.Close()
			}
			if got := get(t, r.allowed()); got.status != http.StatusOK {
				t.Errorf("status %d: %s", got.status, got.body)
			}
			if o := <-r.ended; o.err != nil || o.token == nil || r.p.exchanges() != 1 {
				t.Errorf("%v", o.err)
			}
		})
	}
	p := newSquare(t, ephemeral("square"))
	for _, bad := range []string{"http://localhost/cb", "http://localhost/:<port>/cb", "http://localhost:<port>/:<port>", "https://localhost:<port>/cb", "http://app.example:<port>/cb", "http://localhost:<port>1/cb"} {
		_, err := login.Run(context.Background(), login.Config{Client: p.client, Begin: p.begin, Out: &syncBuffer{}, RedirectURL: bad,
			OpenBrowser: func(string) error { t.Errorf("%s: the browser was opened", bad); return nil }})
		if err == nil || !strings.Contains(err.Error(), "Config.RedirectURL") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
