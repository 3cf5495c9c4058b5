package login_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// asksAhead are requests that no user has meant, each as its browser or library
// sends it.
var asksAhead = []struct {
	name, header, value string
	status              int
}{
	{"a prerendering of Chromium", "Sec-Purpose", "prefetch;prerender", http.StatusServiceUnavailable},
	{"a prefetch of the Fetch standard", "Sec-Purpose", "prefetch", http.StatusServiceUnavailable},
	{"a prefetch through a proxy of Chromium", "Sec-Purpose", "prefetch;anonymous-client-ip", http.StatusServiceUnavailable},
	{"a prerendering by its own name", "Sec-Purpose", `"prerender"`, http.StatusServiceUnavailable},
	{"a prefetch of older Chromium", "Purpose", "prefetch", http.StatusServiceUnavailable},
	{"a prefetch of older Firefox", "X-Moz", "prefetch", http.StatusServiceUnavailable},
	{"a preview of Safari", "X-Purpose", "preview", http.StatusServiceUnavailable},
	{"a prefetch of Turbo", "X-Sec-Purpose", "Prefetch", http.StatusServiceUnavailable},
	{"a HEAD", "", "", http.StatusMethodNotAllowed},
}

func ahead(header, value string) func(*http.Request) {
	return func(r *http.Request) {
		if header == "" {
			r.Method = http.MethodHead
			return
		}
		r.Header.Set(header, value)
	}
}

// toldToComeBack holds what the answer to such a request has.
func toldToComeBack(t *testing.T, a answer, status int) {
	t.Helper()
	vary := strings.Join(a.header.Values("Vary"), ", ")
	if a.status != status || a.header.Get("Cache-Control") != "no-store" || a.header.Get("Location") != "" || len(a.header.Values("Set-Cookie")) > 0 ||
		!strings.Contains(vary, "Sec-Purpose") || !strings.Contains(vary, "X-Moz") || a.header.Get("Retry-After")+a.header.Get("Allow") == "" {
		t.Errorf("status %d, %v", a.status, a.header)
	}
}

// L3: nothing is spent by a request that nobody meant, at the start and at the
// callback, on the web and in the listener.
func TestSpeculativeRequestsSpendNothing(t *testing.T) {
	for _, tt := range asksAhead {
		t.Run("L3: "+tt.name+", on the web", func(t *testing.T) {
			a := newApp(t, newSquare)
			b := a.browser(t)
			toldToComeBack(t, b.do("GET", a.server.URL+"/start", ahead(tt.header, tt.value)), tt.status)
			callback := b.allow(b.start())
			toldToComeBack(t, b.do("GET", callback, ahead(tt.header, tt.value)), tt.status)
			if a.p.exchanges() != 0 || len(b.cookies()) != 1 {
				t.Errorf("%d exchanges, %d cookies", a.p.exchanges(), len(b.cookies()))
			}
			if got := b.do("GET", callback); got.status != http.StatusOK || len(a.saved) != 1 {
				t.Errorf("the navigation itself: status %d", got.status)
			}
		})
		t.Run("L3: "+tt.name+", in the listener", func(t *testing.T) {
			r := run(t, newSquare(t, ephemeral("square")))
			toldToComeBack(t, get(t, r.allowed(), ahead(tt.header, tt.value)), tt.status)
			r.waits()
			if r.p.exchanges() != 0 {
				t.Errorf("%d exchanges", r.p.exchanges())
			}
			r.succeeds()
		})
	}
}

// The inverse: a navigation that a browser marks as one is no such request.
func TestANavigationIsMeant(t *testing.T) {
	for _, tt := range []struct{ header, value string }{
		{"Sec-Fetch-Mode", "navigate"}, {"Sec-Purpose", ""}, {"Sec-Purpose", "unprefetched"}, {"Purpose", "navigation"}, {"X-Other", "prefetch"},
	} {
		a := newApp(t, newSquare)
		b := a.browser(t)
		if got := b.do("GET", b.allow(b.start()), ahead(tt.header, tt.value)); got.status != http.StatusOK || len(a.saved) != 1 {
			t.Errorf("%s: %q: status %d", tt.header, tt.value, got.status)
		}
	}
}

// L10: a sign-in under way is not pushed out by what nobody meant.
func TestPrefetchesEvictNoSignIn(t *testing.T) {
	for _, tt := range asksAhead {
		t.Run("L10: "+tt.name, func(t *testing.T) {
			a := newApp(t, newSquare)
			b := a.browser(t)
			authorize := b.start()
			for range 10 {
				b.do("GET", a.server.URL+"/start", ahead(tt.header, tt.value))
			}
			if got := b.do("GET", b.allow(authorize)); got.status != http.StatusOK {
				t.Errorf("status %d: %s", got.status, got.body)
			}
		})
	}
	t.Run("L10: sign-ins that are over", func(t *testing.T) {
		a := newApp(t, newSquare)
		b := a.browser(t)
		authorize := b.start()
		for i := range 8 {
			if got := b.do("GET", b.allow(b.start())); got.status != http.StatusOK {
				t.Fatalf("%d: status %d", i, got.status)
			}
		}
		if n := len(b.cookies()); n > 5 {
			t.Errorf("%d cookies", n)
		}
		if got := b.do("GET", b.allow(authorize)); got.status != http.StatusOK {
			t.Errorf("status %d: %s", got.status, got.body)
		}
	})
	t.Run("the inverse: five that are meant", func(t *testing.T) {
		a := newApp(t, newSquare)
		b := a.browser(t)
		authorize := b.start()
		for range 5 {
			b.start()
		}
		if got := b.do("GET", b.allow(authorize)); got.status != http.StatusBadRequest {
			t.Errorf("status %d: %s", got.status, got.body)
		}
	})
}

