package tokens_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// What a store holds or cannot do is a typed error that says what to do, and
// nothing is spent on it. A store that cannot be written is TestCheck068's, a
// read-only directory and a full disk are package filestore's.
func TestNothingIsSpentOnAStoreThatCannotBeUsed(t *testing.T) {
	const key = "acme///one"
	put := func(data string) func(*testing.T, tokens.Store) {
		return func(t *testing.T, s tokens.Store) {
			e, err := s.Load(context.Background(), key)
			if err != nil {
				t.Fatal(err)
			}
			data := strings.ReplaceAll(data, "STORED", string(e.Data))
			if err := s.CompareAndSwap(context.Background(), e.Generation, tokens.Entry{Key: key, Generation: e.Generation + 1, Data: []byte(data)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name  string
		spoil func(*testing.T, tokens.Store)
		want  string
	}{
		{"garbage", put("\x00example-secret"), "is damaged or is none of this module's"},
		{"nothing", put(""), "is damaged or is none of this module's"},
		{"a newer schema", put(`{"v":3}`), "upgrade this program"},
		{"another credential's entry", put(`{"v":2,"key":"acme///two","generation":2}`), "belongs to another credential"},
		{"an entry from before", put("STORED"), "copied or rolled back"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newIssuer()
			store := tokens.NewMemoryStore()
			p.seeded(t, store)
			tt.spoil(t, store)
			_, err := p.source(t, &incomparable{store}).TokenContext(context.Background())
			if !errors.Is(err, grantway.ErrStore) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "example-") {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if p.count() != 0 {
				t.Errorf("%d calls", p.count())
			}
		})
	}
}

// A Source that was closed says so to whoever asks for a token. What needs the
// store alone works on.
func TestAClosedSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, store := newIssuer(), tokens.NewMemoryStore()
		s := p.seeded(t, store)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"Token":        second(s.Token()),
			"TokenContext": second(s.TokenContext(t.Context())),
			"Refresh":      second(s.Refresh(t.Context())),
			"Transport":    second(s.Transport(nil).RoundTrip(request(t))),
		} {
			if !errors.Is(err, tokens.ErrClosed) || !errors.Is(err, grantway.ErrNotSent) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Errorf("Close, once more: %v", err)
		}
		st, err := s.Status(t.Context())
		if err != nil || !st.HasToken || st.Generation != 1 {
			t.Errorf("Status: %v, %v", st, err)
		}
		if stored, err := s.Import(t.Context(), p.token("access-imported", "refresh-imported")); !stored || err != nil {
			t.Errorf("Import: %v, %v", stored, err)
		}
		if err := s.Save(t.Context(), p.token("access-saved", "refresh-saved")); err != nil || written(t, store).AccessToken != "access-saved" {
			t.Errorf("Save: %v", err)
		}
		if got := access(t, p.source(t, store)); got != "access-saved" || p.count() != 0 {
			t.Errorf("another Source has %s after %d refreshes", got, p.count())
		}
		if err := s.Forget(t.Context()); err != nil || written(t, store).AccessToken != "" {
			t.Errorf("Forget: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func request(t *testing.T) *http.Request {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A bad argument is a typed error that says what is wrong, and what is stored
// stays as it was.
func TestBadArgumentsChangeNothing(t *testing.T) {
	merchant := func(tok *grantway.Token) string { return tok.Extra["merchant_id"] }
	of := func(tok *grantway.Token, merchant string) *grantway.Token {
		tok.Extra = map[string]string{"merchant_id": merchant}
		return tok
	}
	for name, c := range map[string]struct {
		do   func(context.Context, *issuer, *tokens.Source) error
		want string
	}{
		"an Import of nothing": {func(ctx context.Context, _ *issuer, s *tokens.Source) error { return second(s.Import(ctx, nil)) }, "the token is empty"},
		"an Import of an empty token": {func(ctx context.Context, _ *issuer, s *tokens.Source) error {
			return second(s.Import(ctx, &grantway.Token{RefreshToken: grantway.NewSecret("example-secret")}))
		}, "the token is empty"},
		"an Import of another account's token": {func(ctx context.Context, p *issuer, s *tokens.Source) error {
			return second(s.Import(ctx, of(p.token("example-secret", "example-secret"), "M-2")))
		}, "of another account"},
		"a Save of nothing":        {func(ctx context.Context, _ *issuer, s *tokens.Source) error { return s.Save(ctx, nil) }, "the token is empty"},
		"a Save of an empty token": {func(ctx context.Context, _ *issuer, s *tokens.Source) error { return s.Save(ctx, &grantway.Token{}) }, "the token is empty"},
		"an Import without a context": {func(_ context.Context, p *issuer, s *tokens.Source) error {
			return second(s.Import(nil, p.token("a", "b"))) //nolint:staticcheck // a nil context is what is tried
		}, "ctx is nil"},
		"a Save without a context":    {func(_ context.Context, p *issuer, s *tokens.Source) error { return s.Save(nil, p.token("a", "b")) }, "ctx is nil"}, //nolint:staticcheck // the same
		"a Forget without a context":  {func(_ context.Context, _ *issuer, s *tokens.Source) error { return s.Forget(nil) }, "ctx is nil"},                  //nolint:staticcheck // the same
		"a Refresh without a context": {func(_ context.Context, _ *issuer, s *tokens.Source) error { return second(s.Refresh(nil)) }, "ctx is nil"},         //nolint:staticcheck // the same
		"a Status without a context":  {func(_ context.Context, _ *issuer, s *tokens.Source) error { return second(s.Status(nil)) }, "ctx is nil"},          //nolint:staticcheck // the same
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, store, heard := newIssuer(), tokens.NewMemoryStore(), &ears{}
				s := p.source(t, store, heard.listen, func(c *setup) { c.Identity = merchant })
				if err := s.Save(t.Context(), of(p.token("access-0", "refresh-0"), "M-1")); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				err := c.do(t.Context(), p, s)
				var e *grantway.Error
				if !errors.As(err, &e) || e.Kind != grantway.KindInvalid || e.Provider != "acme" || e.Operation == "" || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "example-secret") {
					t.Errorf("got %v, want %s", err, c.want)
				}
				if r := written(t, store); r.AccessToken != "access-0" || r.Generation != 1 || access(t, s) != "access-0" || p.count() != 0 {
					t.Errorf("stored: %+v after %d refreshes", r, p.count())
				}
				heard.want(t, "saved 1")
				// Inverse: the same account's token is taken.
				if stored, err := s.Import(t.Context(), of(p.token("access-1", "refresh-1"), "M-1")); !stored || err != nil {
					t.Errorf("inverse: %v, %v", stored, err)
				}
			})
		})
	}
}

