package tokens_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// What the random interleavings found, each as small as it gets.

// hookedStore is a store of one process with hooks for a test. It has no leases
// and is comparable with no other.
type hookedStore struct {
	tokens.Store
	load func() error // after the load
	swap func(e tokens.Entry, do func() error) error
	// swapWith is swap, with the context.
	swapWith func(ctx context.Context, do func() error) error
}

func (m *hookedStore) Load(ctx context.Context, key string) (tokens.Entry, error) {
	e, err := m.Store.Load(ctx, key)
	if m.load != nil && err == nil {
		if err := m.load(); err != nil {
			return tokens.Entry{}, err
		}
	}
	return e, err
}

func (m *hookedStore) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	do := func() error { return m.Store.CompareAndSwap(ctx, old, e) }
	if m.swap != nil {
		return m.swap(e, do)
	}
	if m.swapWith != nil {
		return m.swapWith(ctx, do)
	}
	return do()
}

var errMeddled = errors.New("example fault of a store")

func failing(tokens.Entry, func() error) error { return errMeddled }

// A process could not save its new pair; another one, which saw the attempt
// grow old, replayed it, was refused, and wrote that down. The first one's pair
// is good all the same.
func TestAPairThatCouldNotBeSavedOutlivesAnothersRejection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, inner := newIssuer(), tokens.NewMemoryStore()
		one := &hookedStore{Store: inner}
		s := p.seeded(t, one)
		p.answer = func(int) (error, bool) { one.swap = failing; return nil, true }
		if _, err := s.TokenContext(t.Context()); !errors.Is(err, grantway.ErrNotPersisted) {
			t.Fatal(err)
		}
		p.answer = nil
		time.Sleep(70 * time.Second)
		other := p.source(t, incomparable{inner})
		if _, err := other.TokenContext(t.Context()); !errors.Is(err, grantway.ErrReauthorize) {
			t.Fatal(err)
		}
		one.swap = nil
		for range 5 {
			time.Sleep(2 * time.Minute)
			if tok, err := s.TokenContext(t.Context()); err == nil && tok.AccessToken.Reveal() == "access-1" {
				return
			} else {
				t.Logf("%v, %v", tok, err)
			}
		}
		t.Error("the new pair is lost, and nobody was killed")
	})
}

// What is saved at last may have ended meanwhile.
func TestAPairThatEndedBeforeItCouldBeSavedIsNotHandedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.seeded(t, store)
		p.answer = func(int) (error, bool) { store.swap = failing; return nil, true }
		_, _ = s.TokenContext(t.Context())
		p.answer, store.swap = nil, nil
		time.Sleep(2 * time.Hour)
		tok, err := s.TokenContext(t.Context())
		if err != nil || tok.Expiry.Expired(time.Now()) {
			t.Errorf("got %v, which ended; %v", tok, err)
		}
	})
}

// A load that takes its time is overtaken by a Save.
func TestALoadOvertakenByASave(t *testing.T) {
	for _, tt := range []struct {
		name       string
		old        func(p *issuer) *grantway.Token
		invalidate bool // the saved token, so that the caller gets a third one
	}{
		{"is no lost write", func(p *issuer) *grantway.Token {
			tok := p.token("access-0", "refresh-0")
			tok.Expiry = grantway.ExpiresAt(time.Now().Add(-time.Hour))
			return tok
		}, true},
		{"brings no older token", func(p *issuer) *grantway.Token { return p.token("access-0", "refresh-0") }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, inner := newIssuer(), tokens.NewMemoryStore()
				if err := p.source(t, incomparable{inner}).Save(t.Context(), tt.old(p)); err != nil {
					t.Fatal(err)
				}
				store := &hookedStore{Store: inner}
				s := p.source(t, store)
				var loads atomic.Int64
				store.load = func() error {
					if loads.Add(1) == 1 {
						time.Sleep(time.Second)
					}
					return nil
				}
				got := make(chan error, 1)
				go func() {
					tok, err := s.TokenContext(context.Background())
					if err == nil && tok.AccessToken.Reveal() != "access-new" {
						err = errors.New("got " + tok.AccessToken.Reveal())
					}
					got <- err
				}()
				synctest.Wait()
				if err := s.Save(t.Context(), p.token("access-new", "refresh-new")); err != nil {
					t.Fatal(err)
				}
				if tt.invalidate {
					p.current = "refresh-new"
					s.Invalidate(grantway.NewSecret("access-new"))
				}
				if err := <-got; (err != nil) != tt.invalidate || errors.Is(err, grantway.ErrStore) {
					t.Error(err, errors.Unwrap(err))
				}
			})
		})
	}
}

