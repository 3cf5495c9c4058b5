package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/detail"
	"github.com/grantway/grantway/tokens"
)

// issuer is a provider reduced to its refresh: tokens of one hour, a refresh
// token that is spent by its use.
type issuer struct {
	mu    sync.Mutex
	calls int
	spent map[string]int
	// takes is how long an answer takes.
	takes time.Duration
	// answer, if set, is asked first: an error it returns is the outcome, and
	// spends says whether the refresh token is gone all the same.
	answer func(call int) (err error, spends bool)
	// current is the refresh token that is good; reuse of another is refused.
	current string
}

func newIssuer() *issuer { return &issuer{spent: map[string]int{}, current: "refresh-0"} }

func (p *issuer) refresh(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
	p.mu.Lock()
	p.calls++
	n := p.calls
	p.mu.Unlock()
	if p.takes > 0 {
		select {
		case <-time.After(p.takes):
		case <-ctx.Done():
			return nil, (&grantway.Error{Provider: "acme", Operation: "refresh", Kind: grantway.KindAmbiguous}).With(detail.Error{Cause: ctx.Err()})
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var fault error
	spends := true
	if p.answer != nil {
		fault, spends = p.answer(n)
	}
	if old != nil && spends {
		was := old.RefreshToken.Reveal()
		p.spent[was]++
		if was != p.current {
			return nil, kind(grantway.KindRejected)
		}
		p.current = fmt.Sprintf("refresh-%d", n)
	}
	if fault != nil {
		return nil, fault
	}
	return p.token(fmt.Sprintf("access-%d", n), p.current), nil
}

func (p *issuer) token(access, refresh string) *grantway.Token {
	now := time.Now().UTC()
	return &grantway.Token{AccessToken: grantway.NewSecret(access), RefreshToken: grantway.NewSecret(refresh), Type: "bearer",
		ObtainedAt: now, Expiry: grantway.ExpiresAt(now.Add(time.Hour))}
}

func (p *issuer) count() int { p.mu.Lock(); defer p.mu.Unlock(); return p.calls }

func kind(k grantway.Kind) error {
	return &grantway.Error{Provider: "acme", Operation: "refresh", Kind: k, Status: 400}
}

// kindBecause is an error of that kind with a cause.
func kindBecause(k grantway.Kind, cause error) error {
	return (&grantway.Error{Provider: "acme", Operation: "refresh", Kind: k}).With(detail.Error{Cause: cause})
}

// source makes a Source of p over store; its plan refreshes at 48 to 54
// minutes of 60 and stops handing out at 59.
func (p *issuer) source(t testing.TB, store tokens.Store, change ...func(*setup)) *tokens.Source {
	t.Helper()
	cfg := acme("one", store, tokens.RefreshPlan{Fraction: 0.9, Margin: time.Minute}, tokens.ReplayPaced)
	cfg.Refresh = p.refresh
	for _, c := range change {
		c(&cfg)
	}
	s, err := cfg.open()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// seeded is a source with a first token, which has expired.
func (p *issuer) seeded(t testing.TB, store tokens.Store, change ...func(*setup)) *tokens.Source {
	t.Helper()
	s := p.source(t, store, change...)
	first := p.token("access-0", "refresh-0")
	first.ObtainedAt = time.Now().Add(-2 * time.Hour)
	first.Expiry = grantway.ExpiresAt(time.Now().Add(-time.Hour))
	if err := s.Save(context.Background(), first); err != nil {
		t.Fatal(err)
	}
	return s
}

func access(t testing.TB, s *tokens.Source) string {
	t.Helper()
	tok, err := s.TokenContext(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return tok.AccessToken.Reveal()
}

func TestSourceRefreshesWhenDueAndOnlyThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		s := p.seeded(t, tokens.NewMemoryStore())
		if got := access(t, s); got != "access-1" || p.count() != 1 {
			t.Fatalf("%s after %d calls", got, p.count())
		}
		time.Sleep(48 * time.Minute)
		if got := access(t, s); got != "access-1" || p.count() != 1 {
			t.Errorf("%s after %d calls, long before it is due", got, p.count())
		}
		time.Sleep(7 * time.Minute) // due, and still good: refreshed behind
		if got := access(t, s); got != "access-1" {
			t.Errorf("%s: the caller waited for a refresh that could go on behind", got)
		}
		synctest.Wait()
		if got := access(t, s); got != "access-2" || p.count() != 2 {
			t.Errorf("%s after %d calls", got, p.count())
		}
	})
}

func TestSourceServesAGoodTokenWhileTheProviderIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		s := p.seeded(t, tokens.NewMemoryStore())
		access(t, s)
		p.answer = func(int) (error, bool) { return kind(grantway.KindUnavailable), false }
		time.Sleep(55 * time.Minute)
		for range 200 {
			access(t, s)
			time.Sleep(time.Second)
		}
		if n := p.count() - 1; n > 12 {
			t.Errorf("%d calls in 200 s", n)
		}
		time.Sleep(5 * time.Minute) // past the end
		if _, err := s.TokenContext(context.Background()); !errors.Is(err, grantway.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		p.answer = nil
		time.Sleep(2 * time.Minute)
		access(t, s)
	})
}

func TestSourceFindsItsTokenAgainAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := tokens.NewMemoryStore()
		p := newIssuer()
		s := p.seeded(t, store)
		want := access(t, s)
		_ = s.Close()
		again := p.source(t, incomparable{store})
		if got := access(t, again); got != want || p.count() != 1 {
			t.Errorf("%s after %d calls", got, p.count())
		}
		if _, err := s.TokenContext(context.Background()); !errors.Is(err, tokens.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
	})
}

// incomparable hides that a store is the same one, as another process would see it.
type incomparable struct{ tokens.Store }

func TestSourceErrors(t *testing.T) {
	for _, tt := range []struct {
		name  string
		setUp func(*testing.T, *issuer) *tokens.Source
		want  error
		calls int
	}{
		{"nothing stored", func(t *testing.T, p *issuer) *tokens.Source { return p.source(t, tokens.NewMemoryStore()) }, grantway.ErrReauthorize, 0},
		{"no refresh token", func(t *testing.T, p *issuer) *tokens.Source {
			s := p.source(t, tokens.NewMemoryStore())
			tok := p.token("access-0", "")
			tok.Expiry = grantway.ExpiresAt(time.Now())
			if err := s.Save(context.Background(), tok); err != nil {
				t.Fatal(err)
			}
			return s
		}, grantway.ErrReauthorize, 0},
		{"the grant is refused", func(t *testing.T, p *issuer) *tokens.Source {
			p.answer = func(int) (error, bool) { return kind(grantway.KindRejected), false }
			return p.seeded(t, tokens.NewMemoryStore())
		}, grantway.ErrReauthorize, 1},
		{"the client is refused", func(t *testing.T, p *issuer) *tokens.Source {
			p.answer = func(int) (error, bool) { return kind(grantway.KindBadClient), false }
			return p.seeded(t, tokens.NewMemoryStore())
		}, grantway.ErrBadClient, 1},
		{"the outcome is lost twice", func(t *testing.T, p *issuer) *tokens.Source {
			p.answer = func(int) (error, bool) { return kind(grantway.KindAmbiguous), false }
			return p.seeded(t, tokens.NewMemoryStore())
		}, grantway.ErrAmbiguous, 2},
		{"the outcome is lost and may not be replayed", func(t *testing.T, p *issuer) *tokens.Source {
			p.answer = func(int) (error, bool) { return kind(grantway.KindAmbiguous), false }
			never := tokens.ReplayNever
			return p.seeded(t, tokens.NewMemoryStore(), func(c *setup) { c.Replay = &never })
		}, grantway.ErrAmbiguous, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newIssuer()
				s := tt.setUp(t, p)
				for range 3 { // the failure is shared, not repeated
					if _, err := s.TokenContext(context.Background()); !errors.Is(err, tt.want) {
						t.Errorf("got %v, want %v", err, tt.want)
					}
				}
				if p.count() != tt.calls {
					t.Errorf("%d calls, want %d", p.count(), tt.calls)
				}
			})
		})
	}
}

func TestSourceReplaysOnceWhatGotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		p.answer = func(call int) (error, bool) {
			if call == 1 {
				return kind(grantway.KindAmbiguous), false
			}
			return nil, true
		}
		s := p.seeded(t, tokens.NewMemoryStore())
		if got := access(t, s); got != "access-2" || p.count() != 2 {
			t.Errorf("%s after %d calls", got, p.count())
		}
	})
}

func TestSaveAfterARejectionStartsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		p.answer = func(call int) (error, bool) { return kind(grantway.KindRejected), false }
		s := p.seeded(t, tokens.NewMemoryStore())
		if _, err := s.TokenContext(context.Background()); !errors.Is(err, grantway.ErrReauthorize) {
			t.Fatal(err)
		}
		if err := s.Save(context.Background(), p.token("access-new", "refresh-new")); err != nil {
			t.Fatal(err)
		}
		if got := access(t, s); got != "access-new" {
			t.Error(got)
		}
		if err := s.Forget(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.TokenContext(context.Background()); !errors.Is(err, grantway.ErrReauthorize) || !errors.Is(err, tokens.ErrNotFound) {
			t.Errorf("after Forget: %v", err)
		}
	})
}