// What a function does that is told of events harms nobody: one that panics loses its
// own event, and one that blocks holds up those behind it.
func TestOnEventHoldsNobodyUp(t *testing.T) {
	t.Run("it panics", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, heard, log := newIssuer(), &ears{}, &bytes.Buffer{}
			s := p.seeded(t, tokens.NewMemoryStore(), func(c *setup) {
				c.Logger = slog.New(slog.NewTextHandler(log, nil))
				c.OnEvent = func(e tokens.Event) { heard.hear(e); panic("example-secret") }
			})
			if got := access(t, s); got != "access-1" {
				t.Error(got)
			}
			heard.want(t, "saved 1, refreshed 3")
			if n := strings.Count(log.String(), "OnEvent panicked"); n != 2 || strings.Contains(log.String(), "example-secret") {
				t.Errorf("%d of 2 panics are logged: %s", n, log)
			}
		})
	})
	t.Run("it blocks", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, heard, free := newIssuer(), &ears{}, make(chan struct{})
			s := p.seeded(t, tokens.NewMemoryStore(), func(c *setup) { c.OnEvent = func(e tokens.Event) { <-free; heard.hear(e) } })
			for i, want := range []string{"access-1", "access-2"} {
				began := time.Now()
				p.expect(t, s, want, nil)
				if waited := time.Since(began); waited > 0 {
					t.Errorf("refresh %d: waited %v", i+1, waited)
				}
				time.Sleep(2 * time.Hour)
			}
			began := time.Now()
			if st, err := s.Status(t.Context()); err != nil || st.Generation != 5 {
				t.Errorf("%v, %v", st, err)
			}
			for _, err := range []error{s.Forget(t.Context()), s.Close()} {
				if err != nil {
					t.Error(err)
				}
			}
			if waited := time.Since(began); waited > 0 {
				t.Errorf("waited %v", waited)
			}
			heard.want(t, "")
			close(free)
			heard.want(t, "saved 1, refreshed 3, refreshed 5, forgotten 6")
		})
	})
	t.Run("it calls the Source", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, heard := newIssuer(), &ears{}
			var s *tokens.Source
			s = p.seeded(t, tokens.NewMemoryStore(), func(c *setup) {
				c.OnEvent = func(e tokens.Event) {
					heard.hear(e)
					if e.Kind != tokens.EventRefreshed {
						return
					}
					st, err := s.Status(t.Context())
					if err == nil {
						_, err = s.Refresh(t.Context())
					}
					if err == nil {
						err = s.Save(t.Context(), p.token("access-new", "refresh-new"))
					}
					if err == nil {
						err = s.Forget(t.Context())
					}
					if err != nil || st.Generation != e.Generation {
						t.Errorf("%v, %v", err, st)
					}
				}
			})
			if got := access(t, s); got != "access-1" {
				t.Error(got)
			}
			heard.want(t, "saved 1, refreshed 3, saved 4, forgotten 5")
		})
	})
}

