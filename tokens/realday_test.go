package tokens_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/detail"
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

func TestCheck084_S17_AStoreThatConflictsForEverIsNotAskedForEver(t *testing.T) {
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

func TestS4_ATokenOfUnknownAgeIsDueSoonAndSpread(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: hundreds of accounts live for days")
	}
	for name, tok := range map[string]*grantway.Token{
		"converted from x/oauth2": grantway.FromOAuth2Token(&oauth2.Token{AccessToken: "access-0", RefreshToken: "refresh-0", Expiry: time.Date(2000, 1, 31, 0, 0, 0, 0, time.UTC)}),
		"made by hand":            {AccessToken: grantway.NewSecret("access-0"), RefreshToken: grantway.NewSecret("refresh-0"), Expiry: grantway.ExpiresAt(time.Date(2000, 1, 31, 0, 0, 0, 0, time.UTC))},
		"of unknown expiry":       {AccessToken: grantway.NewSecret("access-0"), RefreshToken: grantway.NewSecret("refresh-0")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // which begins on 2000-01-01
				const accounts = 200
				weekly := tokens.RefreshPlan{Fraction: 0.8, MaxAge: 7 * 24 * time.Hour}
				p, perMinute := newIssuer(), map[time.Duration]int{}
				p.current, p.answer = "", func(int) (error, bool) { perMinute[time.Since(began2000).Truncate(time.Minute)]++; return nil, false }
				var list []*tokens.Source
				for i := range accounts {
					s := p.source(t, tokens.NewMemoryStore(), func(c *setup) { c.Account, c.Plan = fmt.Sprint(i), &weekly })
					if err := s.Save(t.Context(), tok); err != nil {
						t.Fatal(err)
					}
					list = append(list, s)
				}
				for range 120 {
					for _, s := range list {
						_, _ = s.TokenContext(t.Context())
					}
					time.Sleep(time.Minute)
				}
				most := 0
				for _, n := range perMinute {
					most = max(most, n)
				}
				if p.count() != accounts || most > accounts/10 {
					t.Errorf("%d of %d refreshed, %d in the same minute", p.count(), accounts, most)
				}
				for _, s := range list {
					_ = s.Close()
				}
				time.Sleep(time.Hour)
			})
		})
	}
	// Inverse: a token that never expires, or without a refresh token, is not due.
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		for _, tok := range []*grantway.Token{
			{AccessToken: grantway.NewSecret("access-0"), RefreshToken: grantway.NewSecret("refresh-0"), Expiry: grantway.NeverExpires()},
			{AccessToken: grantway.NewSecret("access-0")},
		} {
			s := p.source(t, tokens.NewMemoryStore())
			if err := s.Save(t.Context(), tok); err != nil {
				t.Fatal(err)
			}
			time.Sleep(24 * time.Hour)
			_ = access(t, s)
		}
		if p.count() != 0 {
			t.Errorf("inverse: %d refreshes", p.count())
		}
	})
}

var began2000 = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func TestS6_NoPauseExceedsAnHour(t *testing.T) {
	for name, wait := range map[string]time.Duration{
		"a day":             24 * time.Hour,
		"half an hour":      30 * time.Minute,
		"an hour and a bit": time.Hour + time.Minute,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newIssuer()
				s := p.seeded(t, tokens.NewMemoryStore())
				p.answer = func(int) (error, bool) {
					return &grantway.Error{Provider: "acme", Kind: grantway.KindThrottled, RetryAfter: wait}, false
				}
				if _, err := s.TokenContext(t.Context()); !errors.Is(err, grantway.ErrThrottled) {
					t.Fatal(err)
				}
				p.answer = nil
				began := time.Now()
				for time.Since(began) < 2*time.Hour {
					if _, err := s.TokenContext(t.Context()); err == nil {
						break
					}
					time.Sleep(time.Minute)
				}
				if took := time.Since(began); took > time.Hour+time.Minute || took < min(wait, time.Hour) {
					t.Errorf("asked again after %v", took)
				}
			})
		})
	}
}

