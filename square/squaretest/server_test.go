package squaretest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

const (
	verifier  = "example-verifier-of-at-least-forty-three-chars"
	challenge = "Bs-m8FmndgdFDxAJvsu6oBhwn5PsYjJH1fxnI2ei77Q"
)

func start(t *testing.T, opts squaretest.Options) (*squaretest.Server, *square.Client) {
	t.Helper()
	fake, err := squaretest.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	c, err := square.New(fake.Config())
	if err != nil {
		t.Fatal(err)
	}
	return fake, c
}

func exchange(t *testing.T, fake *squaretest.Server, c *square.Client, g squaretest.Grant) *grantway.Token {
	t.Helper()
	code := fake.IssueCode(g)
	if g.CodeChallenge != "" {
		code.Verifier = grantway.NewSecret(verifier)
	}
	tok, err := c.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestTheCodeFlowEndToEnd(t *testing.T) {
	fake, sq := start(t, squaretest.Options{Now: faketest.Standing})
	ctx := t.Context()
	tok := exchange(t, fake, sq, squaretest.Grant{MerchantID: "merchant-123", Scopes: []string{"PAYMENTS_READ", "ITEMS_READ"}, RedirectURL: "https://example.com/cb"})
	if at, _ := tok.Expiry.Time(); !at.Equal(fake.Now().Add(squaretest.AccessLifetime).Truncate(time.Second)) {
		t.Errorf("expires %v", at)
	}
	if tok.RefreshExpiry.Known() || tok.Extra[square.ExtraMerchantID] != "merchant-123" {
		t.Errorf("%v, extra %v", tok, tok.Extra)
	}

	st, err := sq.TokenStatus(ctx, tok)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(st.Scopes) != "[PAYMENTS_READ ITEMS_READ]" || st.MerchantID != "merchant-123" || st.ClientID != "example-application" || !st.ExpiresAt.Equal(tok.Expiry) {
		t.Errorf("status %+v", st)
	}

	next := tok
	for range 3 { // the refresh token is the same one each time
		if next, err = sq.Refresh(ctx, next); err != nil {
			t.Fatal(err)
		}
		if !next.RefreshToken.Equal(tok.RefreshToken) || next.AccessToken.Equal(tok.AccessToken) {
			t.Error("a refresh of the code flow changes the access token only")
		}
	}

	if err := sq.RevokeToken(ctx, next); err != nil {
		t.Fatal(err)
	}
	if fake.Live(next.AccessToken) || !fake.Live(tok.AccessToken) {
		t.Error("RevokeToken ends that token only")
	}
	if next, err = sq.Refresh(ctx, next); err != nil {
		t.Fatalf("after one access token was revoked: %v", err)
	}
	if err := sq.RevokeMerchant(ctx, "merchant-123"); err != nil {
		t.Fatal(err)
	}
	if fake.Live(next.AccessToken) || fake.Live(tok.AccessToken) {
		t.Error("RevokeMerchant ends every token")
	}
	if _, err := sq.Refresh(ctx, next); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("refresh after the authorization ended: %v", err)
	}
}

func TestThePKCEFlowEndToEnd(t *testing.T) {
	fake, _ := start(t, squaretest.Options{Now: faketest.Standing})
	cfg := fake.Config()
	cfg.ApplicationSecret = grantway.Secret{}
	sq := faketest.Must(square.New(cfg))
	tok := exchange(t, fake, sq, squaretest.Grant{CodeChallenge: challenge, RedirectURL: "https://example.com/callback"})
	if at, _ := tok.RefreshExpiry.Time(); !at.Equal(fake.Now().Add(squaretest.RefreshLifetime).Truncate(time.Second)) {
		t.Errorf("the refresh token expires %v", at)
	}
	next, err := sq.Refresh(t.Context(), tok)
	if err != nil {
		t.Fatal(err)
	}
	if next.RefreshToken.Equal(tok.RefreshToken) {
		t.Error("a refresh of the PKCE flow gives a new refresh token")
	}
	if _, err := sq.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("the old refresh token: %v", err)
	}
	fake.Advance(squaretest.RefreshLifetime)
	if _, err := sq.Refresh(t.Context(), next); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("a refresh token after 90 days: %v", err)
	}
}

