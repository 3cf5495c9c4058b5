package squaretest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/internal/fakeauth/reusetest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

func TestALostAnswerLeavesTheCodeSpentAndAnUnseenRequestDoesNot(t *testing.T) {
	for _, c := range []struct {
		fault faults.Fault
		spent bool
	}{
		{faults.ResetAfterRequest, false},
		{faults.CarriedOut(faults.ResetAfterRequest), true},
		{faults.Status(502, "text/html", "<html>"), false},
		{faults.CarriedOut(faults.Status(502, "text/html", "<html>")), true},
		{faults.RetryAfter(429, "1"), false},
		{faults.Redirect(307, "https://example.com/"), false},
		{faults.TruncatedJSON, true},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			fake, sq := start(t, squaretest.Options{})
			code := fake.IssueCode(squaretest.Grant{})
			if err := fake.Arm("obtainToken", c.fault, 1); err != nil {
				t.Fatal(err)
			}
			if _, err := sq.Exchange(t.Context(), code); err == nil {
				t.Fatal("the fault did not come")
			}
			if _, err := sq.Exchange(t.Context(), code); errors.Is(err, grantway.ErrReauthorize) != c.spent {
				t.Errorf("the code again: %v", err)
			}
		})
	}
}

func TestACodeCanBeBurntOnSight(t *testing.T) {
	for _, burn := range []bool{false, true} {
		fake, sq := start(t, squaretest.Options{BurnCodeOnSight: burn})
		code := fake.IssueCode(squaretest.Grant{RedirectURL: "https://example.com/callback"})
		wrong := code
		wrong.RedirectURL = "https://example.com/other"
		if _, err := sq.Exchange(t.Context(), wrong); !errors.Is(err, grantway.ErrReauthorize) {
			t.Fatalf("another redirect URL: %v", err)
		}
		if _, err := sq.Exchange(t.Context(), code); (err != nil) != burn {
			t.Errorf("burn %v: the right one then: %v", burn, err)
		}
	}
}

func TestReuseOfASpentRefreshToken(t *testing.T) {
	for flow, grant := range map[string]squaretest.Grant{"PKCE": {CodeChallenge: challenge}, "code": {}} {
		t.Run(flow, func(t *testing.T) {
			reusetest.Run(t, func(t *testing.T, reuse squaretest.Reuse) reusetest.World {
				fake, sq := start(t, squaretest.Options{Now: faketest.Standing, RotateEveryRefresh: true, Reuse: reuse})
				return reusetest.World{
					Exchange: func() *grantway.Token { return exchange(t, fake, sq, grant) },
					Refresh:  func(tok *grantway.Token) (*grantway.Token, error) { return sq.Refresh(t.Context(), tok) },
					Live:     fake.Live,
					Advance:  fake.Advance,
				}
			})
		})
	}
}

func TestATokenThatIsGoodMoreThanOnceIsNeverReused(t *testing.T) {
	fake, sq := start(t, squaretest.Options{Reuse: squaretest.Reuse{After: squaretest.RevokeFamily}})
	tok := exchange(t, fake, sq, squaretest.Grant{})
	for range 3 {
		faketest.Must(sq.Refresh(t.Context(), tok))
	}
	if !fake.Live(tok.AccessToken) {
		t.Error("the family ended")
	}
}

func TestAFamilyIsWhatCameOfOneMigration(t *testing.T) {
	fake, sq := start(t, squaretest.Options{RotateEveryRefresh: true, Reuse: squaretest.Reuse{After: squaretest.RevokeFamily}})
	legacy := fake.IssueLegacyToken(squaretest.Grant{})
	resp := faketest.Must(sq.ObtainToken(t.Context(), squareapi.ObtainTokenRequest{
		GrantType: square.GrantMigrationToken, ClientSecret: fake.Config().ApplicationSecret, MigrationToken: legacy,
	}))
	tok := &grantway.Token{RefreshToken: resp.RefreshToken}
	next := faketest.Must(sq.Refresh(t.Context(), tok))
	if _, err := sq.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("the spent one: %v", err)
	}
	if fake.Live(next.AccessToken) || !fake.Live(legacy) {
		t.Errorf("what came of it lives: %v; what it came of: %v", fake.Live(next.AccessToken), fake.Live(legacy))
	}
}

func TestADisconnectedMerchantEndsAWindowForReuseToo(t *testing.T) {
	for _, answer := range []squaretest.ReuseAnswer{squaretest.FreshTokens, squaretest.SameTokens} {
		fake, sq := start(t, squaretest.Options{Reuse: squaretest.Reuse{Within: time.Hour, Answer: answer}})
		old := exchange(t, fake, sq, squaretest.Grant{MerchantID: "merchant-123", CodeChallenge: challenge})
		faketest.Must(sq.Refresh(t.Context(), old))
		fake.RevokeMerchant("merchant-123")
		if _, err := sq.Refresh(t.Context(), old); !errors.Is(err, grantway.ErrReauthorize) {
			t.Errorf("%v", err)
		}
	}
}

func TestANegativeWindowForReuseIsRefused(t *testing.T) {
	if fake, err := squaretest.Start(squaretest.Options{Reuse: squaretest.Reuse{Within: -1}}); err == nil {
		fake.Close()
		t.Error("it is taken")
	}
}

func TestScopesShrinkWithTheNextRefresh(t *testing.T) {
	fake, sq := start(t, squaretest.Options{})
	tok := exchange(t, fake, sq, squaretest.Grant{Scopes: []string{"PAYMENTS_READ", "ITEMS_READ"}})
	if !fake.NarrowScopes(tok.RefreshToken, "ITEMS_READ") || fake.NarrowScopes(grantway.NewSecret("example-unknown")) {
		t.Error("NarrowScopes knows the wrong tokens")
	}
	for _, c := range []struct {
		tok  *grantway.Token
		want int
	}{{tok, 2}, {faketest.Must(sq.Refresh(t.Context(), tok)), 1}} {
		if st, err := sq.TokenStatus(t.Context(), c.tok); err != nil || len(st.Scopes) != c.want {
			t.Errorf("%+v, %v, want %d scopes", st, err, c.want)
		}
	}
}

// Square sends the moment of the end: a client whose clock is off takes it for
// nearer or further than it is.
func TestAClockThatIsOffIsTheClientsConfiguration(t *testing.T) {
	for _, off := range []time.Duration{-time.Hour, time.Hour} {
		fake, _ := start(t, squaretest.Options{Now: faketest.Standing})
		cfg := fake.Config()
		cfg.Now = func() time.Time { return fake.Now().Add(off) }
		tok := exchange(t, fake, faketest.Must(square.New(cfg)), squaretest.Grant{})
		if at, _ := tok.Expiry.Time(); !tok.ObtainedAt.Equal(fake.Now().Add(off)) || !at.Equal(fake.Now().Add(squaretest.AccessLifetime).Truncate(time.Second)) {
			t.Errorf("off by %v: obtained %v, ends %v", off, tok.ObtainedAt, at)
		}
	}
}
