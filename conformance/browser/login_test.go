package browser_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/conformance/internal/webdriver"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// tool is a command-line tool of one provider.
type tool struct {
	provider
	client login.Client
	begin  func(redirectURL string) (*authcode.Request, error)
}

// tools are both, against fakes that take any port.
func tools(t *testing.T) []tool {
	t.Helper()
	sf, err := squaretest.Start(squaretest.Options{Environment: square.Sandbox, RedirectURL: "http://127.0.0.1/callback/square", AnyLoopbackPort: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sf.Close)
	sq, err := square.New(sf.Config())
	if err != nil {
		t.Fatal(err)
	}
	bf, err := builtbybittest.Start(builtbybittest.Options{RedirectURL: "http://127.0.0.1/callback/builtbybit", AnyLoopbackPort: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bf.Close)
	bb, err := builtbybit.New(bf.Config())
	if err != nil {
		t.Fatal(err)
	}
	return []tool{
		{providers[0], sq, func(u string) (*authcode.Request, error) {
			return sq.BeginAuth(square.AuthOptions{RedirectURL: u, Scopes: []string{"PAYMENTS_READ"}})
		}},
		{providers[1], bb, func(u string) (*authcode.Request, error) {
			return bb.BeginAuth(builtbybit.AuthOptions{RedirectURL: u, Scopes: []string{"members.self"}})
		}},
	}
}

// run signs in, and has person do what a person does once the tab is open.
func (tl tool) run(t *testing.T, tab *webdriver.Tab, person func()) (*grantway.Token, error) {
	t.Helper()
	type result struct {
		token *grantway.Token
		err   error
	}
	ended, opened := make(chan result, 1), make(chan string, 1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		token, err := login.Run(ctx, login.Config{Client: tl.client, Begin: tl.begin, Out: t.Output(),
			OpenBrowser: func(address string) error { opened <- address; return nil }})
		ended <- result{token, err}
	}()
	select {
	case address := <-opened:
		tab.Goto(address)
	case r := <-ended:
		return r.token, r.err
	}
	person()
	r := <-ended
	return r.token, r.err
}

func toolsSignIn(t *testing.T, browser *webdriver.Browser) {
	for _, tl := range tools(t) {
		t.Run(tl.name, func(t *testing.T) {
			tab := browser.User(t)
			_, err := tl.run(t, tab, func() {
				tab.Click(tl.user1())
				tab.Click(deny)
				tab.Shows("Access was not granted", "nothing was stored")
				tab.Shot("login-" + tl.name + "-denied")
			})
			if !errors.Is(err, grantway.ErrReauthorize) {
				t.Errorf("deny: %v", err)
			}

			token, err := tl.run(t, tab, func() {
				tab.Click(allow)
				tab.Shows("Signed in to "+tl.title, "You can close this tab")
				tab.Shot("login-" + tl.name + "-done")
			})
			if err != nil || token.AccessToken.IsZero() {
				t.Errorf("allow: %v, %v", token, err)
			}

			// Already granted: Square's page does not ask.
			token, err = tl.run(t, tab, func() {
				if !tl.skips {
					tab.Click(allow)
				}
				tab.Shows("Signed in to " + tl.title)
			})
			if err != nil || token.AccessToken.IsZero() {
				t.Errorf("already granted: %v, %v", token, err)
			}

			// Wrong state, then the true answer: in a second tab, and a page of
			// another site that sends the browser there.
			token, err = tl.run(t, tab, func() {
				if tl.skips {
					return
				}
				other := tab.Another()
				other.Goto(redirectOf(t, tab) + "?code=example-code&state=junk")
				other.Shows("That was not the answer", "in the tab that the program opened")
				other.Shot("login-" + tl.name + "-wrong-state")
				tab.Click(allow)
				tab.Shows("Signed in to " + tl.title)
			})
			if err != nil || token.AccessToken.IsZero() {
				t.Errorf("wrong state: %v, %v", token, err)
			}
			staysHere(t, tab)
		})
	}
}

// redirectOf is where the page that the tab shows will send the browser.
func redirectOf(t *testing.T, tab *webdriver.Tab) string {
	t.Helper()
	u, err := url.Parse(tab.URL())
	if err != nil || !strings.HasPrefix(u.Query().Get("redirect_uri"), "http://127.0.0.1:") {
		t.Fatalf("%v, %v", u, err)
	}
	return u.Query().Get("redirect_uri")
}
