package tokens_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// A busy Source reads no clock: a timer tells it when to look again. It must tell
// in time, whenever in a second the token ends.
func TestABusySourceHandsOutNothingThatHasEnded(t *testing.T) {
	// late counts how often a token is handed out that has ended, when it is asked
	// for a thousand times a second.
	late := func(t *testing.T, life time.Duration, asking func(*tokens.Source) func() (*grantway.Token, error)) (n int) {
		synctest.Test(t, func(t *testing.T) {
			p := newIssuer()
			p.answer = func(int) (error, bool) { return kind(grantway.KindUnavailable), false }
			s := p.source(t, tokens.NewMemoryStore(), func(c *setup) { c.Plan = &tokens.RefreshPlan{Fraction: 0.9} })
			tok := p.token("access-0", "refresh-0")
			end := time.Now().Add(life)
			tok.Expiry = grantway.ExpiresAt(end)
			if err := s.Save(t.Context(), tok); err != nil {
				t.Fatal(err)
			}
			ask := asking(s)
			for time.Now().Before(end.Add(2 * time.Second)) {
				_, err := ask()
				if !time.Now().Before(end) && err == nil {
					n++
				}
				if err != nil && !errors.Is(err, grantway.ErrUnavailable) {
					t.Fatal(err)
				}
				time.Sleep(time.Millisecond)
			}
		})
		return n
	}
	source := func(s *tokens.Source) func() (*grantway.Token, error) {
		return func() (*grantway.Token, error) { return s.TokenContext(context.Background()) }
	}
	// Inverse: who looks once a second is late.
	naive := func(s *tokens.Source) func() (*grantway.Token, error) {
		var kept *grantway.Token
		var until time.Time
		return func() (*grantway.Token, error) {
			if time.Now().Before(until) {
				return kept, nil
			}
			tok, err := s.TokenContext(context.Background())
			if err == nil {
				kept, until = tok, time.Now().Add(time.Second)
			}
			return tok, err
		}
	}
	seen := 0
	for _, life := range []time.Duration{30 * time.Millisecond, 900 * time.Millisecond, 3 * time.Second, 4500 * time.Millisecond, 10*time.Second + time.Millisecond} {
		if n := late(t, life, source); n != 0 {
			t.Errorf("%v: handed out %d times after its end", life, n)
		}
		seen += late(t, life, naive)
	}
	if seen == 0 {
		t.Error("inverse: nobody was late")
	}
}

// The same two forms of a token are handed out each time, made when first asked for.
func TestTheFormsOfATokenAreMadeOnce(t *testing.T) {
	s := newIssuer().source(t, tokens.NewMemoryStore())
	if err := s.Save(t.Context(), newIssuer().token("access-0", "refresh-0")); err != nil {
		t.Fatal(err)
	}
	first, err := s.Token()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Token(); err != nil || again != first || again.AccessToken != "access-0" {
		t.Errorf("%v, %v", again, err)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = s.Token() }); n != 0 {
		t.Errorf("%v allocations for each call", n)
	}
}
