package builtbybit_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/internal/wiretest"
)

// odd is what breaks an encoding that is left out or done twice.
const odd = "/+%:=&é"

func TestWire(t *testing.T) {
	ctx := context.Background()
	secret := grantway.NewSecret
	client := func(hc *http.Client) *builtbybit.Client {
		return mustNew(t, builtbybit.Config{ClientID: "client-abc", ClientSecret: secret("secret-x/y"),
			ClientConfig: grantway.ClientConfig{HTTPClient: hc}})
	}
	code := grantway.AuthorizationCode{Code: secret("example-code")}
	exchange := func(hc *http.Client) error { _, err := client(hc).Exchange(ctx, code); return err }
	refresh := func(hc *http.Client) error {
		_, err := client(hc).Refresh(ctx, &grantway.Token{RefreshToken: secret("example-refresh")})
		return err
	}
	revoke := func(hc *http.Client) error {
		_, err := client(hc).Operations().RevokeToken(ctx, builtbybitapi.RevokeRequest{Token: secret("example-access")})
		return err
	}
	wiretest.Run(t, "testdata/pairs.json", map[string]func(*http.Client) error{
		"exchange a code":                            exchange,
		"the upstream placeholder body":              exchange,
		"the v2 error envelope with status 400":      exchange,
		"the v2 error envelope with status 401":      exchange,
		"the v2 error envelope with status 403":      exchange,
		"the v2 error envelope with status 500":      exchange,
		"throttled with Retry-After in milliseconds": exchange,
		"throttled with an HTML page":                exchange,
		"an error as RFC 6749 has it":                exchange,
		"refresh":                                    refresh,
		"refresh, no refresh token returned":         refresh,
		"refresh, an empty object":                   refresh,
		"revoke without a hint":                      revoke,
		"revoke, answer without the member":          revoke,
		"revoke, not revoked":                        revoke,
		"revoke with a hint": func(hc *http.Client) error {
			return client(hc).RevokeToken(ctx, &grantway.Token{AccessToken: secret("example-access")})
		},
		"exchange with every awkward character": func(hc *http.Client) error {
			// Raw Basic splits at the first colon, so the id has none.
			c := mustNew(t, builtbybit.Config{ClientID: "client/+%=&é", ClientSecret: secret("secret" + odd),
				ClientConfig: grantway.ClientConfig{HTTPClient: hc}})
			_, err := c.Exchange(ctx, grantway.AuthorizationCode{Code: secret("code" + odd)})
			return err
		},
		"exchange with form-encoded Basic": func(hc *http.Client) error {
			c := mustNew(t, builtbybit.Config{ClientID: "client" + odd, ClientSecret: secret("secret" + odd),
				BasicEncoding: builtbybit.BasicForm, ClientConfig: grantway.ClientConfig{HTTPClient: hc}})
			_, err := c.Exchange(ctx, code)
			return err
		},
		"revoke with every awkward character": func(hc *http.Client) error {
			return client(hc).RevokeRefreshToken(ctx, &grantway.Token{RefreshToken: secret("token" + odd)})
		},
	})
}

func mustNew(t *testing.T, cfg builtbybit.Config) *builtbybit.Client {
	t.Helper()
	c, err := builtbybit.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
