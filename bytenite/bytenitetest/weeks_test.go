package bytenitetest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func TestF3_AFakeThatRunsForWeeksForgets(t *testing.T) {
	fake, bn := start(t, bytenitetest.Options{Now: faketest.Standing})
	faketest.Plateau(t, fake, 50, func(n int) {
		for range 3 { // one signs out, two let their token end
			tok := faketest.Must(bn.Exchange(t.Context()))
			if n++; n%3 == 0 {
				if err := bn.SignOut(t.Context(), tok); err != nil {
					t.Error(err)
				}
			}
		}
		fake.Advance(24 * time.Hour)
	}, "Server.Fake.log") // which is bounded by number and size
}

func TestF3_LoginChallengesAreBounded(t *testing.T) {
	fake, bn := start(t, bytenitetest.Options{Now: faketest.Standing})
	faketest.Plateau(t, fake, 6000, func(n int) { fake.SetSkip(fmt.Sprint(n), "https://example.com/") })
	tok := faketest.Must(bn.Exchange(t.Context()))
	for challenge, skips := range map[string]bool{"0": false, "23999": true} {
		if r := faketest.Must(bn.Skip(t.Context(), tok, challenge)); r.Skip != skips {
			t.Errorf("challenge %s of 24000: %+v", challenge, r)
		}
	}
}
