package tokens_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// badDay is a store, and what else may go wrong around a token that is good.
type badDay struct {
	name string
	// lease and swap are asked instead of the store; nil asks the store.
	lease func(ctx context.Context) (tokens.Lease, error)
	swap  func(ctx context.Context) error
	// refresh answers instead of the provider.
	refresh func(ctx context.Context) error
}

// badStore is a store with leases on a bad day.
type badStore struct {
	*tokens.MemoryStore
	day badDay
}

func (s *badStore) Acquire(ctx context.Context, key string, ttl time.Duration) (tokens.Lease, error) {
	if s.day.lease != nil {
		return s.day.lease(ctx)
	}
	return s.MemoryStore.Acquire(ctx, key, ttl)
}

func (s *badStore) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	if s.day.swap != nil {
		return s.day.swap(ctx)
	}
	return s.MemoryStore.CompareAndSwap(ctx, old, e)
}

type badLease struct{ renew, release error }

func (l badLease) Renew(context.Context) error   { return l.renew }
func (l badLease) Release(context.Context) error { return l.release }

type panickingLease struct{ tokens.Lease }

func (panickingLease) Renew(context.Context) error { panic("example") }

// badDays are twelve ways in which a refresh cannot be had.
func badDays() []badDay {
	hang := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	say := func(err error) func(context.Context) error { return func(context.Context) error { return err } }
	lease := func(err error) func(context.Context) (tokens.Lease, error) {
		return func(context.Context) (tokens.Lease, error) { return nil, err }
	}
	return []badDay{
		{name: "S1: the volume has no locks", lease: lease(syscall.ENOLCK)},
		{name: "S1: the lease's table is read-only", lease: lease(syscall.EROFS)},
		{name: "S1: the lease hangs", lease: func(ctx context.Context) (tokens.Lease, error) { return nil, hang(ctx) }},
		{name: "S1: somebody holds the lease for good", lease: lease(tokens.ErrLeased)},
		{name: "S1: the lease panics", lease: func(context.Context) (tokens.Lease, error) { panic("example") }},
		{name: "S1: the lease is lost at once", lease: func(context.Context) (tokens.Lease, error) { return badLease{renew: tokens.ErrLeased}, nil }},
		{name: "S1: the lease's renewal panics", lease: func(context.Context) (tokens.Lease, error) { return panickingLease{badLease{}}, nil }},
		{name: "S1: the disk is full", swap: say(syscall.ENOSPC)},
		{name: "S1: the folder may not be written", swap: say(syscall.EACCES)},
		{name: "S1: a write hangs", swap: hang},
		{name: "S11: the provider hangs", refresh: hang},
		{name: "S11: the provider is down", refresh: say(kind(grantway.KindUnavailable))},
	}
}

func TestCheck082_AUsableTokenIsHandedOutWhateverElseFails(t *testing.T) {
	handed, refused := 0, 0
	try := func(t *testing.T, day badDay, age time.Duration, cold bool) (took time.Duration, err error) {
		synctest.Test(t, func(t *testing.T) {
			p, store := newIssuer(), &badStore{MemoryStore: tokens.NewMemoryStore()}
			s := p.source(t, store)
			tok := p.token("access-0", "refresh-0")
			tok.ObtainedAt, tok.Expiry = tok.ObtainedAt.Add(-age), grantway.ExpiresAt(tok.ObtainedAt.Add(time.Hour-age))
			if err := s.Save(t.Context(), tok); err != nil {
				t.Fatal(err)
			}
			open := func() *tokens.Source {
				return p.source(t, store, func(c *setup) {
					if day.refresh != nil {
						c.Refresh = func(ctx context.Context, _ *grantway.Token) (*grantway.Token, error) { return nil, day.refresh(ctx) }
					}
				})
			}
			if cold {
				_ = s.Close()
				s = nil
				store = &badStore{MemoryStore: store.MemoryStore} // another process
			}
			store.day = day
			s = open()
			began := time.Now()
			for range 3 {
				var got *grantway.Token
				if got, err = s.TokenContext(context.Background()); err == nil && got.AccessToken.Reveal() != "access-0" {
					t.Errorf("another token")
				}
			}
			took = time.Since(began)
			_ = s.Close()
			time.Sleep(3 * time.Hour)
		})
		return took, err
	}
	for _, day := range badDays() {
		for _, cold := range []bool{true, false} {
			for name, age := range map[string]time.Duration{"fresh": time.Minute, "due": 57 * time.Minute} {
				t.Run(fmt.Sprintf("%s, %s, cold %v", day.name, name, cold), func(t *testing.T) {
					if took, err := try(t, day, age, cold); err != nil || took != 0 {
						t.Errorf("%v after %v", err, took)
					}
					handed++
				})
			}
		}
		// Inverse: a token that has ended is not handed out.
		if _, err := try(t, day, 2*time.Hour, true); err == nil {
			t.Errorf("inverse: %s: a token that has ended is handed out", day.name)
		}
		refused++
	}
	t.Logf("figure: %d of %d usable tokens handed out at once, %d of %d ended ones not", handed, 4*len(badDays()), refused, len(badDays()))
}