func TestCheck085_WhatIsStoredCanBeRead(t *testing.T) {
	zones := []*time.Location{time.UTC, time.FixedZone("", -5*3600), time.FixedZone("", 14*3600)}
	moments := []time.Time{}
	for _, zone := range zones {
		for _, year := range []int{-5, 0, 1, 1969, 2026, 2292, 2400, 9998, 9999, 10_000, 99_999, 290_000} {
			moments = append(moments, time.Date(year, 12, 31, 23, 59, 59, 999_999_999, zone))
		}
	}
	key, err := tokens.NewSealKey("k", []byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := tokens.NewSealer(key)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, at := range moments {
		for _, seal := range []*tokens.Sealer{nil, sealer} {
			synctest.Test(t, func(t *testing.T) {
				p, store := newIssuer(), tokens.NewMemoryStore()
				sealed := func(c *setup) { c.Sealer = seal }
				tok := p.token("access-0", "refresh-0")
				tok.Expiry, tok.RefreshExpiry = grantway.ExpiresAt(at), grantway.ExpiresAt(at)
				s := p.source(t, store, sealed)
				if err := s.Save(t.Context(), tok); err != nil {
					t.Fatalf("S14: %v: %v", at, err)
				}
				_, _ = s.TokenContext(t.Context())
				got, err := p.source(t, incomparable{store}, sealed).TokenContext(t.Context())
				if err != nil || at.Year() > 2100 && !got.Expiry.Equal(tok.Expiry) {
					t.Errorf("S14: %v: %v, %v", at, got, err)
				}
				if at.Year() > 2100 && p.count() != 0 {
					t.Errorf("S14: %v: refreshed %d times: the arithmetic overflows", at, p.count())
				}
				_ = s.Close()
				time.Sleep(time.Hour)
			})
			read++
		}
	}
	t.Logf("figure: %d answers, clear and sealed, all read again", read)
}

func TestS18_AFailureKeepsLittleOfTheAnswer(t *testing.T) {
	page := strings.Repeat("x", 1<<20)
	for name, failed := range map[string]func(error) error{
		"an error":               func(err error) error { return err },
		"two errors, one joined": func(err error) error { return errors.Join(kind(grantway.KindUnavailable), err) },
		"an answer of no kind":   func(err error) error { return err },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newIssuer()
				s := p.seeded(t, tokens.NewMemoryStore())
				p.answer = func(int) (error, bool) {
					e := &grantway.Error{Provider: "acme", Kind: grantway.KindUnavailable, Status: 502, Code: "example"}
					return failed(e.With(detail.Error{Body: []byte(page), KnownCode: true, Cause: io.EOF})), false
				}
				_, _ = s.TokenContext(t.Context())
				_, err := s.TokenContext(t.Context()) // what is kept for the pause
				var parts []error
				if joined, ok := err.(interface{ Unwrap() []error }); ok {
					parts = joined.Unwrap()
				} else {
					parts = []error{err}
				}
				for _, part := range parts {
					var e *grantway.Error
					if !errors.As(part, &e) || len(e.Body()) > 4<<10 {
						t.Errorf("%T keeps %d bytes", part, len(e.Body()))
					} else if e.Status == 502 && (e.KnownCode() != "example" || !errors.Is(e, io.EOF)) {
						t.Errorf("lost: %v", e)
					}
				}
			})
		})
	}
}

func TestCheck084_S7_S13_ARefreshThatHelpsNothingIsNotRepeatedAtOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		clock func() time.Time
		after func(*tokens.Source, *grantway.Token)
		token bool // a token is handed out all the time
	}{
		"S7: a clock that is 31 days fast":   {clock: func() time.Time { return time.Now().Add(31 * 24 * time.Hour) }, token: true},
		"S7: a clock that is two hours fast": {clock: func() time.Time { return time.Now().Add(2 * time.Hour) }, token: true},
		"S13: an API that takes no token":    {after: func(s *tokens.Source, tok *grantway.Token) { s.Invalidate(tok.AccessToken) }},
		"S13: both at once":                  {clock: func() time.Time { return time.Now().Add(2 * time.Hour) }, after: func(s *tokens.Source, tok *grantway.Token) { s.Invalidate(tok.AccessToken) }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newIssuer()
				s := p.seeded(t, tokens.NewMemoryStore(), func(c *setup) {
					c.Now = tt.clock
				})
				got, began := 0, time.Now()
				for range 200 { // of which 100 within the first ten seconds
					tok, err := s.TokenContext(t.Context())
					switch {
					case err == nil:
						got++
						if tt.after != nil {
							tt.after(s, tok)
						}
					case !errors.Is(err, grantway.ErrUnavailable):
						t.Fatal(err)
					}
					time.Sleep(100 * time.Millisecond)
				}
				if n := p.count(); n > 6 {
					t.Errorf("%d refreshes in %v", n, time.Since(began))
				}
				if tt.token && got != 200 {
					t.Errorf("%d of 200 got the token that was just obtained", got)
				}
				time.Sleep(3 * time.Hour)
				_ = s.Close()
			})
		})
	}
	// Inverse: a refresh that helps is followed by the next as soon as it is due.
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		s := p.seeded(t, tokens.NewMemoryStore())
		for range 5 {
			_ = access(t, s)
			time.Sleep(2 * time.Hour)
		}
		if p.count() != 5 {
			t.Errorf("inverse: %d refreshes for 5 expiries", p.count())
		}
	})
}

