package tokens_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// News of a revocation that come late take no token that a sign-in since has
// brought.
func TestForgetObtainedBeforeLeavesWhatCameLater(t *testing.T) {
	for name, c := range map[string]struct {
		revoked   time.Duration // after the token was obtained
		change    func(*grantway.Token)
		forgotten bool
	}{
		"revoked after the token was obtained":  {time.Second, nil, true},
		"revoked before the token was obtained": {-time.Second, nil, false},
		"revoked at that very moment":           {0, nil, false},
		"a token of unknown age":                {-time.Hour, func(t *grantway.Token) { t.ObtainedAt = time.Time{} }, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, store := newIssuer(), tokens.NewMemoryStore()
				s := p.source(t, store)
				tok := p.token("access-0", "refresh-0")
				revoked := tok.ObtainedAt.Add(c.revoked)
				if c.change != nil {
					c.change(tok)
				}
				if err := s.Save(t.Context(), tok); err != nil {
					t.Fatal(err)
				}
				forgotten, err := s.ForgetObtainedBefore(t.Context(), revoked)
				if err != nil || forgotten != c.forgotten {
					t.Errorf("%v, %v", forgotten, err)
				}
				_, err = s.TokenContext(t.Context())
				if gone := errors.Is(err, grantway.ErrReauthorize); gone != c.forgotten {
					t.Errorf("the token afterwards: %v", err)
				}
				// Inverse: Forget does not ask when.
				if err := s.Forget(t.Context()); err != nil {
					t.Fatal(err)
				}
				if _, err := s.TokenContext(t.Context()); !errors.Is(err, grantway.ErrReauthorize) {
					t.Errorf("inverse: %v", err)
				}
				if again, err := s.ForgetObtainedBefore(t.Context(), revoked.Add(time.Hour)); again || err != nil {
					t.Errorf("nothing to forget, and it says %v, %v", again, err)
				}
			})
		})
	}
}

// A sign-in that comes between the look and the write wins.
func TestForgetObtainedBeforeLooksAgainAfterAConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, inner := newIssuer(), tokens.NewMemoryStore()
		slow := &hookedStore{Store: inner}
		s := p.source(t, slow)
		other := p.source(t, incomparable{inner})
		if err := s.Save(t.Context(), p.token("access-0", "refresh-0")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		revoked := time.Now()
		slow.swap = func(_ tokens.Entry, do func() error) error {
			slow.swap = nil
			time.Sleep(time.Second)
			if err := other.Save(t.Context(), p.token("access-new", "refresh-new")); err != nil {
				t.Error(err)
			}
			return do()
		}
		forgotten, err := s.ForgetObtainedBefore(t.Context(), revoked)
		if forgotten || err != nil {
			t.Errorf("%v, %v", forgotten, err)
		}
		if r := written(t, inner); r.AccessToken != "access-new" {
			t.Errorf("the store has %+v", r)
		}
	})
}

// What cannot be read cannot be judged, and stays; Forget takes it away.
func TestForgetObtainedBeforeLeavesWhatItCannotRead(t *testing.T) {
	p, store := newIssuer(), tokens.NewMemoryStore()
	s := p.source(t, store)
	if err := s.Save(t.Context(), p.token("access-0", "refresh-0")); err != nil {
		t.Fatal(err)
	}
	e, err := store.Load(t.Context(), tokens.Key{Provider: "acme", Account: "one"}.String())
	if err != nil {
		t.Fatal(err)
	}
	old := e.Generation
	e.Generation, e.Data = old+1, []byte("damaged")
	if err := store.CompareAndSwap(t.Context(), old, e); err != nil {
		t.Fatal(err)
	}
	if forgotten, err := s.ForgetObtainedBefore(t.Context(), time.Now().Add(time.Hour)); forgotten || !errors.Is(err, grantway.ErrStore) {
		t.Errorf("%v, %v", forgotten, err)
	}
	if err := s.Forget(t.Context()); err != nil {
		t.Errorf("inverse: %v", err)
	}
}