func TestS11_AStoredTokenThatIsDueIsServedAndRefreshedBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, store := newIssuer(), tokens.NewMemoryStore()
		tok := p.token("access-0", "refresh-0")
		tok.ObtainedAt, tok.Expiry = tok.ObtainedAt.Add(-57*time.Minute), grantway.ExpiresAt(tok.ObtainedAt.Add(3*time.Minute))
		if err := p.source(t, store).Save(t.Context(), tok); err != nil {
			t.Fatal(err)
		}
		p.takes = 10 * time.Second
		s := p.source(t, incomparable{store}) // a new process
		if got := access(t, s); got != "access-0" {
			t.Errorf("got %s", got)
		}
		time.Sleep(11 * time.Second) // nobody asks again
		if r := written(t, store); r.AccessToken != "access-1" || p.count() != 1 {
			t.Errorf("%s is stored after %d refreshes", r.AccessToken, p.count())
		}
		_ = s.Close()
		time.Sleep(2 * time.Hour)
	})
}

func TestS16_NothingIsSpentIfTheStoreIsTooSlowToSaveIt(t *testing.T) {
	slow := func(d time.Duration) func(context.Context) error {
		return func(ctx context.Context) error {
			select {
			case <-time.After(d):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	for name, tt := range map[string]struct {
		before, after func(context.Context) error
		sent          int
	}{
		"a store that answers in time":                   {before: slow(4 * time.Second), sent: 1},
		"a store that takes six seconds and then writes": {before: slow(6 * time.Second)},
		"a store that writes and answers too late":       {after: slow(6 * time.Second)},
		"a store that hangs":                             {before: slow(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, store := newIssuer(), &hookedStore{Store: tokens.NewMemoryStore()}
				s := p.seeded(t, store)
				began := time.Now()
				store.swapWith = func(ctx context.Context, do func() error) error {
					if tt.before != nil {
						if err := tt.before(ctx); err != nil {
							return err
						}
					}
					if err := do(); err != nil || tt.after == nil {
						return err
					}
					return tt.after(ctx)
				}
				_, err := s.TokenContext(t.Context())
				if p.count() != tt.sent || (err == nil) != (tt.sent > 0) {
					t.Errorf("sent %d times, %v", p.count(), err)
				}
				if err != nil && (!errors.Is(err, grantway.ErrStore) || time.Since(began) > 30*time.Second) {
					t.Errorf("%v after %v", err, time.Since(began))
				}
				store.swapWith = nil
				time.Sleep(5 * time.Minute)
				if tok, err := s.TokenContext(t.Context()); err != nil || p.count() != 1 {
					t.Errorf("once the store is well: %v, %v, sent %d times", tok, err, p.count())
				}
			})
		})
	}
}

func TestS17_AStoreThatConflictsForEverIsNotAskedForEver(t *testing.T) {
	for name, op := range map[string]func(*tokens.Source) error{
		"a refresh": func(s *tokens.Source) error { _, err := s.TokenContext(context.Background()); return err },
		"Save": func(s *tokens.Source) error {
			return s.Save(context.Background(), newIssuer().token("access-9", "refresh-9"))
		},
		"Forget": func(s *tokens.Source) error { return s.Forget(context.Background()) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, store := newIssuer(), &hookedStore{Store: tokens.NewMemoryStore()}
				s := p.seeded(t, store)
				swaps := 0
				store.swap = func(tokens.Entry, func() error) error { swaps++; return tokens.ErrConflict }
				began := time.Now()
				err := op(s)
				if !errors.Is(err, grantway.ErrStore) || !errors.Is(err, tokens.ErrConflict) || !strings.Contains(err.Error(), "replica that lags") {
					t.Errorf("%v", err)
				}
				if took := time.Since(began); swaps > 20 || took < 100*time.Millisecond || took > 10*time.Second || p.count() != 0 {
					t.Errorf("%d writes in %v, %d refreshes", swaps, took, p.count())
				}
			})
		})
	}
}

