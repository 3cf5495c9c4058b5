package login_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/login"
)

// accounts is an app whose users have sessions, and keep a token for each
// account.
type accounts struct {
	*app
	session string // of the browser, as its cookie says
	kept    map[string]int
	done    []string // whom Done was told of
}

var errOtherSession = errors.New("another user is signed in by now")

// saving is how an app decides whom a token is for.
type saving func(a *accounts, c *login.WebConfig)

// forTheAccount keeps it for whoever began, whatever the browser is now.
func forTheAccount(a *accounts, c *login.WebConfig) {
	c.Save, c.SaveFor = nil, func(_ *http.Request, bound string, _ *grantway.Token) error { a.kept[bound]++; return nil }
}

// forTheSessionOnly refuses if the browser belongs to somebody else by now.
func forTheSessionOnly(a *accounts, c *login.WebConfig) {
	c.Save, c.SaveFor = nil, func(_ *http.Request, bound string, _ *grantway.Token) error {
		if bound != a.session {
			return errOtherSession
		}
		a.kept[bound]++
		return nil
	}
}

// forWhoeverIsThere is what an app does that binds nothing.
func forWhoeverIsThere(a *accounts, c *login.WebConfig) {
	c.Begin = func(*http.Request) (*authcode.Request, error) { return a.p.begin(a.server.URL + "/callback") }
	c.Save = func(*http.Request, *grantway.Token) error { a.kept[a.session]++; return nil }
}

func newAccounts(t *testing.T, how saving) *accounts {
	t.Helper()
	a := &accounts{kept: map[string]int{}}
	a.app = newApp(t, newSquare, func(inner *app, c *login.WebConfig) {
		a.app = inner
		c.Begin = func(*http.Request) (*authcode.Request, error) {
			auth, err := inner.p.begin(inner.server.URL + "/callback")
			if err != nil {
				return nil, err
			}
			return auth, auth.Bind(a.session)
		}
		c.Done = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { a.done = append(a.done, login.Bound(r)) })
		how(a, c)
	})
	return a
}

// swaps are the ways in which a sign-in comes back to another session than the
// one that began it. Each begins for "one", and says what may be kept.
var swaps = []struct {
	name string
	do   func(t *testing.T, a *accounts) (begun int) // how many for "one"
}{
	{"another user takes the browser", func(t *testing.T, a *accounts) int {
		b := a.browser(t)
		a.session = "one"
		callback := b.allow(b.start())
		a.session = "two"
		b.do("GET", callback)
		return 1
	}},
	{"two tabs for two accounts, the second comes back first", func(t *testing.T, a *accounts) int {
		b := a.browser(t)
		a.session = "one"
		first := b.start()
		a.session = "two"
		second := b.start()
		b.do("GET", b.allow(second))
		b.do("GET", b.allow(first))
		return 1
	}},
	{"two tabs, and back in the first session", func(t *testing.T, a *accounts) int {
		b := a.browser(t)
		a.session = "one"
		first := b.start()
		a.session = "two"
		second := b.start()
		a.session = "one"
		b.do("GET", b.allow(first))
		b.do("GET", b.allow(second))
		return 1
	}},
	{"the cookies of two tabs change places", func(t *testing.T, a *accounts) int {
		b := a.browser(t)
		a.session = "one"
		first := b.start()
		a.session = "two"
		second := b.start()
		c := b.cookies()
		b.jar.SetCookies(mustURL(t, a.server.URL), []*http.Cookie{
			{Name: c[0].Name, Value: c[1].Value, Secure: true, Path: "/"}, {Name: c[1].Name, Value: c[0].Value, Secure: true, Path: "/"}})
		b.do("GET", b.allow(first))
		b.do("GET", b.allow(second))
		return 0
	}},
	{"another browser's sign-in is followed", func(t *testing.T, a *accounts) int {
		attacker, victim := a.browser(t), a.browser(t)
		a.session = "one"
		callback := attacker.allow(attacker.start())
		a.session = "two"
		victim.start()
		victim.do("GET", callback)
		return 0
	}},
}

