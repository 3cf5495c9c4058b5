package scorecard

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/square"
)

func TestCheck052_WrongJSONTypesAreErrors(t *testing.T) {
	// Members that a success is nothing without, and those that tell a refusal, each
	// given a type it does not have. What is informative alone is in check 88.
	wrong := map[string][]string{ // operation to members that are text
		"square.obtainToken code":      {"access_token", "refresh_token", "id_token"},
		"square.renewToken":            {"access_token"},
		"square.retrieveTokenStatus":   {"client_id"},
		"builtbybit.requestToken code": {"access_token", "refresh_token"},
		"bytenite.accessToken":         {"token"},
	}
	n := 0
	refuse := func(name, body string) {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Body: body}}
		if err := find(t, name).over(t, wire.Client()); !errors.Is(err, grantway.ErrMalformed) {
			t.Errorf("%s, %s: %v, want malformed", name, body, err)
		}
		n++
	}
	for name, members := range wrong {
		for _, member := range members {
			for _, value := range []string{`123`, `true`, `{}`, `["x"]`} {
				refuse(name, fmt.Sprintf(`{"%s":%s}`, member, value))
			}
		}
	}
	for _, tt := range [][2]string{
		{"square.obtainToken code", `{"access_token":"example-access","errors":{}}`},
		{"square.revokeToken", `{"success":"true"}`},
		{"square.revokeToken", `{"success":1}`},
		{"builtbybit.revokeToken", `{"revoked":"true"}`},
		{"bytenite.signOut", `{"ok":"true"}`},
		{"bytenite.accessToken", `{"token":"example-access","ok":"yes"}`},
		{"bytenite.accessToken", `{"token":"example-access","error":"no"}`},
		{"bytenite.skip", `{"skip":true,"code":"5"}`},
	} {
		refuse(tt[0], tt[1])
	}
	for _, op := range operations {
		for _, root := range []string{`[]`, `"x"`, `1`, `true`, `[` + op.success + `]`} {
			refuse(op.name, root)
		}
	}
	// Inverse: encoding/json takes an array for what it has no place for.
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: `{"expires_at":[1],"access_token":"x"}`}}
	if _, err := (naive{wire.Client(), realHost}).exchange(); err != nil {
		t.Errorf("inverse: the naive client notices: %v", err)
	}
	t.Logf("figure: %d bodies are errors", n)
}