func TestS20_ATokenOfAnotherAccountIsNotSaved(t *testing.T) {
	merchant := func(tok *grantway.Token) string { return tok.Extra["merchant_id"] }
	for name, tt := range map[string]struct {
		before, after string
		identity      func(*grantway.Token) string
		saved         bool
	}{
		"another merchant":                       {"M-1", "M-2", merchant, false},
		"another merchant, in another case":      {"M-1", "m-1", merchant, false},
		"another merchant, with space around":    {"M-1", " M-1", merchant, false},
		"the same merchant":                      {"M-1", "M-1", merchant, true},
		"an answer that names none":              {"M-1", "", merchant, true},
		"a token that named none":                {"", "M-2", merchant, true},
		"a provider that does not say (inverse)": {"M-1", "M-2", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, store := newIssuer(), tokens.NewMemoryStore()
				var told []tokens.EventKind
				s := p.source(t, store, func(c *setup) {
					c.Identity = tt.identity
					c.OnEvent = func(e tokens.Event) { told = append(told, e.Kind) }
					c.Refresh = func(context.Context, *grantway.Token) (*grantway.Token, error) {
						tok := p.token("access-1", "refresh-1")
						tok.Extra = map[string]string{"merchant_id": tt.after}
						return tok, nil
					}
				})
				old := p.token("access-0", "refresh-0")
				old.ObtainedAt, old.Expiry = old.ObtainedAt.Add(-2*time.Hour), grantway.ExpiresAt(old.ObtainedAt.Add(-time.Hour))
				old.Extra = map[string]string{"merchant_id": tt.before}
				if err := s.Save(t.Context(), old); err != nil {
					t.Fatal(err)
				}
				_, err := s.TokenContext(t.Context())
				synctest.Wait()
				r := written(t, store)
				if (err == nil) != tt.saved || (r.AccessToken == "access-1") != tt.saved {
					t.Errorf("%v, stored %s", err, r.AccessToken)
				}
				if got := slices.Contains(told, tokens.EventOtherAccount); got == tt.saved {
					t.Errorf("told %v", told)
				}
				_ = s.Close()
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

// What is drawn for a token is drawn once: who looks at the record when the token
// is due, whatever for, must not put it off to a later draw.
func TestTheMomentOfARefreshIsDrawnOnce(t *testing.T) {
	weekly := tokens.RefreshPlan{Fraction: 0.8, MaxAge: 7 * 24 * time.Hour}
	for name, look := range map[string]func(t *testing.T, s, other *tokens.Source){
		"nobody looks": func(*testing.T, *tokens.Source, *tokens.Source) {},
		"a Status": func(t *testing.T, s, _ *tokens.Source) {
			if _, err := s.Status(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
		"another Source of the process": func(t *testing.T, _, other *tokens.Source) { _ = access(t, other) },
		"a refresh that failed": func(t *testing.T, s, _ *tokens.Source) {
			if _, err := s.Refresh(t.Context()); err == nil {
				t.Error("no error")
			}
			time.Sleep(2 * time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for range 20 { // a second draw is not later each time
				synctest.Test(t, func(t *testing.T) {
					p, store := newIssuer(), tokens.NewMemoryStore()
					planned := func(c *setup) { c.Plan = &weekly }
					s, other := p.source(t, store, planned), p.source(t, store, planned)
					tok := p.token("access-0", "refresh-0")
					tok.Expiry = grantway.ExpiresAt(time.Now().Add(30 * 24 * time.Hour))
					if err := s.Save(t.Context(), tok); err != nil {
						t.Fatal(err)
					}
					st, err := s.Status(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					p.answer = func(int) (error, bool) { return kind(grantway.KindUnavailable), false }
					look(t, s, other)
					p.answer = nil
					failed := p.count()
					time.Sleep(time.Until(st.DueAt) - time.Second)
					if _ = access(t, s); p.count() != failed {
						t.Error("refreshed before it is due")
					}
					time.Sleep(2 * time.Second)
					_ = access(t, s)
					synctest.Wait()
					if p.count() != failed+1 {
						t.Errorf("due at %v, and not refreshed then", st.DueAt)
					}
					_ = s.Close()
					_ = other.Close()
					time.Sleep(time.Hour)
				})
			}
		})
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
