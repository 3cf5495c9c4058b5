package square_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/square"
)

// odd is what breaks an encoding that is left out or done twice.
const odd = "/+%:=&é"

func TestWire(t *testing.T) {
	ctx := context.Background()
	secret := grantway.NewSecret
	confidential := func(hc *http.Client) *square.Client {
		return mustNew(t, square.Config{ApplicationID: "APPLICATION_ID", ApplicationSecret: secret("APPLICATION_SECRET"),
			ClientConfig: grantway.ClientConfig{HTTPClient: hc}})
	}
	public := func(hc *http.Client) *square.Client {
		return mustNew(t, square.Config{ApplicationID: "APPLICATION_ID", ClientConfig: grantway.ClientConfig{HTTPClient: hc}})
	}
	awkward := func(hc *http.Client) *square.Client {
		return mustNew(t, square.Config{ApplicationID: "id" + odd, ApplicationSecret: secret("secret" + odd),
			ClientConfig: grantway.ClientConfig{HTTPClient: hc}})
	}
	code := grantway.AuthorizationCode{Code: secret("CODE_FROM_AUTHORIZE")}
	refreshable := &grantway.Token{RefreshToken: secret("REFRESH_TOKEN")}
	token := &grantway.Token{AccessToken: secret("ACCESS_TOKEN")}

	exchange := func(hc *http.Client) error { _, err := confidential(hc).Exchange(ctx, code); return err }
	refresh := func(hc *http.Client) error { _, err := confidential(hc).Refresh(ctx, refreshable); return err }
	shortLived := func(hc *http.Client) error {
		_, err := confidential(hc).ObtainToken(ctx, squareapi.ObtainTokenRequest{
			GrantType: square.GrantRefreshToken, ClientSecret: secret("APPLICATION_SECRET"),
			RefreshToken: secret("REFRESH_TOKEN"), Scopes: []string{"PAYMENTS_READ"}, ShortLived: true})
		return err
	}
	revokeAll := func(hc *http.Client) error {
		return confidential(hc).Revoke(ctx, squareapi.RevokeTokenRequest{AccessToken: secret("ACCESS_TOKEN")})
	}
	renew := func(hc *http.Client) error {
		_, err := confidential(hc).RenewToken(ctx, secret("ACCESS_TOKEN"))
		return err
	}
	status := func(hc *http.Client) error { _, err := confidential(hc).TokenStatus(ctx, token); return err }

	wiretest.Run(t, "testdata/pairs.json", map[string]func(*http.Client) error{
		"exchange a code in the code flow":           exchange,
		"exchange a code, answer with short_lived":   exchange,
		"wrong id and secret":                        exchange,
		"spent code":                                 exchange,
		"spent code, the older shape":                exchange,
		"secret in a header only":                    exchange,
		"throttled":                                  exchange,
		"the generic documented error":               exchange,
		"refresh in the code flow":                   refresh,
		"unknown refresh token":                      refresh,
		"revoke by access token, everything":         revokeAll,
		"revoke with a bad authorization header":     revokeAll,
		"renew":                                      renew,
		"renew a revoked token":                      renew,
		"token status":                               status,
		"token status of a token that never expires": status,
		"token status of a bad token":                status,
		"exchange a code in the PKCE flow": func(hc *http.Client) error {
			pkce := code
			pkce.Verifier = secret("CODE_VERIFIER")
			_, err := confidential(hc).Exchange(ctx, pkce) // a secret is there, and stays at home
			return err
		},
		"exchange a code with its redirect URI": func(hc *http.Client) error {
			with := code
			with.RedirectURL = "https://example.com/callback?a=b&c=d"
			_, err := confidential(hc).Exchange(ctx, with)
			return err
		},
		"exchange with every awkward character": func(hc *http.Client) error {
			_, err := awkward(hc).Exchange(ctx, grantway.AuthorizationCode{Code: secret("code" + odd), RedirectURL: "https://example.com/" + odd})
			return err
		},
		"refresh in the PKCE flow": func(hc *http.Client) error { _, err := public(hc).Refresh(ctx, refreshable); return err },
		"refresh to a short-lived token with fewer scopes, refresh token returned":    shortLived,
		"refresh to a short-lived token with fewer scopes, no refresh token returned": shortLived,
		"migrate a legacy token": func(hc *http.Client) error {
			_, err := confidential(hc).ObtainToken(ctx, squareapi.ObtainTokenRequest{
				GrantType: square.GrantMigrationToken, ClientSecret: secret("APPLICATION_SECRET"), MigrationToken: secret("OLD")})
			return err
		},
		"ask for a JWT": func(hc *http.Client) error {
			_, err := confidential(hc).ObtainToken(ctx, squareapi.ObtainTokenRequest{
				GrantType: square.GrantAuthorizationCode, ClientSecret: secret("APPLICATION_SECRET"), Code: code.Code, UseJWT: true})
			return err
		},
		"revoke this access token only": func(hc *http.Client) error { return confidential(hc).RevokeToken(ctx, token) },
		"revoke a merchant":             func(hc *http.Client) error { return confidential(hc).RevokeMerchant(ctx, "merchant-123") },
		"revoke with every awkward character": func(hc *http.Client) error {
			return awkward(hc).Revoke(ctx, squareapi.RevokeTokenRequest{AccessToken: secret("token" + odd)})
		},
		"renew with every awkward character": func(hc *http.Client) error {
			_, err := awkward(hc).RenewToken(ctx, secret("token"+odd))
			return err
		},
		"token status with the awkward characters a token can have": func(hc *http.Client) error {
			_, err := confidential(hc).Operations().RetrieveTokenStatus(ctx, secret("token/+-._~=="))
			return err
		},
		"token status with a pinned version": func(hc *http.Client) error {
			c := mustNew(t, square.Config{ApplicationID: "APPLICATION_ID", Version: "2025-08-20",
				ClientConfig: grantway.ClientConfig{HTTPClient: hc}})
			_, err := c.TokenStatus(ctx, token)
			return err
		},
	})
}

func mustNew(t *testing.T, cfg square.Config) *square.Client {
	t.Helper()
	c, err := square.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
