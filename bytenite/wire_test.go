package bytenite_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/internal/wiretest"
)

func TestWire(t *testing.T) {
	ctx := context.Background()
	secret := grantway.NewSecret
	with := func(hc *http.Client, key string) *bytenite.Client {
		return mustNew(t, bytenite.Config{APIKey: secret(key), ClientConfig: grantway.ClientConfig{HTTPClient: hc}})
	}
	client := func(hc *http.Client) *bytenite.Client { return with(hc, "EXAMPLE-API-KEY") }
	token := &grantway.Token{AccessToken: secret("EXAMPLE-TOKEN")}
	exchange := func(hc *http.Client) error { _, err := client(hc).Exchange(ctx); return err }
	signOut := func(hc *http.Client) error { return client(hc).SignOut(ctx, token) }

	wiretest.Run(t, "testdata/pairs.json", map[string]func(*http.Client) error{
		"exchange the key":                                    exchange,
		"exchange the key, expiresIn a number":                exchange,
		"exchange the key, expiresIn empty":                   exchange,
		"exchange the key, expiresIn missing":                 exchange,
		"exchange a refused key, as rpcStatus":                exchange,
		"temporarily unavailable, as plain text":              exchange,
		"sign out":                                            signOut,
		"sign out, the documented sample, which is a failure": signOut,
		"sign out unauthenticated, as rpcStatus":              signOut,
		"exchange a key with every awkward character": func(hc *http.Client) error {
			_, err := with(hc, "key/+%:=&é").Exchange(ctx)
			return err
		},
		"sign out with the awkward characters a token can have": func(hc *http.Client) error {
			_, err := client(hc).Operations().SignOut(ctx, secret("token/+-._~=="))
			return err
		},
		"sign out with a scheme": func(hc *http.Client) error {
			c := mustNew(t, bytenite.Config{APIKey: secret("EXAMPLE-API-KEY"), TokenScheme: "Bearer",
				ClientConfig: grantway.ClientConfig{HTTPClient: hc}})
			return c.SignOut(ctx, token)
		},
		"skip": func(hc *http.Client) error { _, err := client(hc).Skip(ctx, token, ""); return err },
		"skip with every awkward character": func(hc *http.Client) error {
			_, err := client(hc).Skip(ctx, token, "challenge/+%:=&é")
			return err
		},
	})
}

func mustNew(t *testing.T, cfg bytenite.Config) *bytenite.Client {
	t.Helper()
	c, err := bytenite.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
