package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

func TestCheck039_AThousandCallersOneRefresh(t *testing.T) {
	const callers = 1000
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		p.takes = 50 * time.Millisecond
		s := p.seeded(t, tokens.NewMemoryStore())
		all(t, callers, func() error { _, err := s.TokenContext(context.Background()); return err })
		if p.count() != 1 {
			t.Errorf("%d calls", p.count())
		}
		// Inverse: callers that refresh by themselves.
		q := newIssuer()
		all(t, callers, func() error { _, _ = q.refresh(context.Background(), nil); return nil })
		if q.count() != callers {
			t.Errorf("inverse: %d calls", q.count())
		}
		t.Logf("figure: %d callers, %d refresh", callers, p.count())
	})
}

// all runs f n times at once and waits for all of them.
func all(t testing.TB, n int, f func() error) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := f(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestCheck040_AHundredSourcesOneRefresh(t *testing.T) {
	const sources = 100
	calls := func(store func(i int, s tokens.Store) tokens.Store) (n int) {
		synctest.Test(t, func(t *testing.T) {
			p := newIssuer()
			p.takes = 50 * time.Millisecond
			common := tokens.NewMemoryStore()
			p.seeded(t, common)
			list := make([]*tokens.Source, sources)
			for i := range list {
				list[i] = p.source(t, store(i, common))
			}
			next := make(chan *tokens.Source, sources)
			for _, s := range list {
				next <- s
			}
			all(t, sources, func() error { _, err := (<-next).TokenContext(context.Background()); return err })
			n = p.count()
		})
		return n
	}
	same := calls(func(_ int, s tokens.Store) tokens.Store { return s })
	// As other processes see it: neither the flight nor a lease is shared.
	apart := calls(func(_ int, s tokens.Store) tokens.Store { return &incomparable{s} })
	if same != 1 || apart != 1 {
		t.Errorf("%d calls in one process, %d over the store alone", same, apart)
	}
	t.Logf("figure: %d sources, %d refresh in one process, %d over the store alone", sources, same, apart)

	// Inverse: sources of x/oauth2 know nothing of each other.
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		for range sources {
			src := oauth2.ReuseTokenSource(nil, tokenFunc(func() (*oauth2.Token, error) {
				tok, err := p.refresh(context.Background(), nil)
				return tok.OAuth2Token(), err
			}))
			_, _ = src.Token()
		}
		if p.count() != sources {
			t.Errorf("inverse: %d calls", p.count())
		}
	})
}

type tokenFunc func() (*oauth2.Token, error)

func (f tokenFunc) Token() (*oauth2.Token, error) { return f() }

func TestCheck041_ACancelledCallerReturnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		p.takes = 3 * time.Second
		s := p.seeded(t, tokens.NewMemoryStore())
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := s.TokenContext(ctx)
		took := time.Since(began)
		if !errors.Is(err, context.DeadlineExceeded) || took > 250*time.Millisecond {
			t.Errorf("%v after %v", err, took)
		}
		if got := access(t, s); got != "access-1" || p.count() != 1 {
			t.Errorf("the refresh did not go on: %s, %d calls", got, p.count())
		}
		// Inverse: Token has no context, and waits the three seconds.
		q := newIssuer()
		q.takes = 3 * time.Second
		began = time.Now()
		if _, err := q.seeded(t, tokens.NewMemoryStore()).Token(); err != nil || time.Since(began) < 3*time.Second {
			t.Errorf("inverse: %v after %v", err, time.Since(began))
		}
		t.Logf("figure: back after %v of a refresh of 3 s", took)
	})
}

func TestCheck042_TheLeadersCancellationIsItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		p.takes = time.Second
		s := p.seeded(t, tokens.NewMemoryStore())
		ctx, cancel := context.WithCancel(context.Background())
		first := make(chan error)
		go func() { _, err := s.TokenContext(ctx); first <- err }()
		synctest.Wait() // the leader's flight is under way
		var wg sync.WaitGroup
		var got atomic.Int64
		for range 99 {
			wg.Go(func() {
				if tok, err := s.TokenContext(context.Background()); err == nil && tok.AccessToken.Reveal() == "access-1" {
					got.Add(1)
				}
			})
		}
		synctest.Wait()
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("the leader: %v", err)
		}
		wg.Wait()
		if got.Load() != 99 || p.count() != 1 {
			t.Errorf("%d got the token, %d calls", got.Load(), p.count())
		}
		// Inverse: a refresh on the leader's context ends with the leader.
		q := newIssuer()
		q.takes = time.Second
		if _, err := q.refresh(ctx, nil); err == nil {
			t.Error("inverse: the refresh survives the leader")
		}
		t.Logf("figure: leader of 100 cancelled, %d of 99 got the token, %d refresh", got.Load(), p.count())
	})
}