func TestS21_ASaveDuringARefreshIsNoDoubleSpend(t *testing.T) {
	for name, tt := range map[string]struct {
		meanwhile func(*testing.T, *issuer, *tokens.Source, tokens.Store)
		alarms    int
	}{
		"a Save by this process": {func(t *testing.T, p *issuer, s *tokens.Source, _ tokens.Store) { saveAs(t, p, s) }, 0},
		"a Save by another process": {func(t *testing.T, p *issuer, _ *tokens.Source, st tokens.Store) {
			saveAs(t, p, p.source(t, incomparable{st}))
		}, 0},
		"a Forget and a new Save": {func(t *testing.T, p *issuer, s *tokens.Source, _ tokens.Store) {
			_ = s.Forget(t.Context())
			saveAs(t, p, s)
		}, 0},
		"inverse: a second refresh": {refreshedTwice, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, store := newIssuer(), tokens.NewMemoryStore()
				var logged strings.Builder
				s := p.seeded(t, store, func(c *setup) { c.Logger = slog.New(slog.NewTextHandler(&logged, nil)) })
				p.takes = time.Second
				done := make(chan struct{})
				go func() { defer close(done); _, _ = s.TokenContext(context.Background()) }()
				time.Sleep(500 * time.Millisecond)
				tt.meanwhile(t, p, s, store)
				<-done
				time.Sleep(time.Minute)
				if got := strings.Count(logged.String(), "double spend"); got != tt.alarms {
					t.Errorf("%d alarms:\n%s", got, logged.String())
				}
				_ = s.Close()
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

func saveAs(t *testing.T, p *issuer, s *tokens.Source) {
	t.Helper()
	if err := s.Save(t.Context(), p.token("access-other", "refresh-other")); err != nil {
		t.Fatal(err)
	}
}

// refreshedTwice writes what another process obtained by the same refresh token.
func refreshedTwice(t *testing.T, p *issuer, _ *tokens.Source, store tokens.Store) {
	t.Helper()
	key := tokens.Key{Provider: "acme", Account: "one"}.String()
	e, err := store.Load(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	var record map[string]any
	if err := json.Unmarshal(e.Data, &record); err != nil {
		t.Fatal(err)
	}
	delete(record, "attempt")
	e.Generation++
	record["generation"], record["access_token"], record["refresh_token"] = e.Generation, "access-twin", "refresh-twin"
	record["expiry"], record["obtained_at"] = time.Now().Add(time.Hour).UTC(), time.Now().UTC()
	if e.Data, err = json.Marshal(record); err != nil {
		t.Fatal(err)
	}
	if err := store.CompareAndSwap(t.Context(), e.Generation-1, e); err != nil {
		t.Fatal(err)
	}
}

func TestS22_AFlightThatEndsByItsOwnDeadlineSaysSo(t *testing.T) {
	for name, refresh := range map[string]func(ctx context.Context) error{
		"the refresh returns its context's error":        func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
		"the refresh wraps its context's error":          func(ctx context.Context) error { <-ctx.Done(); return errors.Join(errors.New("example"), ctx.Err()) },
		"the refresh types its context's error":          func(ctx context.Context) error { <-ctx.Done(); return kindBecause(grantway.KindAmbiguous, ctx.Err()) },
		"the refresh ignores its context and comes late": func(context.Context) error { time.Sleep(time.Hour); return errors.New("example") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newIssuer()
				s := p.seeded(t, tokens.NewMemoryStore(), func(c *setup) {
					c.Refresh = func(ctx context.Context, _ *grantway.Token) (*grantway.Token, error) { return nil, refresh(ctx) }
				})
				_, err := s.TokenContext(context.Background())
				if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || !errors.Is(err, grantway.ErrAmbiguous) {
					t.Errorf("%v", err)
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}