// withoutState are denials, and what may be one, as providers send them that
// leave the state out.
var withoutState = []struct{ name, query string }{
	{"an error alone", "error=access_denied&error_description=user_denied"},
	{"an empty state", "error=access_denied&state="},
	{"a state that was cut", "error=access_denied&state=junk"},
	{"another error", "error=consent_required"},
}

// L6: a denial that names no sign-in ends none, and the words allow for it.
func TestADenialWithoutAState(t *testing.T) {
	const words = "If you said no"
	for _, tt := range withoutState {
		t.Run("L6: "+tt.name+", on the web", func(t *testing.T) {
			a := newApp(t, newSquare)
			b := a.browser(t)
			authorize := b.start()
			if got := b.get("/callback?" + tt.query); got.status != http.StatusBadRequest || !strings.Contains(got.body, words) {
				t.Errorf("status %d: %s", got.status, got.body)
			}
			if got := b.do("GET", b.allow(authorize)); got.status != http.StatusOK {
				t.Errorf("the sign-in has ended: status %d", got.status)
			}
		})
		t.Run("L6: "+tt.name+", in the listener", func(t *testing.T) {
			r := run(t, newSquare(t, ephemeral("square")))
			for range 3 {
				if got := get(t, r.redirect()+"?"+tt.query); got.status != http.StatusBadRequest || !strings.Contains(got.body, words) || !strings.Contains(got.body, "Ctrl-C") {
					t.Errorf("status %d: %s", got.status, got.body)
				}
			}
			r.waits()
			if n := strings.Count(r.out.String(), words); n != 1 {
				t.Errorf("the terminal says it %d times: %s", n, r.out)
			}
			r.succeeds()
		})
		t.Run("L6: "+tt.name+", pasted", func(t *testing.T) {
			p := newSquare(t, pasted)
			s := paste(t, p)
			callback, err := p.allow(<-s.url)
			if err != nil {
				t.Fatal(err)
			}
			s.types(t, pasted+"?"+tt.query, callback)
			if o := <-s.ended; o.err != nil || strings.Count(s.out.String(), words) != 1 {
				t.Errorf("%v: %s", o.err, s.out)
			}
		})
	}
	t.Run("L6: nothing at all, on the web", func(t *testing.T) {
		if got := newApp(t, newSquare).browser(t).get("/callback"); !strings.Contains(got.body, words) {
			t.Errorf("status %d: %s", got.status, got.body)
		}
	})
	t.Run("the inverse: a code says nothing of a denial", func(t *testing.T) {
		if got := newApp(t, newSquare).browser(t).get("/callback?code=x&state=junk"); strings.Contains(got.body, words) {
			t.Errorf("status %d: %s", got.status, got.body)
		}
	})
}

// L11: no number of wrong requests ends a sign-in, however they come.
func TestWrongRequestsEndNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: thousands of requests")
	}
	for _, tt := range []struct {
		name     string
		requests int
		ways     int
		query    func(i int) string
	}{
		{"guesses, four at a time", 10_100, 4, func(i int) string { return fmt.Sprintf("code=x&state=%d", i) }},
		{"denials, two at a time", 1_500, 2, func(int) string { return "error=access_denied" }},
		{"a flood of what cannot be parsed", 3_000, 64, func(int) string { return "%zz" }},
	} {
		t.Run("L11: "+tt.name, func(t *testing.T) {
			r := run(t, newSquare(t, ephemeral("square")))
			ended := make(chan error, tt.ways)
			for range tt.ways {
				go func() {
					var wrong error
					for i := range tt.requests / tt.ways {
						// A flood has some of its connections closed unheard.
						a, err := try(r.redirect() + "?" + tt.query(i))
						if err == nil && a.status != http.StatusBadRequest && a.status != http.StatusTooManyRequests || err != nil && tt.ways < 32 {
							wrong = fmt.Errorf("status %d, %v", a.status, err)
						}
					}
					ended <- wrong
				}()
			}
			for range tt.ways {
				if err := <-ended; err != nil {
					t.Error(err)
				}
			}
			r.waits()
			if lines := strings.Count(r.out.String(), "refused"); lines > 3 {
				t.Errorf("%d lines: %s", lines, r.out)
			}
			r.succeeds()
		})
	}
}