func TestCheck053_BadInputIsRefusedBeforeAnythingIsDialled(t *testing.T) {
	secret := grantway.NewSecret
	wire := &wiretest.Transport{}
	shared := grantway.ClientConfig{HTTPClient: wire.Client()}
	base := func(u string) grantway.ClientConfig { c := shared; c.BaseURL = u; return c }
	sq := func(change func(*square.Config)) func() error {
		return func() error {
			cfg := square.Config{ClientConfig: shared, ApplicationID: "example-app", ApplicationSecret: secret("example-secret")}
			change(&cfg)
			_, err := square.New(cfg)
			return err
		}
	}
	bb := func(change func(*builtbybit.Config)) func() error {
		return func() error {
			cfg := builtbybit.Config{ClientConfig: shared, ClientID: "example-client", ClientSecret: secret("example-secret")}
			change(&cfg)
			_, err := builtbybit.New(cfg)
			return err
		}
	}
	bn := func(change func(*bytenite.Config)) func() error {
		return func() error {
			cfg := bytenite.Config{ClientConfig: shared, APIKey: secret("example-key")}
			change(&cfg)
			_, err := bytenite.New(cfg)
			return err
		}
	}
	ctx := context.Background()
	c := newClients(t, shared)
	public, err := square.New(square.Config{ClientConfig: shared, ApplicationID: "example-app"})
	if err != nil {
		t.Fatal(err)
	}
	code := grantway.AuthorizationCode{Code: secret("example-code")}

	type refusal struct {
		name, field string
		try         func() error
	}
	refusals := []refusal{
		{"Square without an id", "ApplicationID", sq(func(c *square.Config) { c.ApplicationID = "" })},
		{"Square with a space behind the id", "ApplicationID", sq(func(c *square.Config) { c.ApplicationID = "id " })},
		{"Square with a tab in the id", "ApplicationID", sq(func(c *square.Config) { c.ApplicationID = "i\td" })},
		{"Square with an id that is not UTF-8", "ApplicationID", sq(func(c *square.Config) { c.ApplicationID = "\xff" })},
		{"Square with Client before the secret", "ApplicationSecret", sq(func(c *square.Config) { c.ApplicationSecret = secret("Client example-secret") })},
		{"Square with bearer before the secret", "ApplicationSecret", sq(func(c *square.Config) { c.ApplicationSecret = secret("bearer example-secret") })},
		{"Square with a line break in the secret", "ApplicationSecret", sq(func(c *square.Config) { c.ApplicationSecret = secret("a\r\nX-Evil: 1") })},
		{"Square with a line break behind the secret", "ApplicationSecret", sq(func(c *square.Config) { c.ApplicationSecret = secret("example-secret\n") })},
		{"Square in an environment that does not exist", "Environment", sq(func(c *square.Config) { c.Environment = 7 })},
		{"a Square sandbox id in production", "Environment", sq(func(c *square.Config) { c.ApplicationID = "sandbox-sq0idb-example" })},
		{"a Square production id in the sandbox", "Environment", sq(func(c *square.Config) { c.ApplicationID = "sq0idp-example"; c.Environment = square.Sandbox })},
		{"a Square version that is no date", "Version", sq(func(c *square.Config) { c.Version = "v2" })},
		{"a redirect URL with a line break", "RedirectURL", sq(func(c *square.Config) { c.RedirectURL = "https://example.com/\n" })},
		{"BuiltByBit without an id", "ClientID", bb(func(c *builtbybit.Config) { c.ClientID = "" })},
		{"BuiltByBit with a colon in the id", "ClientID", bb(func(c *builtbybit.Config) { c.ClientID = "a:b" })},
		{"BuiltByBit without a secret", "ClientSecret", bb(func(c *builtbybit.Config) { c.ClientSecret = grantway.Secret{} })},
		{"BuiltByBit with Basic before the secret", "ClientSecret", bb(func(c *builtbybit.Config) { c.ClientSecret = secret("Basic abc") })},
		{"BuiltByBit with an encoding that does not exist", "BasicEncoding", bb(func(c *builtbybit.Config) { c.BasicEncoding = 7 })},
		{"ByteNite without a key", "APIKey", bn(func(c *bytenite.Config) { c.APIKey = grantway.Secret{} })},
		{"ByteNite with a line break behind the key", "APIKey", bn(func(c *bytenite.Config) { c.APIKey = secret("example-key\n") })},
		{"ByteNite with a scheme that is none", "TokenScheme", bn(func(c *bytenite.Config) { c.TokenScheme = "Bearer " })},
		{"a timeout below zero", "Timeout", bn(func(c *bytenite.Config) { c.Timeout = -1 })},
		{"a timeout beyond the longest", "Timeout", bn(func(c *bytenite.Config) { c.Timeout = time.Minute })},
		{"a user agent with a line break", "UserAgent", bn(func(c *bytenite.Config) { c.UserAgent = "a\nb" })},

		{"a nil context for Square", "ctx", func() error { _, err := c.square.Exchange(nil, code); return err }}, //nolint:staticcheck // the point
		{"a nil context for BuiltByBit", "ctx", func() error { return c.builtbybit.RevokeToken(nil, token) }},    //nolint:staticcheck // the point
		{"a nil context for ByteNite", "ctx", func() error { _, err := c.bytenite.Exchange(nil); return err }},   //nolint:staticcheck // the point
		{"an exchange without a code", "Code", func() error { _, err := c.square.Exchange(ctx, grantway.AuthorizationCode{}); return err }},
		{"an exchange by a public client without a verifier", "Verifier", func() error { _, err := public.Exchange(ctx, code); return err }},
		{"an exchange with a verifier where there is no PKCE", "Verifier", func() error {
			_, err := c.builtbybit.Exchange(ctx, grantway.AuthorizationCode{Code: secret("x"), Verifier: secret("y")})
			return err
		}},
		{"a revocation by a public client", "ApplicationSecret", func() error { return public.RevokeToken(ctx, token) }},
		{"a revocation of no merchant", "merchantID", func() error { return c.square.RevokeMerchant(ctx, "") }},
		{"a revocation of both", "AccessToken", func() error {
			return c.square.Revoke(ctx, squareapi.RevokeTokenRequest{AccessToken: secret("x"), MerchantID: "y"})
		}},
		{"a request with secret and verifier", "ClientSecret", func() error {
			_, err := c.square.ObtainToken(ctx, squareapi.ObtainTokenRequest{GrantType: "authorization_code", Code: secret("x"), ClientSecret: secret("y"), CodeVerifier: secret("z")})
			return err
		}},
		{"a request without a grant type", "GrantType", func() error {
			_, err := c.square.ObtainToken(ctx, squareapi.ObtainTokenRequest{})
			return err
		}},
		{"a grant type that is missing", "GrantType", func() error {
			_, err := c.builtbybit.Operations().RequestToken(ctx, builtbybitapi.TokenRequest{Code: secret("x")})
			return err
		}},
		{"a refresh of nil", "token", func() error { _, err := c.square.Refresh(ctx, nil); return err }},
		{"a refresh without a refresh token", "token", func() error { _, err := c.builtbybit.Refresh(ctx, &grantway.Token{}); return err }},
		{"a token with a line break", "bareToken", func() error {
			return c.bytenite.SignOut(ctx, &grantway.Token{AccessToken: secret("a\r\nX-Evil: 1")})
		}},
		{"a token with Bearer before it", "bearerToken", func() error {
			_, err := c.square.Operations().RetrieveTokenStatus(ctx, secret("Bearer example-access"))
			return err
		}},
		{"a client id that climbs the path", "ClientID", func() error {
			_, err := c.square.Operations().RenewToken(ctx, squareapi.RenewTokenRequest{ClientID: "..", AccessToken: secret("example-access")})
			return err
		}},
		{"a login challenge with a line break", "LoginChallenge", func() error { _, err := c.bytenite.Skip(ctx, token, "a\nb"); return err }},
	}
	for _, u := range []string{"http://example.com", "http://localhost:8080", "http://10.0.0.1", "ftp://example.com", "example.com",
		"https://user:canary@example.com", "https://example.com/#x", "https://example.com/#", "https://example.com/?x=1", "https://", "https:opaque", "://", "http://[::1%25eth0]x"} {
		refusals = append(refusals, refusal{"the base URL " + u, "BaseURL", bn(func(c *bytenite.Config) { c.ClientConfig = base(u) })})
	}
	// named fails unless err is an invalid argument that names the field and
	// shows no value.
	named := func(err error, field string) error {
		var e *grantway.Error
		switch {
		case !errors.As(err, &e) || !errors.Is(err, grantway.ErrInvalidArgument) || !errors.Is(err, grantway.ErrNotSent):
			return fmt.Errorf("%v is no refusal of an argument", err)
		case e.Field != field || !strings.Contains(err.Error(), field):
			return fmt.Errorf("%v does not name %s", err, field)
		}
		return shows(prints(err), "example-", "X-Evil", "canary")
	}
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			if err := named(r.try(), r.field); err != nil {
				t.Error(err)
			}
		})
	}
	if n := len(wire.Requests()); n != 0 {
		t.Errorf("%d requests went out", n)
	}
	for _, u := range []string{"https://example.com", "https://example.com/prefix/", "http://127.0.0.1:8080", "http://[::1]:8080"} {
		if err := bn(func(c *bytenite.Config) { c.ClientConfig = base(u) })(); err != nil {
			t.Errorf("%s is refused: %v", u, err)
		}
	}
	// Inverse: the naive client sends whatever it is given.
	_, _ = naive{wire.Client(), "http://example.com"}.exchange()
	if len(wire.Requests()) == 0 {
		t.Error("inverse: the naive client refuses http")
	}
	t.Logf("figure: %d refusals, 0 requests", len(refusals))
}
