package builtbybittest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func start(t *testing.T, opts builtbybittest.Options) (*builtbybittest.Server, *builtbybit.Client) {
	t.Helper()
	fake, err := builtbybittest.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	return fake, faketest.Must(builtbybit.New(fake.Config()))
}

func exchange(t *testing.T, fake *builtbybittest.Server, c *builtbybit.Client) *grantway.Token {
	t.Helper()
	tok, err := c.Exchange(t.Context(), fake.IssueCode(builtbybittest.Grant{}))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestTheFlowEndToEnd(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{Now: faketest.Standing, AccessLifetime: 90 * time.Second})
	ctx := t.Context()
	tok, err := bbb.Exchange(ctx, fake.IssueCode(builtbybittest.Grant{Scopes: []string{"members.self", "example.other"}}))
	if err != nil {
		t.Fatal(err)
	}
	if at, _ := tok.Expiry.Time(); !at.Equal(fake.Now().Add(90*time.Second)) || len(tok.Scopes) != 2 || tok.Type != "Bearer" {
		t.Errorf("%v, scopes %v, type %s", tok, tok.Scopes, tok.Type)
	}
	fake.Advance(90 * time.Second)
	if fake.Live(tok.AccessToken) {
		t.Error("the access token outlives its lifetime")
	}
	next, err := bbb.Refresh(ctx, tok)
	if err != nil {
		t.Fatal(err)
	}
	if next.RefreshToken.Equal(tok.RefreshToken) || !fake.Live(next.AccessToken) {
		t.Error("a refresh rotates and gives a live token")
	}
	if _, err := bbb.Refresh(ctx, tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("the old refresh token: %v", err)
	}
	if err := bbb.RevokeToken(ctx, next); err != nil || fake.Live(next.AccessToken) {
		t.Errorf("revocation of the access token: %v", err)
	}
	if err := bbb.RevokeRefreshToken(ctx, next); err != nil {
		t.Errorf("revocation of the refresh token: %v", err)
	}
	if _, err := bbb.Refresh(ctx, next); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("a revoked refresh token: %v", err)
	}
}

func TestWhatARefreshDoesToTheRefreshToken(t *testing.T) {
	for _, c := range []struct {
		name      string
		behaviour builtbybittest.RefreshBehaviour
		rotates   bool
	}{
		{"it rotates", builtbybittest.RotateRefresh, true},
		{"it comes again", builtbybittest.RepeatRefresh, false},
		{"it is left out", builtbybittest.OmitRefresh, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, bbb := start(t, builtbybittest.Options{Refresh: c.behaviour})
			tok := exchange(t, fake, bbb)
			next := faketest.Must(bbb.Refresh(t.Context(), tok))
			if next.RefreshToken.Equal(tok.RefreshToken) == c.rotates {
				t.Error("the refresh token changed, or should have")
			}
			if _, err := bbb.Refresh(t.Context(), tok); (err != nil) != c.rotates {
				t.Errorf("the first refresh token once more: %v", err)
			}
			if _, err := bbb.Refresh(t.Context(), next); err != nil {
				t.Errorf("the refresh token in hand: %v", err)
			}
		})
	}
}

func TestALifetimeThatIsNotSaidIsUnknown(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{OmitExpiry: true})
	if tok := exchange(t, fake, bbb); tok.Expiry.Known() {
		t.Errorf("expires %v", tok.Expiry)
	}
}

func TestRefreshTokensExpireOnlyIfAsked(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{Now: faketest.Standing, RefreshLifetime: time.Hour})
	tok := exchange(t, fake, bbb)
	fake.Advance(time.Hour)
	if _, err := bbb.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("after its lifetime: %v", err)
	}

	fake, bbb = start(t, builtbybittest.Options{Now: faketest.Standing})
	tok = exchange(t, fake, bbb)
	fake.Advance(10 * 365 * 24 * time.Hour)
	if _, err := bbb.Refresh(t.Context(), tok); err != nil {
		t.Errorf("without a lifetime: %v", err)
	}
}

func TestRevokingARefreshTokenEndsItsAccessTokensOnlyIfAsked(t *testing.T) {
	for _, ends := range []bool{false, true} {
		fake, bbb := start(t, builtbybittest.Options{RevokeRefreshEndsAccess: ends})
		tok, other := exchange(t, fake, bbb), exchange(t, fake, bbb)
		if err := bbb.RevokeRefreshToken(t.Context(), tok); err != nil {
			t.Fatal(err)
		}
		if fake.Live(tok.AccessToken) == ends || !fake.Live(other.AccessToken) {
			t.Errorf("RevokeRefreshEndsAccess %v: its own is live: %v, the other: %v", ends, fake.Live(tok.AccessToken), fake.Live(other.AccessToken))
		}
	}
}

func TestRevokingAnUnknownToken(t *testing.T) {
	dead := &grantway.Token{AccessToken: grantway.NewSecret("example-dead")}
	_, bbb := start(t, builtbybittest.Options{})
	if err := bbb.RevokeToken(t.Context(), dead); err != nil {
		t.Errorf("it succeeds as in RFC 7009: %v", err)
	}
	_, bbb = start(t, builtbybittest.Options{UnknownNotRevoked: true})
	if err := bbb.RevokeToken(t.Context(), dead); err == nil {
		t.Error("revoked false is no error")
	}
}

func TestTheStateBehindTheClientsBack(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{})
	tok := exchange(t, fake, bbb)
	unknown := grantway.NewSecret("example-unknown")
	if fake.ExpireAccessToken(unknown) || fake.ExpireRefreshToken(unknown) || fake.RevokeToken(unknown) {
		t.Error("the fake knows a token that was never issued")
	}
	if !fake.ExpireAccessToken(tok.AccessToken) || fake.Live(tok.AccessToken) {
		t.Error("ExpireAccessToken left it alive")
	}
	if !fake.ExpireRefreshToken(tok.RefreshToken) {
		t.Error("ExpireRefreshToken does not know it")
	}
	if _, err := bbb.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("an expired refresh token: %v", err)
	}
	tok = exchange(t, fake, bbb)
	if !fake.RevokeToken(tok.AccessToken) || fake.Live(tok.AccessToken) || fake.RevokeToken(tok.AccessToken) {
		t.Error("an access token is revoked once")
	}
	if !fake.RevokeToken(tok.RefreshToken) || fake.RevokeToken(tok.RefreshToken) {
		t.Error("a refresh token is revoked once")
	}
}

func TestThrottlingSpendsNothing(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{})
	code := fake.IssueCode(builtbybittest.Grant{})
	fake.Throttle(1, "1500")
	_, err := bbb.Exchange(t.Context(), code)
	var e *grantway.Error
	if !errors.As(err, &e) || e.Kind != grantway.KindThrottled || e.RetryAfter != 1500*time.Millisecond {
		t.Errorf("%v", err)
	}
	if _, err := bbb.Exchange(t.Context(), code); err != nil {
		t.Errorf("the same code afterwards: %v", err)
	}
}

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	for name, opts := range map[string]builtbybittest.Options{
		"an id with a colon":               {ClientID: "a:b"},
		"a negative lifetime":              {CodeLifetime: -1},
		"a lifetime of fractional seconds": {AccessLifetime: time.Millisecond},
		"a negative window for reuse":      {Reuse: builtbybittest.Reuse{Within: -1}},
	} {
		if fake, err := builtbybittest.Start(opts); err == nil {
			fake.Close()
			t.Errorf("%s is taken", name)
		}
	}
}
