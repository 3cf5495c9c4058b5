package bytenitetest_test

import (
	"testing"

	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

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
