package login_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/internal/childtest"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/tokens"
)

// watched is a memory of used states that tells when somebody comes a second
// time and waits.
type watched struct {
	authcode.UsedStates
	once  sync.Once
	asked chan struct{}
}

func newWatched() *watched {
	return &watched{UsedStates: authcode.SharedStates(tokens.NewMemoryStore()), asked: make(chan struct{})}
}

func (w *watched) Outcome(ctx context.Context, id string) (authcode.Outcome, error) {
	w.once.Do(func() { close(w.asked) })
	return w.UsedStates.Outcome(ctx, id)
}

// repeats are the ways in which one answer comes more than once, or before its
// time. Each returns what the user sees last, and how often the code was sent.
var repeats = []struct {
	name string
	web  func(t *testing.T, make func(testing.TB, string) provider) (last string, exchanges int)
	run  func(t *testing.T) (last string, exchanges int)
	want string // on the last page
}{
	{"speculative", func(t *testing.T, make func(testing.TB, string) provider) (string, int) {
		a := newApp(t, make)
		b := a.browser(t)
		callback := b.allow(b.start())
		b.do("GET", callback, ahead("Sec-Purpose", "prefetch;prerender"))
		return b.do("GET", callback).body, a.p.exchanges()
	}, func(t *testing.T) (string, int) {
		r := run(t, newSquare(t, ephemeral("square")))
		callback := r.allowed()
		get(t, callback, ahead("Sec-Purpose", "prefetch;prerender"))
		last := get(t, callback).body
		<-r.ended
		return last, r.p.exchanges()
	}, "Signed in to Square"},
	{"asked for with HEAD", func(t *testing.T, make func(testing.TB, string) provider) (string, int) {
		a := newApp(t, make)
		b := a.browser(t)
		callback := b.allow(b.start())
		b.do("HEAD", callback)
		return b.do("GET", callback).body, a.p.exchanges()
	}, func(t *testing.T) (string, int) {
		r := run(t, newSquare(t, ephemeral("square")))
		callback := r.allowed()
		get(t, callback, ahead("", ""))
		last := get(t, callback).body
		<-r.ended
		return last, r.p.exchanges()
	}, "Signed in to Square"},
	{"doubled", func(t *testing.T, _ func(testing.TB, string) provider) (string, int) {
		// The second click comes while the first code is being exchanged.
		memory := newWatched()
		saving, goOn := make(chan struct{}), make(chan struct{})
		a := newApp(t, func(t testing.TB, u string) provider { return newSquareWith(t, u, memory) })
		a.save = func(*http.Request) error { close(saving); <-goOn; return nil }
		b := a.browser(t)
		callback := b.allow(b.start())
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			r, _ := http.NewRequestWithContext(ctx, http.MethodGet, callback, nil)
			for _, c := range b.cookies() {
				r.AddCookie(c)
			}
			if resp, err := a.server.Client().Do(r); err == nil {
				_ = resp.Body.Close()
			}
		}()
		<-saving
		cancel() // the browser gives the first one up for the second
		go func() { <-memory.asked; close(goOn) }()
		return b.do("GET", callback).body, a.p.exchanges()
	}, func(t *testing.T) (string, int) {
		p := newSquare(t, ephemeral("square"))
		second := make(chan struct{})
		p.client = &clicked{Client: p.client, again: second}
		saving, goOn := make(chan struct{}), make(chan struct{})
		r := run(t, p, func(c *login.Config) {
			c.Save = func(context.Context, *grantway.Token) error { close(saving); <-goOn; return nil }
		})
		callback := r.allowed()
		go func() { _, _ = try(callback) }()
		<-saving
		go func() { <-second; close(goOn) }()
		last := get(t, callback).body
		<-r.ended
		return last, p.exchanges()
	}, "Already signed in to Square"},
	{"reloaded", func(t *testing.T, make func(testing.TB, string) provider) (string, int) {
		a := newApp(t, make)
		b := a.browser(t)
		callback := b.allow(b.start())
		var last string
		for range 3 {
			last = b.do("GET", callback).body
		}
		return last, a.p.exchanges()
	}, nil, "Already signed in to Square"}, // the listener is gone by then: STD-28
	{"replicated", func(t *testing.T, _ func(testing.TB, string) provider) (string, int) {
		return replicated(t, filepath.Join(t.TempDir(), "states"))
	}, func(t *testing.T) (string, int) {
		// Another program's listener does not take it.
		r, other := run(t, newSquare(t, ephemeral("square"))), run(t, newSquare(t, ephemeral("square")))
		callback, err := url.Parse(r.allowed())
		if err != nil {
			t.Fatal(err)
		}
		get(t, other.redirect()+"?"+callback.RawQuery)
		last := get(t, callback.String()).body
		<-r.ended
		n := r.p.exchanges() + other.p.exchanges()
		other.succeeds()
		return last, n
	}, "ed in to Square"},
}

