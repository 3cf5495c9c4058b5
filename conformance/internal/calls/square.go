package calls

import (
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/square"
)

var _ = add("square", map[string]string{
	"obtainToken": "codeFlow", "revokeToken": "revoked", "renewToken": "renewed", "retrieveTokenStatus": "valid"}, squareCalls...)

var squareCalls = []Call{
	sq("obtainToken", "code flow", func(c *square.Client, v Values) (any, error) {
		return c.ObtainToken(fixed(), squareapi.ObtainTokenRequest{GrantType: square.GrantAuthorizationCode,
			ClientSecret: secret(v.Secret), Code: secret(v.Code), RedirectURI: v.Redirect})
	}),
	sq("obtainToken", "PKCE flow", func(c *square.Client, v Values) (any, error) {
		return c.ObtainToken(fixed(), squareapi.ObtainTokenRequest{GrantType: square.GrantAuthorizationCode,
			Code: secret(v.Code), CodeVerifier: secret(v.Verifier)})
	}),
	sq("obtainToken", "refresh, narrowed and short-lived, as a JWT", func(c *square.Client, v Values) (any, error) {
		return c.ObtainToken(fixed(), squareapi.ObtainTokenRequest{GrantType: square.GrantRefreshToken,
			ClientSecret: secret(v.Secret), RefreshToken: secret(v.Refresh),
			Scopes: []string{"PAYMENTS_READ", "ORDERS_READ"}, ShortLived: true, UseJWT: true})
	}),
	sq("obtainToken", "migration", func(c *square.Client, v Values) (any, error) {
		return c.ObtainToken(fixed(), squareapi.ObtainTokenRequest{GrantType: square.GrantMigrationToken,
			ClientSecret: secret(v.Secret), MigrationToken: secret(v.Access)})
	}),
	sq("obtainToken", "Exchange in the code flow", func(c *square.Client, v Values) (any, error) {
		return c.Exchange(fixed(), grantway.AuthorizationCode{Code: secret(v.Code), RedirectURL: v.Redirect})
	}),
	sq("obtainToken", "Exchange in the PKCE flow", func(c *square.Client, v Values) (any, error) {
		return c.Exchange(fixed(), grantway.AuthorizationCode{Code: secret(v.Code), Verifier: secret(v.Verifier)})
	}),
	sq("obtainToken", "Refresh in the code flow", func(c *square.Client, v Values) (any, error) {
		return c.Refresh(fixed(), &grantway.Token{RefreshToken: secret(v.Refresh)})
	}),
	sq("obtainToken", "Refresh in the PKCE flow", func(c *square.Client, v Values) (any, error) {
		return c.Refresh(fixed(), &grantway.Token{RefreshToken: secret(v.Refresh),
			Extra: map[string]string{square.ExtraFlow: square.FlowPKCE}})
	}),
	sq("revokeToken", "one access token", func(c *square.Client, v Values) (any, error) {
		return c.Operations().RevokeToken(fixed(), squareapi.RevokeTokenRequest{
			ClientID: v.ID, AccessToken: secret(v.Access), RevokeOnlyAccessToken: true})
	}),
	sq("revokeToken", "everything, named by a token", func(c *square.Client, v Values) (any, error) {
		return c.Operations().RevokeToken(fixed(), squareapi.RevokeTokenRequest{ClientID: v.ID, AccessToken: secret(v.Access)})
	}),
	sq("revokeToken", "everything, named by the merchant", func(c *square.Client, v Values) (any, error) {
		return c.Operations().RevokeToken(fixed(), squareapi.RevokeTokenRequest{ClientID: v.ID, MerchantID: v.Merchant})
	}),
	sq("revokeToken", "RevokeToken", func(c *square.Client, v Values) (any, error) {
		return nil, c.RevokeToken(fixed(), &grantway.Token{AccessToken: secret(v.Access)})
	}),
	sq("revokeToken", "RevokeMerchant", func(c *square.Client, v Values) (any, error) {
		return nil, c.RevokeMerchant(fixed(), v.Merchant)
	}),
	sq("renewToken", "one to one", func(c *square.Client, v Values) (any, error) {
		return c.RenewToken(fixed(), secret(v.Access))
	}),
	sq("retrieveTokenStatus", "one to one", func(c *square.Client, v Values) (any, error) {
		return c.Operations().RetrieveTokenStatus(fixed(), secret(v.Access))
	}),
	sq("retrieveTokenStatus", "TokenStatus", func(c *square.Client, v Values) (any, error) {
		return c.TokenStatus(fixed(), &grantway.Token{AccessToken: secret(v.Access)})
	}),
}

// sq sends Square-Version too: it is part of no operation and must disturb none.
func sq(operation, name string, do func(*square.Client, Values) (any, error)) Call {
	return Call{"square", operation, name, func(t testing.TB, env Env) (any, error) {
		t.Helper()
		c, err := square.New(square.Config{ClientConfig: env.config(), ApplicationID: env.Values.ID,
			ApplicationSecret: secret(env.Values.Secret), Version: "2025-08-20"})
		if err != nil {
			t.Fatal(err)
		}
		return do(c, env.Values)
	}}
}