func TestARefreshNarrowsToTheIntersectionAndCannotWiden(t *testing.T) {
	fake, sq := start(t, squaretest.Options{Now: faketest.Standing})
	tok := exchange(t, fake, sq, squaretest.Grant{Scopes: []string{"PAYMENTS_READ", "ITEMS_READ"}})
	resp, err := sq.ObtainToken(t.Context(), squareapi.ObtainTokenRequest{
		GrantType: square.GrantRefreshToken, ClientSecret: fake.Config().ApplicationSecret, RefreshToken: tok.RefreshToken,
		Scopes: []string{"ITEMS_READ", "ORDERS_WRITE"}, ShortLived: true, UseJWT: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if at, _ := resp.ExpiresAt.Time(); !resp.ShortLived || !at.Equal(fake.Now().Add(squaretest.ShortAccessLifetime).Truncate(time.Second)) {
		t.Errorf("short-lived %v until %v", resp.ShortLived, at)
	}
	st, err := sq.Operations().RetrieveTokenStatus(t.Context(), resp.AccessToken)
	if err != nil || fmt.Sprint(st.Scopes) != "[ITEMS_READ]" {
		t.Errorf("scopes %v, %v", st, err)
	}
	again := faketest.Must(sq.Refresh(t.Context(), tok))
	if st := faketest.Must(sq.TokenStatus(t.Context(), again)); len(st.Scopes) != 2 {
		t.Errorf("the grant itself was narrowed to %v", st.Scopes)
	}
}

func TestAShortLivedAnswerMayLackTheRefreshToken(t *testing.T) {
	fake, sq := start(t, squaretest.Options{OmitShortLivedRefresh: true})
	tok := exchange(t, fake, sq, squaretest.Grant{})
	resp, err := sq.ObtainToken(t.Context(), squareapi.ObtainTokenRequest{
		GrantType: square.GrantRefreshToken, ClientSecret: fake.Config().ApplicationSecret, RefreshToken: tok.RefreshToken, ShortLived: true,
	})
	if err != nil || !resp.RefreshToken.IsZero() {
		t.Errorf("%v, %v", resp, err)
	}
	if _, err := sq.Refresh(t.Context(), tok); err != nil {
		t.Errorf("the refresh token in hand: %v", err)
	}
}

func TestALegacyTokenMigratesAsOftenAsItLives(t *testing.T) {
	fake, sq := start(t, squaretest.Options{Now: faketest.Standing})
	old := fake.IssueLegacyToken(squaretest.Grant{MerchantID: "merchant-123"})
	r := squareapi.ObtainTokenRequest{GrantType: square.GrantMigrationToken, ClientSecret: fake.Config().ApplicationSecret, MigrationToken: old}
	for range 2 {
		resp, err := sq.ObtainToken(t.Context(), r)
		if err != nil || resp.MerchantID != "merchant-123" || resp.RefreshToken.IsZero() {
			t.Fatalf("%v, %v", resp, err)
		}
	}
	fake.Advance(squaretest.AccessLifetime)
	if _, err := sq.ObtainToken(t.Context(), r); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("after it has expired: %v", err)
	}
}

func TestAPersonalAccessTokenNeverExpires(t *testing.T) {
	fake, sq := start(t, squaretest.Options{})
	pat := fake.IssuePersonalAccessToken(squaretest.Grant{MerchantID: "merchant-123", Scopes: []string{"PAYMENTS_READ"}})
	st, err := sq.Operations().RetrieveTokenStatus(t.Context(), pat)
	if err != nil || !st.ExpiresAt.Never() {
		t.Errorf("%+v, %v", st, err)
	}
	r := faketest.SendJSON(t, "POST", fake.URL()+"/oauth2/token/status", "", "Authorization: Bearer "+pat.Reveal())
	if want := `{"client_id":"example-application","expires_at":"","merchant_id":"merchant-123","scopes":["PAYMENTS_READ"]}`; r.Body != want {
		t.Errorf("%s", r.Body)
	}
	fake.RevokeMerchant("merchant-123")
	if !fake.Live(pat) {
		t.Error("disconnecting the application ends a personal access token")
	}
}

func TestARenewalWorksOnlyWhenAskedForAndOnlyInItsWindow(t *testing.T) {
	fake, sq := start(t, squaretest.Options{Now: faketest.Standing, RenewEnabled: true})
	old := fake.IssueLegacyToken(squaretest.Grant{MerchantID: "merchant-123"})
	fake.Advance(squaretest.AccessLifetime + squaretest.RenewWindow - time.Second)
	resp, err := sq.RenewToken(t.Context(), old)
	if err != nil || resp.MerchantID != "merchant-123" || !fake.Live(resp.AccessToken) {
		t.Fatalf("%+v, %v", resp, err)
	}
	fake.Advance(time.Second)
	if _, err := sq.RenewToken(t.Context(), old); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("15 days after its end: %v", err)
	}
}

func TestTheStateBehindTheApplicationsBack(t *testing.T) {
	fake, sq := start(t, squaretest.Options{})
	tok := exchange(t, fake, sq, squaretest.Grant{})
	unknown := grantway.NewSecret("example-unknown")
	for name, change := range map[string]func(grantway.Secret) bool{
		"ExpireAccessToken": fake.ExpireAccessToken, "RevokeAccessToken": fake.RevokeAccessToken, "ExpireRefreshToken": fake.ExpireRefreshToken,
	} {
		if change(unknown) {
			t.Errorf("%s knows a token that was never issued", name)
		}
	}
	if !fake.ExpireAccessToken(tok.AccessToken) || fake.Live(tok.AccessToken) {
		t.Error("ExpireAccessToken left it alive")
	}
	tok = faketest.Must(sq.Refresh(t.Context(), tok))
	if !fake.RevokeAccessToken(tok.AccessToken) || fake.Live(tok.AccessToken) {
		t.Error("RevokeAccessToken left it alive")
	}
	tok = faketest.Must(sq.Refresh(t.Context(), tok))
	if !fake.ExpireRefreshToken(tok.RefreshToken) {
		t.Error("ExpireRefreshToken does not know it")
	}
	if _, err := sq.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("refresh with an expired refresh token: %v", err)
	}
}

func TestThrottlingSpendsNothing(t *testing.T) {
	fake, sq := start(t, squaretest.Options{})
	code := fake.IssueCode(squaretest.Grant{RedirectURL: "https://example.com/callback"})
	fake.Throttle(1, "7")
	_, err := sq.Exchange(t.Context(), code)
	var e *grantway.Error
	if !errors.As(err, &e) || e.Kind != grantway.KindThrottled || e.RetryAfter != 7*time.Second {
		t.Errorf("%v", err)
	}
	if _, err := sq.Exchange(t.Context(), code); err != nil {
		t.Errorf("the same code afterwards: %v", err)
	}
}

func TestSquareVersionIsEchoed(t *testing.T) {
	fake, _ := start(t, squaretest.Options{})
	r := faketest.SendJSON(t, "POST", fake.URL()+"/oauth2/token/status", "", "Square-Version: 2025-08-20")
	if got := r.Header.Get("Square-Version"); r.Status != 401 || got != "2025-08-20" {
		t.Errorf("status %d, Square-Version %q", r.Status, got)
	}
}
