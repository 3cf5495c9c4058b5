package reusetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/fakeauth"
)

// toy is a provider that does what says, whatever it was asked to be.
type toy struct {
	does fakeauth.Reuse

	now    time.Time
	issued int
	used   map[string]time.Time
	gave   map[string]*grantway.Token
	family map[string]int
	dead   map[int]bool
	broken func(*toy) // after a reuse
}

func (w *toy) issue(family int) *grantway.Token {
	w.issued++
	tok := &grantway.Token{
		AccessToken:  grantway.NewSecret(fmt.Sprint("example-access-", w.issued)),
		RefreshToken: grantway.NewSecret(fmt.Sprint("example-refresh-", w.issued)),
	}
	w.family[tok.AccessToken.Reveal()], w.family[tok.RefreshToken.Reveal()] = family, family
	return tok
}

func (w *toy) refresh(tok *grantway.Token) (*grantway.Token, error) {
	name := tok.RefreshToken.Reveal()
	family := w.family[name]
	at, again := w.used[name]
	switch {
	case w.dead[family]:
		return nil, grantway.ErrReauthorize
	case again && w.now.Sub(at) >= w.does.Within:
		w.dead[family] = w.does.After == fakeauth.RevokeFamily
		w.broken(w)
		return nil, grantway.ErrReauthorize
	case again && w.does.Answer == fakeauth.SameTokens:
		w.broken(w)
		return w.gave[name], nil
	case again:
		return w.issue(family), nil
	}
	w.used[name], w.gave[name] = w.now, w.issue(family)
	return w.gave[name], nil
}

func world(does fakeauth.Reuse, broken func(*toy)) World {
	w := &toy{does: does, used: map[string]time.Time{}, gave: map[string]*grantway.Token{}, family: map[string]int{}, dead: map[int]bool{}, broken: broken}
	authorizations := 0
	return World{
		Exchange: func() *grantway.Token { authorizations++; return w.issue(authorizations) },
		Refresh:  w.refresh,
		Live:     func(access grantway.Secret) bool { return !w.dead[w.family[access.Reveal()]] },
		Advance:  func(d time.Duration) { w.now = w.now.Add(d) },
	}
}

// Each case passes for the provider that it asks for, and for no provider that
// another case tells from it.
func TestEachWrongProviderFailsACase(t *testing.T) {
	whole := func(*toy) {}
	for _, c := range cases {
		if faults := c.faults(world(c.reuse, whole)); len(faults) > 0 {
			t.Errorf("%s: the right one: %v", c.name, faults)
		}
	}
	for _, wrong := range []struct {
		name   string
		change func(fakeauth.Reuse) fakeauth.Reuse
		broken func(*toy)
	}{
		{"no window", func(r fakeauth.Reuse) fakeauth.Reuse { r.Within = 0; return r }, whole},
		{"a window that is too long", func(r fakeauth.Reuse) fakeauth.Reuse { r.Within++; return r }, whole},
		{"always fresh tokens", func(r fakeauth.Reuse) fakeauth.Reuse { r.Answer = fakeauth.FreshTokens; return r }, whole},
		{"always the same tokens", func(r fakeauth.Reuse) fakeauth.Reuse { r.Answer = fakeauth.SameTokens; return r }, whole},
		{"no family ends", func(r fakeauth.Reuse) fakeauth.Reuse { r.After = fakeauth.RefuseReuse; return r }, whole},
		{"every family ends", func(r fakeauth.Reuse) fakeauth.Reuse { r.After = fakeauth.RevokeFamily; return r }, whole},
		{"all families end with one", func(r fakeauth.Reuse) fakeauth.Reuse { return r }, func(w *toy) { w.dead[1] = w.dead[2] }},
		{"the same tokens, and then the family ends", func(r fakeauth.Reuse) fakeauth.Reuse { return r }, func(w *toy) { w.dead[2] = true }},
	} {
		failed := slices.ContainsFunc(cases, func(c reuseCase) bool {
			return len(c.faults(world(wrong.change(c.reuse), wrong.broken))) > 0
		})
		if !failed {
			t.Errorf("%s: no case fails", wrong.name)
		}
	}
}

func TestWhatAnAnswerGives(t *testing.T) {
	token := func(access, refresh string, end int64) *grantway.Token {
		return &grantway.Token{
			AccessToken: grantway.NewSecret(access), RefreshToken: grantway.NewSecret(refresh),
			Expiry: grantway.ExpiresAt(time.Unix(end, 0)),
		}
	}
	next := token("example-a", "example-r", 100)
	for _, c := range []struct {
		name  string
		again *grantway.Token
		err   error
		want  string
	}{
		{"a refusal of the grant", nil, grantway.ErrReauthorize, none},
		{"another error", nil, errors.New("broken"), "an error"},
		{"new ones", token("example-a2", "example-r2", 100), nil, fresh},
		{"the same", token("example-a", "example-r", 100), nil, same},
		{"the same access token only", token("example-a", "example-r2", 100), nil, "one of the tokens again"},
		{"the same refresh token only", token("example-a2", "example-r", 100), nil, "one of the tokens again"},
		{"the same, with an end counted anew", token("example-a", "example-r", 101), nil, "the same tokens and a later end"},
	} {
		if got := gives(c.again, c.err, next); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