// A replay that was written ahead and not sent gives no leave to send it later: the
// pace counts from what was sent.
func TestAReplayThatWasNotSentKeepsThePace(t *testing.T) {
	isAttempt := func(e tokens.Entry) bool { return strings.Contains(string(e.Data), `"attempt"`) }
	for name, meddle := range map[string]func(p *issuer, store *hookedStore){
		"its write was not answered": func(_ *issuer, store *hookedStore) {
			store.swap = func(e tokens.Entry, do func() error) error {
				if err := do(); err != nil || !isAttempt(e) {
					return err
				}
				return errMeddled
			}
		},
		"it could not be taken back": func(p *issuer, store *hookedStore) {
			p.failing(kind(grantway.KindNotSent))
			writes := 0
			store.swap = func(_ tokens.Entry, do func() error) error {
				if writes++; writes > 1 {
					return errMeddled
				}
				return do()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, began := newIssuer(), time.Now()
				store := &hookedStore{Store: tokens.NewMemoryStore()}
				s := p.seeded(t, store)
				at := func(second int) { time.Sleep(time.Until(began.Add(time.Duration(second) * time.Second))) }
				p.failing(kind(grantway.KindAmbiguous))
				p.expect(t, s, "", grantway.ErrAmbiguous)
				at(30)
				p.expect(t, s, "", grantway.ErrAmbiguous)
				at(55)
				before := p.count()
				meddle(p, store)
				if _, err := s.TokenContext(t.Context()); err == nil {
					t.Fatal("there was a token")
				}
				p.failing(kind(grantway.KindAmbiguous))
				store.swap = nil
				at(65) // beyond the minute of early replays
				met := p.count()
				p.expect(t, s, "", grantway.ErrAmbiguous)
				if st := statusOf(t, s); p.count() != met || before != 3 || !st.OutcomeUnknownSince.Equal(began) {
					t.Errorf("%d requests before, %d too early, unknown since %v", before, p.count()-met, st.OutcomeUnknownSince)
				}
				at(125) // more than a minute after the last one
				p.answer = nil
				p.expect(t, s, fmt.Sprintf("access-%d", met+1), nil)
			})
		})
	}
}