// slowRelease is a memory store whose leases take their time to be released.
type slowRelease struct{ *tokens.MemoryStore }

func (s slowRelease) Acquire(ctx context.Context, key string, ttl time.Duration) (tokens.Lease, error) {
	l, err := s.MemoryStore.Acquire(ctx, key, ttl)
	return slowLease{l}, err
}

type slowLease struct{ tokens.Lease }

func (l slowLease) Release(ctx context.Context) error {
	select {
	case <-time.After(40 * time.Second):
	case <-ctx.Done():
	}
	return l.Lease.Release(ctx)
}

func TestAReleaseThatHangsHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		s := p.seeded(t, slowRelease{tokens.NewMemoryStore()})
		began := time.Now()
		if access(t, s) != "access-1" || time.Since(began) > 5*time.Second {
			t.Errorf("after %v", time.Since(began))
		}
		time.Sleep(2 * time.Hour)
	})
}

func TestATokenInvalidatedWhileTheLeaseIsReleasedIsNotHandedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		s := p.seeded(t, slowRelease{tokens.NewMemoryStore()})
		go func() { _, _ = s.TokenContext(context.Background()) }()
		time.Sleep(time.Millisecond)
		synctest.Wait()
		s.Invalidate(grantway.NewSecret("access-1")) // another caller had it already
		if got := access(t, s); got == "access-1" {
			t.Error("got the token that was invalidated")
		}
		time.Sleep(2 * time.Hour)
	})
}

// An answer that comes after its flight was given up, and after the user saved
// another grant, must neither bring back what was invalidated nor, later,
// displace the newer grant.
func TestALateAnswerToAnOlderGrant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		s := p.seeded(t, &hookedStore{Store: tokens.NewMemoryStore()}, func(c *setup) {
			c.Refresh = func(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
				switch old.RefreshToken.Reveal() {
				case "refresh-0":
					time.Sleep(100 * time.Second) // whatever ctx says
					return p.token("access-late", "refresh-late"), nil
				case "refresh-late":
					return p.token("access-later", "refresh-later"), nil
				}
				return nil, kind(grantway.KindUnavailable)
			}
		})
		go func() { _, _ = s.TokenContext(context.Background()) }()
		time.Sleep(time.Second)
		if err := s.Save(t.Context(), p.token("access-new", "refresh-new")); err != nil {
			t.Fatal(err)
		}
		s.Invalidate(grantway.NewSecret("access-new"))
		time.Sleep(5 * time.Minute)
		if tok, err := s.TokenContext(t.Context()); err == nil {
			t.Errorf("got %s", tok.AccessToken.Reveal())
		}
		time.Sleep(time.Hour)
	})
}

func TestASpareOfAnOlderGrantDoesNotDisplaceANewerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		var s *tokens.Source
		s = p.seeded(t, store, func(c *setup) {
			c.Refresh = func(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
				if old.RefreshToken.Reveal() == "refresh-0" { // the user authorizes meanwhile, as somebody else perhaps
					if err := s.Save(ctx, p.token("access-new", "refresh-new")); err != nil {
						t.Error(err)
					}
					return p.token("access-of-old-grant", "refresh-of-old-grant"), nil
				}
				return nil, kind(grantway.KindRejected)
			}
		})
		if got := access(t, s); got != "access-new" {
			t.Fatal(got)
		}
		s.Invalidate(grantway.NewSecret("access-new"))
		if tok, err := s.TokenContext(t.Context()); !errors.Is(err, grantway.ErrReauthorize) {
			t.Errorf("the newer grant was revoked, and the older one is back: %v %v", tok.AccessToken.Reveal(), err)
		}
	})
}

