package tokens_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// An entry that is deleted and made anew must not be taken for the old one by
// who slept through both.
func TestAForgottenGrantIsNotBroughtBackByASlowWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, inner := newIssuer(), tokens.NewMemoryStore()
		slow := &hookedStore{Store: inner}
		s := p.seeded(t, slow)
		other := p.source(t, incomparable{inner})
		slow.swap = func(e tokens.Entry, do func() error) error {
			if slow.swap = nil; !strings.Contains(string(e.Data), `"attempt"`) {
				t.Error("not the attempt")
			}
			if err := other.Forget(t.Context()); err != nil {
				t.Error(err)
			}
			if err := other.Save(t.Context(), p.token("access-new", "refresh-new")); err != nil {
				t.Error(err)
			}
			return do() // generation 1 to 2, of another grant
		}
		_, _ = s.TokenContext(t.Context())
		time.Sleep(time.Minute)
		if r := written(t, inner); r.AccessToken != "access-new" {
			t.Errorf("the store has %+v, and the user saved access-new", r)
		}
	})
}

// Who joins a flight after a Forget does not get what it found before.
func TestAForgottenTokenIsNotHandedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		s := p.seeded(t, slowRelease{tokens.NewMemoryStore()})
		go func() { _, _ = s.TokenContext(context.Background()) }()
		time.Sleep(time.Millisecond)
		synctest.Wait() // access-1 is saved and published, the lease is being released
		if err := s.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if tok, err := s.TokenContext(t.Context()); !errors.Is(err, grantway.ErrReauthorize) {
			t.Errorf("after Forget: %v, %v", tok, err)
		}
		time.Sleep(2 * time.Hour)
	})
}
