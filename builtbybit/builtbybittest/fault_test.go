package builtbybittest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
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
	for _, c := range []struct {
		name  string
		opts  builtbybittest.Options
		later time.Duration
		again bool // the spent token works
		lives bool // the successor does, afterwards
	}{
		{"is refused", builtbybittest.Options{}, 0, false, true},
		{"ends the family", builtbybittest.Options{ReuseRevokes: true}, 0, false, false},
		{"is fine within the grace", builtbybittest.Options{ReuseGrace: time.Minute}, time.Minute - 1, true, true},
		{"is refused after the grace", builtbybittest.Options{ReuseGrace: time.Minute}, time.Minute, false, true},
		{"ends the family after the grace", builtbybittest.Options{ReuseGrace: time.Minute, ReuseRevokes: true}, time.Minute, false, false},
		{"does not live longer by the grace", builtbybittest.Options{RefreshLifetime: time.Second, ReuseGrace: time.Minute}, time.Second, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opts.Now = faketest.Standing
			fake, bbb := start(t, c.opts)
			other := faketest.Must(bbb.Exchange(t.Context(), fake.IssueCode(builtbybittest.Grant{})))
			old := faketest.Must(bbb.Exchange(t.Context(), fake.IssueCode(builtbybittest.Grant{})))
			next := faketest.Must(bbb.Refresh(t.Context(), old))
			fake.Advance(c.later)
			if _, err := bbb.Refresh(t.Context(), old); (err == nil) != c.again {
				t.Errorf("the spent one: %v", err)
			}
			if fake.Live(next.AccessToken) != c.lives {
				t.Errorf("the successor lives: %v", !c.lives)
			}
			if !fake.Live(other.AccessToken) {
				t.Error("another authorization ended")
			}
			if live := fake.RevokeToken(next.RefreshToken); live != c.lives && c.opts.RefreshLifetime == 0 {
				t.Errorf("its refresh token lives: %v", live)
			}
		})
	}
}

func TestARevokedTokenHasNoGrace(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{ReuseGrace: time.Hour})
	tok := faketest.Must(bbb.Exchange(t.Context(), fake.IssueCode(builtbybittest.Grant{})))
	faketest.Must(bbb.Refresh(t.Context(), tok))
	if !fake.RevokeToken(tok.RefreshToken) {
		t.Error("in its grace it is live")
	}
	if _, err := bbb.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("%v", err)
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
