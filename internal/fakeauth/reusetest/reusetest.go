// Package reusetest is what every fake whose refresh tokens are good once does
// when a spent one comes again. It knows no fake.
package reusetest

import (
	"errors"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/fakeauth"
)

// World is a fake and its client.
type World struct {
	// Exchange gives the tokens of a new authorization.
	Exchange func() *grantway.Token
	Refresh  func(*grantway.Token) (*grantway.Token, error)
	Live     func(accessToken grantway.Secret) bool
	Advance  func(time.Duration)
}

// Run runs each case in a world of its own. start makes one whose clock stands.
func Run(t *testing.T, start func(*testing.T, fakeauth.Reuse) World) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, fault := range c.faults(start(t, c.reuse)) {
				t.Error(fault)
			}
		})
	}
}

// What the answer to a spent refresh token holds.
const (
	none  = "nothing, for it is refused"
	fresh = "fresh tokens"
	same  = "the same tokens"
)

type reuseCase struct {
	name  string
	reuse fakeauth.Reuse
	later time.Duration // between the first use and the reuse
	gives string
	lives bool // what the first use gave does, afterwards
}

var (
	window       = fakeauth.Reuse{Within: time.Minute}
	sameWindow   = fakeauth.Reuse{Within: time.Minute, Answer: fakeauth.SameTokens}
	revokes      = fakeauth.Reuse{After: fakeauth.RevokeFamily}
	windowThen   = fakeauth.Reuse{Within: time.Minute, After: fakeauth.RevokeFamily}
	sameThenEnds = fakeauth.Reuse{Within: time.Minute, Answer: fakeauth.SameTokens, After: fakeauth.RevokeFamily}

	cases = []reuseCase{
		{"it is refused", fakeauth.Reuse{}, 0, none, true},
		{"it gives fresh tokens within the window", window, time.Minute - 1, fresh, true},
		{"it is refused after the window", window, time.Minute, none, true},
		{"it gives the same tokens within the window", sameWindow, time.Minute - 1, same, true},
		{"it is refused after a window of the same tokens", sameWindow, time.Minute, none, true},
		{"it ends the family", revokes, 0, none, false},
		{"it ends nothing within the window", windowThen, 0, fresh, true},
		{"it ends the family after the window", windowThen, time.Minute, none, false},
		{"it ends nothing within a window of the same tokens", sameThenEnds, 0, same, true},
		{"it ends the family after a window of the same tokens", sameThenEnds, time.Minute, none, false},
	}
)

// faults says what w does that the case does not have.
func (c reuseCase) faults(w World) (faults []string) {
	fault := func(is bool, what string) {
		if is {
			faults = append(faults, what)
		}
	}
	other, old := w.Exchange(), w.Exchange()
	next, err := w.Refresh(old)
	if err != nil || next.RefreshToken.Equal(old.RefreshToken) {
		return []string{"the first use gives no new refresh token"}
	}
	w.Advance(c.later)
	again, err := w.Refresh(old)
	got := gives(again, err, next)
	fault(got != c.gives, "the reuse gives "+got+", and should give "+c.gives)
	fault(err == nil && !w.Live(again.AccessToken), "what the reuse gives is dead")
	fault(w.Live(next.AccessToken) != c.lives, "the access token of the first use is in the wrong state")
	_, err = w.Refresh(next)
	fault(errors.Is(err, grantway.ErrReauthorize) == c.lives, "the refresh token of the first use is in the wrong state")
	_, err = w.Refresh(other)
	fault(err != nil || !w.Live(other.AccessToken), "another authorization ended")
	return faults
}

func gives(again *grantway.Token, err error, next *grantway.Token) string {
	switch {
	case errors.Is(err, grantway.ErrReauthorize):
		return none
	case err != nil:
		return "an error"
	case again.AccessToken.Equal(next.AccessToken) != again.RefreshToken.Equal(next.RefreshToken):
		return "one of the tokens again"
	case !again.AccessToken.Equal(next.AccessToken):
		return fresh
	case ends(again).After(ends(next)):
		return "the same tokens and a later end"
	}
	return same
}

func ends(tok *grantway.Token) time.Time {
	at, _ := tok.Expiry.Time()
	return at
}