func TestCheck043_TheFlightIsBoundedStoppableAndPanicSafe(t *testing.T) {
	for _, tt := range []struct {
		name  string
		setUp func(*testing.T, *issuer) *tokens.Source
		close time.Duration // when to close, if at all
		want  error
		most  time.Duration
	}{
		{"a provider that hangs", func(t *testing.T, p *issuer) *tokens.Source {
			p.takes = time.Hour
			return p.seeded(t, tokens.NewMemoryStore())
		}, 0, grantway.ErrAmbiguous, 70 * time.Second},
		{"a provider that ignores its context", func(t *testing.T, p *issuer) *tokens.Source {
			return p.seeded(t, tokens.NewMemoryStore(), func(c *setup) {
				c.Refresh = func(context.Context, *grantway.Token) (*grantway.Token, error) {
					time.Sleep(time.Hour)
					return nil, io.EOF
				}
			})
		}, 0, grantway.ErrAmbiguous, 70 * time.Second},
		{"closed in the middle", func(t *testing.T, p *issuer) *tokens.Source {
			p.takes = time.Hour
			return p.seeded(t, tokens.NewMemoryStore())
		}, time.Second, tokens.ErrClosed, 10 * time.Second},
		{"a store that panics", func(t *testing.T, p *issuer) *tokens.Source {
			store := &faulty{Store: tokens.NewMemoryStore()}
			s := p.seeded(t, store)
			store.swap = func(int) error { panic("example-secret") }
			return s
		}, 0, grantway.ErrStore, 0},
		{"a refresh that panics", func(t *testing.T, p *issuer) *tokens.Source {
			return p.seeded(t, tokens.NewMemoryStore(), func(c *setup) {
				c.Refresh = func(context.Context, *grantway.Token) (*grantway.Token, error) { panic("example-secret") }
			})
		}, 0, grantway.ErrAmbiguous, 10 * time.Second}, // after one replay
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newIssuer()
				s := tt.setUp(t, p)
				if tt.close > 0 {
					time.AfterFunc(tt.close, func() { _ = s.Close() })
				}
				began := time.Now()
				_, err := s.TokenContext(context.Background())
				if !errors.Is(err, tt.want) || strings.Contains(err.Error(), "example-secret") || time.Since(began) > tt.most {
					t.Errorf("%v after %v, want %v within %v", err, time.Since(began), tt.want, tt.most)
				}
				time.Sleep(2 * time.Hour) // whatever hangs wakes up and is gone
			})
		})
	}
	// Inverse: without a flight, the caller shares the hang.
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		p.takes = time.Hour
		began := time.Now()
		if _, err := p.refresh(context.Background(), nil); err != nil || time.Since(began) < time.Hour {
			t.Errorf("inverse: %v after %v", err, time.Since(began))
		}
	})
	t.Log("figure: 5 ways to hang or die, each ends within 70 s of virtual time")
}

// faulty is a store whose n-th swap or load does what the test says. It hides
// that the store beneath has leases.
type faulty struct {
	tokens.Store
	swaps, loads atomic.Int64
	swap, load   func(n int) error
	after        func(n int) error // the swap is done and then reported as failed
}

func (f *faulty) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	n := int(f.swaps.Add(1))
	if f.swap != nil {
		if err := f.swap(n); err != nil {
			return err
		}
	}
	if err := f.Store.CompareAndSwap(ctx, old, e); err != nil {
		return err
	}
	if f.after != nil {
		return f.after(n)
	}
	return nil
}

func (f *faulty) Load(ctx context.Context, key string) (tokens.Entry, error) {
	n := int(f.loads.Add(1))
	if f.load != nil {
		if err := f.load(n); err != nil {
			return tokens.Entry{}, err
		}
	}
	return f.Store.Load(ctx, key)
}