// TestCheck091_ASignInIsBoundToWhatBeganIt: L9. What one account began is kept
// for that account or for none, never for another one.
func TestCheck091_ASignInIsBoundToWhatBeganIt(t *testing.T) {
	mixed := 0
	for _, s := range swaps {
		t.Run("L9: "+s.name+", kept for the account", func(t *testing.T) {
			a := newAccounts(t, forTheAccount)
			if begun := s.do(t, a); a.kept["one"] != begun || a.kept["two"] > 1 {
				t.Errorf("kept %v, and %d began for one", a.kept, begun)
			}
			for i, bound := range a.done {
				if bound != "one" && bound != "two" {
					t.Errorf("page %d is for %q", i, bound)
				}
			}
		})
		t.Run("L9: "+s.name+", kept if the session is still there", func(t *testing.T) {
			a := newAccounts(t, forTheSessionOnly)
			began := map[string]int{"one": s.do(t, a)}
			if a.kept["one"] > began["one"] || a.kept["two"] > 1 {
				t.Errorf("kept %v", a.kept)
			}
			if strings.Contains(s.name, "takes the browser") && len(a.kept) != 0 {
				t.Errorf("kept %v, although the session has changed", a.kept)
			}
		})
		// The inverse: an app that binds nothing keeps it for whoever is there.
		a := newAccounts(t, forWhoeverIsThere)
		if begun := s.do(t, a); a.kept["one"] != begun || a.kept["two"] > 1 {
			mixed++
		}
	}
	if mixed < 3 {
		t.Errorf("inverse: an app that binds nothing mixes up %d", mixed)
	}
	t.Logf("figure: %d swaps of sessions, tabs and cookies x 2 rules: none mixed up; without a bound value %d are", len(swaps), mixed)
}

// L9: a value that nobody would look at, or that is not there, is an error
// before anything begins.
func TestABoundValueCannotBeLost(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(a *accounts, c *login.WebConfig)
		status int
	}{
		{"L9: bound, and taken", forTheAccount, http.StatusSeeOther},
		{"L9: bound, and Save does not get it", func(*accounts, *login.WebConfig) {}, http.StatusInternalServerError},
		{"L9: taken, and not bound", func(a *accounts, c *login.WebConfig) {
			forTheAccount(a, c)
			c.Begin = func(*http.Request) (*authcode.Request, error) { return a.p.begin(a.server.URL + "/callback") }
		}, http.StatusInternalServerError},
		{"L9: bound to nobody", func(a *accounts, c *login.WebConfig) { forTheAccount(a, c); a.session = "" }, http.StatusInternalServerError},
		{"L9: too long", func(a *accounts, c *login.WebConfig) { forTheAccount(a, c); a.session = strings.Repeat("a", 1025) }, http.StatusInternalServerError},
		{"L9: the longest", func(a *accounts, c *login.WebConfig) { forTheAccount(a, c); a.session = strings.Repeat("a", 1024) }, http.StatusSeeOther},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAccounts(t, func(a *accounts, c *login.WebConfig) { a.session = "one"; tt.change(a, c) })
			b := a.browser(t)
			got := b.get("/start")
			if got.status != tt.status {
				t.Fatalf("status %d: %s", got.status, got.body)
			}
			if got.status == http.StatusSeeOther {
				b.do("GET", b.allow(got.header.Get("Location")))
				if a.kept[a.session] != 1 {
					t.Errorf("kept %v", a.kept)
				}
			}
		})
	}
}

// A page that comes a second time is for the same account.
func TestDoneIsToldTheAccountTheSecondTimeToo(t *testing.T) {
	a := newAccounts(t, forTheAccount)
	b := a.browser(t)
	a.session = "one"
	callback := b.allow(b.start())
	a.session = "two"
	for range 3 {
		b.do("GET", callback)
	}
	if strings.Join(a.done, " ") != "one one one" || a.kept["one"] != 1 {
		t.Errorf("%v, %v", a.done, a.kept)
	}
	if login.Bound(&http.Request{}) != "" {
		t.Error("a request without a value has one")
	}
}
