package bytenitetest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

// In a bubble, the limits of a call cost no time.
func TestAStallEndsAtTheLimitsOfTheCall(t *testing.T) {
	for _, c := range []struct {
		fault faults.Fault
		after time.Duration
	}{
		{faults.StallBeforeHeaders, 15 * time.Second},
		{faults.StallAfterHeaders, 30 * time.Second},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake, bn := start(t, bytenitetest.Options{Listener: faults.Pipe()})
				if err := fake.Arm("accessToken", c.fault, 1); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				_, err := bn.Exchange(context.Background())
				if !errors.Is(err, grantway.ErrAmbiguous) || time.Since(began) != c.after {
					t.Errorf("%v after %v", err, time.Since(began))
				}
			})
		})
	}
}

func TestASignOutWhoseAnswerIsLostHasHappened(t *testing.T) {
	for fault, live := range map[faults.Fault]bool{
		faults.Status(502, "", ""):                           true,
		faults.Redirect(307, "https://example.com/"):         true,
		faults.CarriedOut(faults.RetryAfter(503, "1")):       false,
		faults.CarriedOut(faults.ResetAfterRequest):          false,
		faults.CarriedOut(faults.Status(502, "", "example")): false,
	} {
		fake, bn := start(t, bytenitetest.Options{})
		tok := faketest.Must(bn.Exchange(t.Context()))
		if err := fake.Arm("signOut", fault, 1); err != nil {
			t.Fatal(err)
		}
		if err := bn.SignOut(t.Context(), tok); err == nil || fake.Live(tok.AccessToken) != live {
			t.Errorf("%s: %v, live %v", fault, err, !live)
		}
	}
}

func TestWhatCannotComeIsNotArmed(t *testing.T) {
	fake, _ := start(t, bytenitetest.Options{})
	if err := fake.Arm("obtainToken", faults.EmptyBody, 1); err == nil || !strings.HasPrefix(err.Error(), "bytenitetest: ") {
		t.Errorf("%v", err)
	}
	for _, f := range faults.All() {
		if err := fake.Arm("skip", f, 1); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	if len(faults.DialFaults()) == 0 || len(faults.TLSFaults()) == 0 {
		t.Error("no faults of the connection")
	}
}