// clicked is a client that tells of a callback whose state was used before.
type clicked struct {
	login.Client
	again chan struct{}
	once  sync.Once
}

func (c *clicked) Callback(a *authcode.Request, r *http.Request) (grantway.AuthorizationCode, error) {
	code, err := c.Client.Callback(a, r)
	if errors.Is(err, authcode.ErrUsed) {
		c.once.Do(func() { close(c.again) })
	}
	return code, err
}

// replicated sends one callback to this process and to another, both of one
// app. The folder holds the used states; without one, each has its own memory.
func replicated(t *testing.T, folder string) (last string, exchanges int) {
	used, err := sharedStates(folder)
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(t, func(t testing.TB, u string) provider { return newSquareWith(t, u, used) })
	child := childtest.Start(t, "replica", a.p.base, folder)
	address, err := child.Out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	b := a.browser(t)
	callback := b.allow(b.start())
	cookies := b.cookies()
	_, query, _ := strings.Cut(callback, "?")
	there := make(chan string, 1)
	go func() {
		got, err := try("http://"+strings.TrimSpace(address)+"/callback?"+query, func(r *http.Request) {
			for _, c := range cookies {
				r.AddCookie(c)
			}
		})
		if err != nil {
			got.body = err.Error()
		}
		there <- got.body
	}()
	here := b.do("GET", callback).body
	last = <-there
	if folder != "" && strings.Contains(here, "Already") == strings.Contains(last, "Already") {
		t.Errorf("one says %s\nthe other %s", here, last)
	}
	if _, err := io.WriteString(child.In, "\n"); err != nil {
		t.Error(err)
	}
	if said, err := child.End(); err != nil {
		t.Error(said, err)
	}
	return last, a.p.exchanges()
}

// naive is a web handler as tutorials write it: the state is looked for, and
// the code is sent whenever it comes.
func naive(t *testing.T, times int, change ...func(*http.Request)) (exchanges int) {
	p := newSquare(t, "https://app.example/callback")
	auth, err := p.begin("https://app.example/callback")
	if err != nil {
		t.Fatal(err)
	}
	callback, err := p.allow(auth.URL())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	for range times {
		r := &http.Request{Method: http.MethodGet, URL: u, Header: http.Header{}}
		for _, c := range change {
			c(r)
		}
		_, _ = p.client.Exchange(t.Context(), grantway.AuthorizationCode{Code: grantway.NewSecret(r.URL.Query().Get("code")), RedirectURL: "https://app.example/callback"})
	}
	return p.exchanges()
}

// TestCheck090_EveryRepeatIsOneExchangeAndTheRightWords: L3, L4 and L5.
func TestCheck090_EveryRepeatIsOneExchangeAndTheRightWords(t *testing.T) {
	ways := 0
	for _, kind := range repeats {
		t.Run(kind.name+", on the web", func(t *testing.T) {
			ways++
			if last, n := kind.web(t, newSquare); n != 1 || !strings.Contains(last, kind.want) {
				t.Errorf("%d exchanges: %s", n, last)
			}
		})
		if kind.run == nil {
			continue
		}
		t.Run(kind.name+", in the listener", func(t *testing.T) {
			ways++
			if last, n := kind.run(t); n != 1 || !strings.Contains(last, kind.want) {
				t.Errorf("%d exchanges: %s", n, last)
			}
		})
	}
	// The inverse: without what holds them, the same send the code twice.
	if n := naive(t, 1, ahead("Sec-Purpose", "prefetch")) + naive(t, 1, ahead("", "")); n != 2 {
		t.Errorf("inverse: a naive handler sends the code %d times for a prefetch and a HEAD", n)
	}
	if n := naive(t, 2); n != 2 {
		t.Errorf("inverse: a naive handler sends the code %d times for two", n)
	}
	if _, n := replicated(t, ""); n != 2 {
		t.Errorf("inverse: two processes without a shared memory send the code %d times", n)
	}
	t.Logf("figure: %d kinds, %d ways on the web and in the listener, one of them two processes: 1 exchange each", len(repeats), ways)
}

