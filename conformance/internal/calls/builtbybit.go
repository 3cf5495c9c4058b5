package calls

import (
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/gen/builtbybitapi"
)

var _ = add("builtbybit", map[string]string{"requestToken": "complete", "revokeToken": "revoked"}, builtbybitCalls...)

var builtbybitCalls = []Call{
	bbb("requestToken", "authorization code", func(c *builtbybit.Client, v Values) (any, error) {
		return c.Operations().RequestToken(fixed(), builtbybitapi.TokenRequest{
			GrantType: "authorization_code", Code: secret(v.Code)})
	}),
	bbb("requestToken", "refresh token", func(c *builtbybit.Client, v Values) (any, error) {
		return c.Operations().RequestToken(fixed(), builtbybitapi.TokenRequest{
			GrantType: "refresh_token", RefreshToken: secret(v.Refresh)})
	}),
	bbb("requestToken", "Exchange", func(c *builtbybit.Client, v Values) (any, error) {
		return c.Exchange(fixed(), grantway.AuthorizationCode{Code: secret(v.Code), RedirectURL: v.Redirect})
	}),
	bbb("requestToken", "Refresh", func(c *builtbybit.Client, v Values) (any, error) {
		return c.Refresh(fixed(), &grantway.Token{RefreshToken: secret(v.Refresh)})
	}),
	bbb("revokeToken", "with a hint", func(c *builtbybit.Client, v Values) (any, error) {
		return c.Operations().RevokeToken(fixed(), builtbybitapi.RevokeRequest{
			Token: secret(v.Access), TokenHint: "access_token"})
	}),
	bbb("revokeToken", "without a hint", func(c *builtbybit.Client, v Values) (any, error) {
		return c.Operations().RevokeToken(fixed(), builtbybitapi.RevokeRequest{Token: secret(v.Refresh)})
	}),
	bbb("revokeToken", "RevokeToken", func(c *builtbybit.Client, v Values) (any, error) {
		return nil, c.RevokeToken(fixed(), &grantway.Token{AccessToken: secret(v.Access)})
	}),
	bbb("revokeToken", "RevokeRefreshToken", func(c *builtbybit.Client, v Values) (any, error) {
		return nil, c.RevokeRefreshToken(fixed(), &grantway.Token{RefreshToken: secret(v.Refresh)})
	}),
}

func bbb(operation, name string, do func(*builtbybit.Client, Values) (any, error)) Call {
	return Call{"builtbybit", operation, name, func(t testing.TB, env Env) (any, error) {
		t.Helper()
		c, err := builtbybit.New(builtbybit.Config{ClientConfig: env.config(),
			ClientID: env.Values.ID, ClientSecret: secret(env.Values.Secret)})
		if err != nil {
			t.Fatal(err)
		}
		return do(c, env.Values)
	}}
}