func TestCheck044_AFailureIsSharedAndBackedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		p.answer = func(int) (error, bool) { return kind(grantway.KindUnavailable), false }
		p.takes = 10 * time.Millisecond
		s := p.seeded(t, tokens.NewMemoryStore())
		var wg sync.WaitGroup
		for range 400 {
			wg.Go(func() {
				if _, err := s.TokenContext(context.Background()); !errors.Is(err, grantway.ErrUnavailable) {
					t.Errorf("got %v", err)
				}
			})
		}
		wg.Wait()
		once := p.count()
		began := time.Now()
		for time.Since(began) < time.Minute { // a minute of everyone asking
			_, _ = s.TokenContext(context.Background())
			time.Sleep(20 * time.Millisecond)
		}
		if once != 1 || p.count() > 10 {
			t.Errorf("%d calls for 400 at once, %d in a minute", once, p.count())
		}
		t.Logf("figure: 400 callers on a failing refresh, %d call; %d in the following minute", once, p.count()-once)

		// A token that is still good is served meanwhile.
		q := newIssuer()
		u := q.seeded(t, tokens.NewMemoryStore())
		access(t, u)
		q.answer = p.answer
		time.Sleep(55 * time.Minute)
		for range 60 {
			access(t, u)
			time.Sleep(time.Second)
		}
		// Inverse: x/oauth2 repeats the failure for every caller in turn.
		r := newIssuer()
		r.answer = p.answer
		src := oauth2.ReuseTokenSource(nil, tokenFunc(func() (*oauth2.Token, error) {
			_, err := r.refresh(context.Background(), nil)
			return nil, err
		}))
		for range 400 {
			_, _ = src.Token()
		}
		if r.count() != 400 {
			t.Errorf("inverse: %d calls", r.count())
		}
	})
}

func TestCheck046_InvalidGrantIsBelievedAfterAnotherLook(t *testing.T) {
	// A peer rotates the token while this one's refresh is under way.
	run := func(look bool) (tok *grantway.Token, err error) {
		synctest.Test(t, func(t *testing.T) {
			common := tokens.NewMemoryStore()
			p := newIssuer()
			peer := p.seeded(t, &incomparable{common})
			s := p.source(t, &incomparable{common}, func(c *setup) {
				c.Refresh = func(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
					if look {
						if err := peer.Save(ctx, p.token("access-peer", "refresh-peer")); err != nil {
							t.Error(err)
						}
					}
					return nil, kind(grantway.KindRejected)
				}
			})
			tok, err = s.TokenContext(context.Background())
		})
		return tok, err
	}
	tok, err := run(true)
	if err != nil || tok.AccessToken.Reveal() != "access-peer" {
		t.Errorf("%v, %v", tok, err)
	}
	// Inverse: with nothing new in the store, death is believed.
	if _, err := run(false); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("inverse: %v", err)
	}
	t.Log("figure: 1 rotation by a peer adopted, 1 real refusal believed")
}