// L4: whoever comes a second time hears how it ended, in this process and in
// another that has nothing but the cookie.
func TestTheSecondTimeTellsHowItEnded(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first func(b *browser, authorize string) string // the address that ends the sign-in
		want  string
	}{
		{"L4: it worked", func(b *browser, authorize string) string { return b.allow(authorize) }, "Already signed in"},
		{"L4: the user said no", func(b *browser, authorize string) string {
			callback, err := b.app.p.deny(authorize)
			if err != nil {
				b.t.Fatal(err)
			}
			return callback
		}, "Access was not granted"},
		{"L4: the provider failed", func(b *browser, authorize string) string {
			callback := b.allow(authorize)
			b.app.p.failNext()
			return callback
		}, "did not work"},
		{"L4: the app could not save", func(b *browser, authorize string) string {
			b.app.save = func(*http.Request) error { return errors.New("the disk is full") }
			return b.allow(authorize)
		}, "did not work"},
		{"L4: the provider reported an error", func(b *browser, authorize string) string {
			u, _ := url.Parse(authorize)
			return b.app.server.URL + "/callback?error=server_error&state=" + u.Query().Get("state")
		}, "did not work"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			apps(t, func(t *testing.T, provider func(testing.TB, string) provider) {
				a := newApp(t, provider)
				b := a.browser(t)
				callback := tt.first(b, b.start())
				old := b.cookies()
				b.do("GET", callback)
				n := a.p.exchanges()
				withCookie := b.do("GET", callback)
				b.jar.SetCookies(mustURL(t, a.server.URL), old) // as after a double click, whose first answer is lost
				withOld := b.do("GET", callback)
				for _, got := range []answer{withCookie, withOld} {
					if !strings.Contains(got.body, tt.want) || a.p.exchanges() != n {
						t.Errorf("status %d, %d exchanges more: %s", got.status, a.p.exchanges()-n, got.body)
					}
					guarded(t, got)
				}
			})
		})
	}
	t.Run("the inverse: in another browser it is over", func(t *testing.T) {
		a := newApp(t, newSquare)
		b := a.browser(t)
		callback := b.allow(b.start())
		b.do("GET", callback)
		if got := a.browser(t).do("GET", callback); strings.Contains(got.body, "Already") || got.status != http.StatusBadRequest {
			t.Errorf("status %d: %s", got.status, got.body)
		}
	})
	t.Run("the inverse: the cookie of another sign-in says nothing", func(t *testing.T) {
		a := newApp(t, newSquare)
		b := a.browser(t)
		b.do("GET", b.allow(b.start()))
		over := b.cookies()[0]
		callback := b.allow(b.start())
		for _, c := range b.cookies() {
			if c.Name != over.Name {
				b.jar.SetCookies(mustURL(t, a.server.URL), []*http.Cookie{{Name: c.Name, Value: over.Value, Secure: true, Path: "/"}})
			}
		}
		if got := b.do("GET", callback); strings.Contains(got.body, "Already") || got.status != http.StatusBadRequest || a.p.exchanges() != 1 {
			t.Errorf("status %d: %s", got.status, got.body)
		}
	})
	t.Run("the app's own page answers the second time too", func(t *testing.T) {
		a := newApp(t, newSquare, func(_ *app, c *login.WebConfig) { c.Done = http.RedirectHandler("/accounts", http.StatusSeeOther) })
		b := a.browser(t)
		callback := b.allow(b.start())
		for range 3 {
			if got := b.do("GET", callback); got.header.Get("Location") != "/accounts" || len(a.saved) != 1 {
				t.Errorf("status %d, %d saved", got.status, len(a.saved))
			}
		}
	})
}

func mustURL(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// A memory that cannot be asked spends nothing: the same address works later.
func TestTheMemoryOfStatesFailsForAWhile(t *testing.T) {
	memory := &unsteady{UsedStates: authcode.SharedStates(tokens.NewMemoryStore())}
	a := newApp(t, func(t testing.TB, u string) provider { return newSquareWith(t, u, memory) })
	b := a.browser(t)
	callback := b.allow(b.start())
	memory.fails = errors.New("the network is down")
	if got := b.do("GET", callback); got.status != http.StatusInternalServerError || a.p.exchanges() != 0 || strings.Contains(got.body, "You are signed in") {
		t.Errorf("status %d: %s", got.status, got.body)
	}
	memory.fails = nil
	if got := b.do("GET", callback); got.status != http.StatusOK || len(a.saved) != 1 {
		t.Errorf("status %d: %s", got.status, got.body)
	}

	memory.fails = errors.New("the network is down")
	r := run(t, newSquareWith(t, ephemeral("square"), memory))
	callback = r.allowed()
	if got := get(t, callback); got.status != http.StatusInternalServerError || !strings.Contains(got.body, "again") {
		t.Errorf("status %d: %s", got.status, got.body)
	}
	r.waits()
	memory.fails = nil
	if got := get(t, callback); got.status != http.StatusOK {
		t.Errorf("status %d: %s", got.status, got.body)
	}
	<-r.ended
}

type unsteady struct {
	authcode.UsedStates
	fails error
}

func (u *unsteady) Take(ctx context.Context, id string, expires time.Time) (bool, error) {
	if u.fails != nil {
		return false, u.fails
	}
	return u.UsedStates.Take(ctx, id, expires)
}
