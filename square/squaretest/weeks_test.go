package squaretest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/internal/fakeauth/visitor"
	"github.com/grantway/grantway/square/squaretest"
)

func TestF3_AFakeThatRunsForWeeksForgets(t *testing.T) {
	const day = 24 * time.Hour
	fake, sq := start(t, squaretest.Options{Now: faketest.Standing, RedirectURL: registered})
	faketest.Plateau(t, fake, 50, func(n int) {
		// One leaves at the login page, one at the consent page.
		v := visitor.New(t, nil)
		v.Open(authorizeURL(fake, "state", fmt.Sprint(n)))
		v = visitor.New(t, nil)
		v.Press(v.Open(authorizeURL(fake)), "EXAMPLE-MERCHANT-2")
		fake.IssueCode(squaretest.Grant{}) // for nobody
		exchange(t, fake, sq, squaretest.Grant{})
		tok := exchange(t, fake, sq, squaretest.Grant{CodeChallenge: challenge})
		faketest.Must(sq.Refresh(t.Context(), tok))
		if _, err := sq.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
			t.Errorf("reuse: %v", err)
		}
		fake.IssueLegacyToken(squaretest.Grant{})
		if n%5 == 0 {
			fake.RevokeMerchant("EXAMPLE-MERCHANT")
		}
		fake.Advance(day)
	}, "Server.Fake.log") // which is bounded by number and size
}

// A fake that forgets still renews what Square renewed, and knows a spent token
// when it comes late.
func TestF3_WhatComesLateIsKnownForWeeks(t *testing.T) {
	const day = 24 * time.Hour
	fake, sq := start(t, squaretest.Options{Now: faketest.Standing, RenewEnabled: true, Reuse: squaretest.Reuse{After: squaretest.RevokeFamily}})
	legacy := fake.IssueLegacyToken(squaretest.Grant{})
	fake.Advance(squaretest.AccessLifetime + squaretest.RenewWindow - time.Second)
	if _, err := sq.RenewToken(t.Context(), legacy); err != nil {
		t.Errorf("within the window: %v", err)
	}
	tok := exchange(t, fake, sq, squaretest.Grant{CodeChallenge: challenge})
	next := faketest.Must(sq.Refresh(t.Context(), tok))
	fake.Advance(29 * day)
	if _, err := sq.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) || fake.Live(next.AccessToken) {
		t.Errorf("a reuse after 29 days: %v; the family lives: %v", err, fake.Live(next.AccessToken))
	}
}
