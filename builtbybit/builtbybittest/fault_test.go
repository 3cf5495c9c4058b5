package builtbybittest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/internal/fakeauth/reusetest"
)

func TestALostAnswerLeavesTheRefreshTokenSpent(t *testing.T) {
	for fault, spent := range map[faults.Fault]bool{
		faults.Status(502, "", ""):                           false,
		faults.CarriedOut(faults.RetryAfter(503, "1500")):    true,
		faults.CarriedOut(faults.ResetAfterRequest):          true,
		faults.CarriedOut(faults.Redirect(307, "https://x")): true,
	} {
		fake, bbb := start(t, builtbybittest.Options{})
		tok := faketest.Must(bbb.Exchange(t.Context(), fake.IssueCode(builtbybittest.Grant{})))
		if err := fake.Arm("requestToken", fault, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := bbb.Refresh(t.Context(), tok); err == nil {
			t.Fatalf("%s did not come", fault)
		}
		if _, err := bbb.Refresh(t.Context(), tok); errors.Is(err, grantway.ErrReauthorize) != spent {
			t.Errorf("%s, then the token again: %v", fault, err)
		}
	}
}

func TestACodeCanBeBurntOnSight(t *testing.T) {
	for _, burn := range []bool{false, true} {
		fake, bbb := start(t, builtbybittest.Options{BurnCodeOnSight: burn})
		code := fake.IssueCode(builtbybittest.Grant{})
		r := faketest.SendForm(t, "POST", fake.URL()+"/oauth2/token", "grant_type=authorization_code&code_verifier=x&code="+code.Code.Reveal(), basic("example-client", "example/secret"))
		if r.Status != 400 {
			t.Fatalf("a verifier: %d %s", r.Status, r.Body)
		}
		if _, err := bbb.Exchange(t.Context(), code); (err != nil) != burn {
			t.Errorf("burn %v: the right request then: %v", burn, err)
		}
	}
}

func TestReuseOfASpentRefreshToken(t *testing.T) {
	reusetest.Run(t, func(t *testing.T, reuse builtbybittest.Reuse) reusetest.World {
		fake, bbb := start(t, builtbybittest.Options{Now: faketest.Standing, Reuse: reuse})
		return reusetest.World{
			Exchange: func() *grantway.Token { return exchange(t, fake, bbb) },
			Refresh:  func(tok *grantway.Token) (*grantway.Token, error) { return bbb.Refresh(t.Context(), tok) },
			Live:     fake.Live,
			Advance:  fake.Advance,
		}
	})
}

func TestAWindowForReuseMakesNoTokenLiveLonger(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{
		Now: faketest.Standing, RefreshLifetime: time.Second, Reuse: builtbybittest.Reuse{Within: time.Minute},
	})
	tok := exchange(t, fake, bbb)
	faketest.Must(bbb.Refresh(t.Context(), tok))
	fake.Advance(time.Second)
	if _, err := bbb.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("%v", err)
	}
}

func TestARevokedTokenIsAnsweredInNoWindow(t *testing.T) {
	for _, answer := range []builtbybittest.ReuseAnswer{builtbybittest.FreshTokens, builtbybittest.SameTokens} {
		fake, bbb := start(t, builtbybittest.Options{Reuse: builtbybittest.Reuse{Within: time.Hour, Answer: answer}})
		tok := exchange(t, fake, bbb)
		faketest.Must(bbb.Refresh(t.Context(), tok))
		if !fake.RevokeToken(tok.RefreshToken) {
			t.Error("in the window it is live")
		}
		if _, err := bbb.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
			t.Errorf("%v", err)
		}
	}
}

func TestScopesShrinkWithTheNextRefresh(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{})
	tok := faketest.Must(bbb.Exchange(t.Context(), fake.IssueCode(builtbybittest.Grant{Scopes: []string{"members.self", "example.other"}})))
	if !fake.NarrowScopes(tok.RefreshToken, "members.self") || fake.NarrowScopes(grantway.NewSecret("example-unknown")) {
		t.Error("NarrowScopes knows the wrong tokens")
	}
	if next := faketest.Must(bbb.Refresh(t.Context(), tok)); len(next.Scopes) != 1 {
		t.Errorf("scopes %v", next.Scopes)
	}
}

func TestATokenCanBeIssuedExpired(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{Now: faketest.Standing})
	if err := fake.Arm("requestToken", faults.ExpiryPast, 1); err != nil {
		t.Fatal(err)
	}
	tok := faketest.Must(bbb.Exchange(t.Context(), fake.IssueCode(builtbybittest.Grant{})))
	if at, ok := tok.Expiry.Time(); !ok || !at.Before(fake.Now()) {
		t.Errorf("it ends %v", at)
	}
}