func TestCheck047_NoRacesInAMillionMixedOperations(t *testing.T) {
	const workers, each = 8, 125_000
	p := newIssuer()
	s := p.seeded(t, tokens.NewMemoryStore(), func(c *setup) { c.LeastInterval = 1 })
	base := &http.Client{Timeout: time.Minute}
	before := fmt.Sprintf("%+v", *base)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				switch {
				case i%25_000 == w*100:
					if tok, err := s.TokenContext(context.Background()); err == nil {
						s.Invalidate(tok.AccessToken)
					}
				case i%2 == 0:
					if _, err := s.Token(); err != nil {
						t.Error(err)
						return
					}
				default:
					if _, err := s.TokenContext(context.Background()); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	if fmt.Sprintf("%+v", *base) != before {
		t.Error("the caller's http.Client changed")
	}
	if p.count() < 2 {
		t.Errorf("inverse: only %d refreshes took place, which mixes nothing", p.count())
	}
	t.Logf("figure: %d operations, %d refreshes among them", workers*each, p.count())
}

func TestCheck067_PersistedBeforePublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := 0
		for n := 1; n <= 3; n++ { // the attempt, the token, and the token's second try
			p := newIssuer()
			store := &faulty{Store: tokens.NewMemoryStore()}
			s := p.seeded(t, store)
			store.swaps.Store(0)
			full := true
			store.swap = func(i int) error {
				if full && i >= n {
					return errors.New("no space left on device")
				}
				return nil
			}
			_, err := s.TokenContext(context.Background())
			want, calls := grantway.ErrNotPersisted, 1
			if n == 1 {
				want, calls = grantway.ErrStore, 0
			}
			if n == 3 {
				want = nil // saved at the second write
			}
			if want == nil && err != nil || want != nil && !errors.Is(err, want) || p.count() != calls {
				t.Errorf("write %d fails: %v after %d calls, want %v after %d", n, err, p.count(), want, calls)
			}
			if e, err := store.Load(context.Background(), "acme///one"); err != nil || n == 2 && strings.Contains(string(e.Data), "access-1") {
				t.Errorf("write %d fails: the store has %v, %v", n, e, err)
			}
			full = false
			time.Sleep(2 * time.Minute)
			if got := access(t, s); got != "access-1" || p.count() != 1 {
				t.Errorf("write %d failed, and the store is well again: %s after %d calls", n, got, p.count())
			}
			failures++
		}
		t.Logf("figure: %d failing writes, no token handed out unsaved, none lost, 1 call each", failures)
	})
}

func TestCheck068_TheStoreIsProvenWritableFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		store := &faulty{Store: tokens.NewMemoryStore()}
		s := p.seeded(t, store)
		store.swap = func(int) error { return errors.New("read-only file system") }
		for range 20 {
			if _, err := s.TokenContext(context.Background()); !errors.Is(err, grantway.ErrStore) {
				t.Errorf("got %v", err)
			}
			time.Sleep(time.Minute)
		}
		if p.count() != 0 {
			t.Errorf("%d calls", p.count())
		}
		t.Logf("figure: 20 refreshes on a read-only store, %d calls at the provider", p.count())
		// Inverse: the same source with a store that can be written.
		store.swap = nil
		time.Sleep(2 * time.Minute)
		if access(t, s); p.count() != 1 {
			t.Errorf("inverse: %d calls", p.count())
		}
	})
}

