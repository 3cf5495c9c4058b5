package builtbybittest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/internal/fakeauth/visitor"
)

func TestF3_AFakeThatRunsForWeeksForgets(t *testing.T) {
	const day = 24 * time.Hour
	fake, bbb := start(t, builtbybittest.Options{Now: faketest.Standing, RefreshLifetime: 7 * day, SkipGranted: true})
	faketest.Plateau(t, fake, 50, func(n int) {
		for range 2 { // one leaves at the login page, one at the consent page
			v := visitor.New(t, nil)
			v.Open(authorizeURL(fake, "state", fmt.Sprint(n)))
			v = visitor.New(t, nil)
			v.Press(v.Open(authorizeURL(fake, "scope", fmt.Sprint("example.", n%30))), "example-member-2")
		}
		fake.IssueCode(builtbybittest.Grant{}) // for nobody
		tok := take(t, bbb, faketest.Must(fake.Allow(authorizeURL(fake))))
		next := faketest.Must(bbb.Refresh(t.Context(), tok))
		if _, err := bbb.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
			t.Errorf("reuse: %v", err)
		}
		switch n % 3 {
		case 0:
			_ = bbb.RevokeToken(t.Context(), next)
		case 1:
			_ = bbb.RevokeRefreshToken(t.Context(), next)
		}
		fake.Advance(day)
	}, "Server.Fake.log") // which is bounded by number and size
}

// A fake that forgets still knows a spent token when it comes late.
func TestF3_ASpentRefreshTokenIsKnownForWeeks(t *testing.T) {
	const day = 24 * time.Hour
	for after, ends := range map[time.Duration]bool{29 * day: true, 31 * day: false} {
		fake, bbb := start(t, builtbybittest.Options{Now: faketest.Standing, AccessLifetime: 365 * day, Reuse: builtbybittest.Reuse{After: builtbybittest.RevokeFamily}})
		tok := exchange(t, fake, bbb)
		next := faketest.Must(bbb.Refresh(t.Context(), tok))
		fake.Advance(after)
		if _, err := bbb.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
			t.Errorf("after %v: %v", after, err)
		}
		if fake.Live(next.AccessToken) == ends {
			t.Errorf("after %v the family ends: %v", after, !ends)
		}
	}
}