// Two refreshes of one token worked, and only the loser's pair survived: it
// takes the place of the winner's when that is refused, even if the first
// attempt to write that fails.
func TestTheAlternateSurvivesAFailedWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, inner := newIssuer(), tokens.NewMemoryStore()
		store := &hookedStore{Store: inner}
		rival := p.source(t, incomparable{inner}, func(c *setup) {
			c.Refresh = func(context.Context, *grantway.Token) (*grantway.Token, error) {
				return p.token("access-rival", "refresh-rival"), nil
			}
			c.Now = func() time.Time { return time.Now().Add(2 * time.Minute) } // thinks the attempt dead
		})
		refused := 0
		s := p.seeded(t, store, func(c *setup) {
			c.Refresh = func(_ context.Context, old *grantway.Token) (*grantway.Token, error) {
				switch old.RefreshToken.Reveal() {
				case "refresh-0":
					access(t, rival)
					return p.token("access-alternate", "refresh-alternate"), nil
				case "refresh-alternate":
					return p.token("access-last", "refresh-last"), nil
				}
				if refused++; refused == 1 {
					store.swap = failing
				}
				return nil, kind(grantway.KindRejected)
			}
		})
		if got := access(t, s); got != "access-rival" {
			t.Fatal(got)
		}
		s.Invalidate(grantway.NewSecret("access-rival"))
		_, err := s.TokenContext(t.Context())
		t.Log(err)
		store.swap = nil
		for range 5 {
			time.Sleep(2 * time.Minute)
			if tok, err := s.TokenContext(t.Context()); err == nil && strings.HasPrefix(tok.AccessToken.Reveal(), "access-alternate") {
				return
			}
		}
		t.Error("the alternate is lost")
	})
}

// A Save that hears late of its success does not bring back what a later Save
// has replaced.
func TestASaveOvertakenByASave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.seeded(t, store)
		store.swap = func(e tokens.Entry, do func() error) error {
			err := do()
			if strings.Contains(string(e.Data), "access-first") {
				time.Sleep(time.Minute)
			}
			return err
		}
		done := make(chan error)
		go func() { done <- s.Save(context.Background(), p.token("access-first", "refresh-first")) }()
		synctest.Wait()
		if err := s.Save(t.Context(), p.token("access-second", "refresh-second")); err != nil {
			t.Fatal(err)
		}
		s.Invalidate(grantway.NewSecret("access-second"))
		p.answer = func(int) (error, bool) { return kind(grantway.KindUnavailable), false }
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if tok, err := s.TokenContext(t.Context()); err == nil {
			t.Errorf("got %s, which was replaced", tok.AccessToken.Reveal())
		}
	})
}

// A flight that was given up gets its answer late, while the token of a newer
// grant waits to be saved.
func TestALateAnswerDoesNotDisplaceATokenThatIsNotSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.seeded(t, store, func(c *setup) {
			c.Refresh = func(_ context.Context, old *grantway.Token) (*grantway.Token, error) {
				switch old.RefreshToken.Reveal() {
				case "refresh-0":
					time.Sleep(100 * time.Second) // whatever ctx says
					return p.token("access-late", "refresh-late"), nil
				case "refresh-new":
					store.swap = failing
					return p.token("access-newer", "refresh-newer"), nil
				}
				return nil, kind(grantway.KindRejected)
			}
		})
		go func() { _, _ = s.TokenContext(context.Background()) }()
		time.Sleep(70 * time.Second)
		if err := s.Save(t.Context(), p.token("access-new", "refresh-new")); err != nil {
			t.Fatal(err)
		}
		s.Invalidate(grantway.NewSecret("access-new"))
		time.Sleep(time.Second)
		if _, err := s.TokenContext(t.Context()); !errors.Is(err, grantway.ErrNotPersisted) {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // the late answer is there
		synctest.Wait()
		store.swap = nil
		time.Sleep(2 * time.Minute)
		if got := access(t, s); got != "access-newer" {
			t.Error(got)
		}
	})
}