func TestCheck013_A401RefreshesOnceAndReplaysOnce(t *testing.T) {
	type reply struct {
		status int
		header string
	}
	for _, tt := range []struct {
		name     string
		replies  []reply
		body     io.Reader
		sent     int
		calls    int
		status   int
		finished bool
	}{
		{"401 without a challenge", []reply{{401, ""}, {200, ""}}, nil, 2, 1, 200, true},
		{"401 invalid_token", []reply{{401, `Bearer error="invalid_token"`}, {200, ""}}, nil, 2, 1, 200, true},
		{"401 invalid_token, unquoted", []reply{{401, `Bearer realm=x, error=invalid_token`}, {200, ""}}, nil, 2, 1, 200, true},
		{"401 with a challenge that cannot be parsed", []reply{{401, `;;;=`}, {200, ""}}, nil, 2, 1, 200, true},
		{"401 twice", []reply{{401, ""}, {401, ""}}, nil, 2, 1, 401, true},
		{"401 insufficient_scope", []reply{{401, `Bearer error="insufficient_scope"`}}, nil, 1, 0, 401, true},
		{"401 with a body that can be sent again", []reply{{401, ""}, {200, ""}}, strings.NewReader("body"), 2, 1, 200, true},
		{"401 with a body that cannot", []reply{{401, ""}}, io.MultiReader(strings.NewReader("body")), 1, 0, 401, true},
		{"403", []reply{{403, `Bearer error="insufficient_scope"`}}, nil, 1, 0, 403, true},
		{"500", []reply{{500, ""}}, nil, 1, 0, 500, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newIssuer()
				s := p.source(t, tokens.NewMemoryStore())
				if err := s.Save(context.Background(), p.token("access-0", "refresh-0")); err != nil {
					t.Fatal(err)
				}
				var sent []string
				rt := roundTrip(func(r *http.Request) (*http.Response, error) {
					var body []byte
					if r.Body != nil {
						body, _ = io.ReadAll(r.Body)
					}
					sent = append(sent, r.Header.Get("Authorization")+" "+string(body))
					re := tt.replies[min(len(sent), len(tt.replies))-1]
					h := http.Header{}
					if re.header != "" {
						h.Set("WWW-Authenticate", re.header)
					}
					return &http.Response{StatusCode: re.status, Header: h, Body: io.NopCloser(strings.NewReader("answer"))}, nil
				})
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.example.com/thing", tt.body)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := s.Transport(rt).RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				if resp.StatusCode != tt.status || len(sent) != tt.sent || p.count() != tt.calls {
					t.Errorf("status %d, sent %q, %d refreshes", resp.StatusCode, sent, p.count())
				}
				if len(sent) == 2 && (strings.TrimPrefix(sent[0], "Bearer access-0") != strings.TrimPrefix(sent[1], "Bearer access-1")) {
					t.Errorf("the replay differs: %q", sent)
				}
				if req.Header.Get("Authorization") != "" {
					t.Error("the caller's request was changed")
				}
			})
		})
	}
	// A hundred requests whose 401s overlap: one refresh.
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		p.takes = 30 * time.Millisecond
		s := p.source(t, tokens.NewMemoryStore())
		if err := s.Save(context.Background(), p.token("access-0", "refresh-0")); err != nil {
			t.Fatal(err)
		}
		var n atomic.Int64
		rt := roundTrip(func(r *http.Request) (*http.Response, error) {
			i := n.Add(1)
			time.Sleep(time.Duration(i) * time.Millisecond)
			status := 200
			if r.Header.Get("Authorization") == "Bearer access-0" {
				status = 401
			}
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody}, nil
		})
		hc := &http.Client{Transport: s.Transport(rt)}
		all(t, 100, func() error {
			resp, err := get(t, hc, "https://api.example.com/thing")
			if err == nil && resp.StatusCode != 200 {
				err = fmt.Errorf("status %d", resp.StatusCode)
			}
			return err
		})
		if p.count() != 1 {
			t.Errorf("%d refreshes", p.count())
		}
		t.Logf("figure: 100 overlapping 401s, %d refresh", p.count())
		// Inverse: without naming the rejected token, each would refresh.
		s.Invalidate(grantway.NewSecret("access-0")) // an old one: nothing happens
		access(t, s)
		if p.count() != 1 {
			t.Errorf("an old token invalidated the new one: %d refreshes", p.count())
		}
		time.Sleep(time.Minute)
		s.Invalidate(grantway.NewSecret("access-1"))
		if access(t, s); p.count() != 2 {
			t.Errorf("inverse: invalidating the current one does nothing: %d refreshes", p.count())
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTransportKeepsToItsOrigin(t *testing.T) {
	p := newIssuer()
	s := p.source(t, tokens.NewMemoryStore())
	if err := s.Save(context.Background(), p.token("access-0", "refresh-0")); err != nil {
		t.Fatal(err)
	}
	sent := 0
	tr := s.Transport(roundTrip(func(*http.Request) (*http.Response, error) {
		sent++
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
	}))
	for u, ok := range map[string]bool{
		"https://api.example.com/x": true, "https://API.example.com/x": true, "http://api.example.com/x": false,
		"https://api.example.com:8443/x": false, "https://example.com/x": false, "https://api.example.com.evil.example/": false,
	} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, u, nil)
		_, err := tr.RoundTrip(req)
		if ok != (err == nil) || !ok && !errors.Is(err, grantway.ErrNotSent) {
			t.Errorf("%s: %v", u, err)
		}
	}
	if sent != 2 {
		t.Errorf("%d sent", sent)
	}
	// It works where x/oauth2 takes a source.
	hc := oauth2.NewClient(context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if got := r.Header.Get("Authorization"); got != "Bearer access-0" {
			t.Errorf("sent %q", got)
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
	})}), s)
	if _, err := get(t, hc, "https://api.example.com/x"); err != nil {
		t.Error(err)
	}
	if tok, err := oauth2.ReuseTokenSource(nil, s).Token(); err != nil || tok.AccessToken != "access-0" {
		t.Error(err)
	}
}

func get(t testing.TB, hc *http.Client, url string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return hc.Do(r)
}
