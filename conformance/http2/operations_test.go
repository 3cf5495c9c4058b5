package http2_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/conformance/internal/calls"
	"github.com/grantway/grantway/square"
)

// clients are one of each provider, which keep their connections.
type clients struct {
	square     *square.Client
	builtbybit *builtbybit.Client
	bytenite   *bytenite.Client
}

func newClients(t testing.TB, cfg grantway.ClientConfig) clients {
	t.Helper()
	secret := grantway.NewSecret("example-secret")
	sq, err := square.New(square.Config{ClientConfig: cfg, ApplicationID: "example-app", ApplicationSecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	bb, err := builtbybit.New(builtbybit.Config{ClientConfig: cfg, ClientID: "example-client", ClientSecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	bn, err := bytenite.New(bytenite.Config{ClientConfig: cfg, APIKey: secret})
	if err != nil {
		t.Fatal(err)
	}
	return clients{sq, bb, bn}
}

// operation is one way to put a request on the wire.
type operation struct {
	provider, id, name string
	// hasBody is false for what net/http could send again.
	hasBody bool
	success string
	call    func(context.Context, clients) error
}

func (o operation) String() string { return fmt.Sprintf("%s.%s %s", o.provider, o.id, o.name) }

var (
	token = &grantway.Token{AccessToken: grantway.NewSecret("example-access"), RefreshToken: grantway.NewSecret("example-refresh")}
	code  = grantway.AuthorizationCode{Code: grantway.NewSecret("example-code")}
)

const (
	squareToken     = `{"access_token":"example-access","token_type":"bearer","expires_at":"2031-01-02T03:04:05Z"}`
	squareStatus    = `{"client_id":"example-app","expires_at":"","scopes":["A"]}`
	builtbybitToken = `{"access_token":"example-access","token_type":"Bearer","expires_in":3600,"refresh_token":"example-refresh"}`
)

// operations are all that the specs have, the second grant where an operation
// has two, and the generated clients used directly.
var operations = []operation{
	{"square", "obtainToken", "exchange", true, squareToken,
		func(ctx context.Context, c clients) error { _, err := c.square.Exchange(ctx, code); return err }},
	{"square", "obtainToken", "refresh", true, squareToken,
		func(ctx context.Context, c clients) error { _, err := c.square.Refresh(ctx, token); return err }},
	{"square", "revokeToken", "", true, `{"success":true}`,
		func(ctx context.Context, c clients) error { return c.square.RevokeToken(ctx, token) }},
	{"square", "renewToken", "", true, squareToken, func(ctx context.Context, c clients) error {
		_, err := c.square.RenewToken(ctx, token.AccessToken)
		return err
	}},
	{"square", "retrieveTokenStatus", "", false, squareStatus,
		func(ctx context.Context, c clients) error { _, err := c.square.TokenStatus(ctx, token); return err }},
	{"builtbybit", "requestToken", "exchange", true, builtbybitToken,
		func(ctx context.Context, c clients) error { _, err := c.builtbybit.Exchange(ctx, code); return err }},
	{"builtbybit", "requestToken", "refresh", true, builtbybitToken,
		func(ctx context.Context, c clients) error { _, err := c.builtbybit.Refresh(ctx, token); return err }},
	{"builtbybit", "revokeToken", "", true, `{"revoked":true}`,
		func(ctx context.Context, c clients) error { return c.builtbybit.RevokeToken(ctx, token) }},
	{"bytenite", "accessToken", "", true, `{"token":"example-access","scopes":["a"],"expiresIn":"3600"}`,
		func(ctx context.Context, c clients) error { _, err := c.bytenite.Exchange(ctx); return err }},
	{"bytenite", "signOut", "", true, `{"ok":true,"requestId":"","message":"","error":null}`,
		func(ctx context.Context, c clients) error { return c.bytenite.SignOut(ctx, token) }},
	{"bytenite", "skip", "", false, `{"skip":true,"redirectTo":"text"}`,
		func(ctx context.Context, c clients) error { _, err := c.bytenite.Skip(ctx, token, ""); return err }},
}

func TestTheOperationsAreAllThatTheSpecsHave(t *testing.T) {
	listed := map[string]bool{}
	for _, op := range operations {
		listed[op.provider+"."+op.id] = true
	}
	for provider, ids := range calls.Success {
		for id := range ids {
			if !listed[provider+"."+id] {
				t.Errorf("%s.%s is missing", provider, id)
			}
		}
	}
}
