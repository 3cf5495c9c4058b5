package calls

import (
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/gen/byteniteapi"
)

var _ = add("bytenite", map[string]string{"accessToken": "token", "signOut": "signedOut", "skip": "skip"}, byteniteCalls...)

var byteniteCalls = []Call{
	bn("accessToken", "a key of its own", func(c *bytenite.Client, v Values) (any, error) {
		return c.Operations().AccessToken(fixed(), byteniteapi.AccessTokenRequest{APIKey: secret(v.Key)})
	}),
	bn("accessToken", "Exchange", func(c *bytenite.Client, _ Values) (any, error) {
		return c.Exchange(fixed())
	}),
	bn("signOut", "one to one", func(c *bytenite.Client, v Values) (any, error) {
		return c.Operations().SignOut(fixed(), secret(v.Access))
	}),
	bn("signOut", "SignOut", func(c *bytenite.Client, v Values) (any, error) {
		return nil, c.SignOut(fixed(), &grantway.Token{AccessToken: secret(v.Access)})
	}),
	bn("skip", "with a challenge", func(c *bytenite.Client, v Values) (any, error) {
		return c.Operations().Skip(fixed(), secret(v.Access), byteniteapi.SkipParams{LoginChallenge: v.Challenge})
	}),
	bn("skip", "without a challenge", func(c *bytenite.Client, v Values) (any, error) {
		return c.Operations().Skip(fixed(), secret(v.Access), byteniteapi.SkipParams{})
	}),
	bn("skip", "Skip", func(c *bytenite.Client, v Values) (any, error) {
		return c.Skip(fixed(), &grantway.Token{AccessToken: secret(v.Access)}, v.Challenge)
	}),
}

func bn(operation, name string, do func(*bytenite.Client, Values) (any, error)) Call {
	return Call{"bytenite", operation, name, func(t testing.TB, env Env) (any, error) {
		t.Helper()
		c, err := bytenite.New(bytenite.Config{ClientConfig: env.config(), APIKey: secret(env.Values.Key)})
		if err != nil {
			t.Fatal(err)
		}
		return do(c, env.Values)
	}}
}
