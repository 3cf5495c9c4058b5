package builtbybit_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/internal/wiretest"
)

// BuiltByBit's details page shows a Basic header beside the secret, ready to be
// pasted into the wrong field.
func TestD6_APastedHeaderIsRefusedByItsName(t *testing.T) {
	const pair = "Y2xpZW50LWFiYzpleGFtcGxlLXNlY3JldA==" // of client-abc:example-secret
	for _, c := range []struct {
		name, secret string
		want         bool // it is told as the header of the details page
	}{
		{"the value of the header", "Basic " + pair, true},
		{"in lower case", "basic " + pair, true},
		{"with the name of the header", "Authorization: Basic " + pair, true},
		{"with a line break behind it", "Basic " + pair + "\n", true},
		{"what stands behind Basic", pair, true},
		{"the same without its padding", strings.TrimRight(pair, "="), true},
		{"what stands behind Basic, of another client", "b3RoZXI6ZXhhbXBsZS1zZWNyZXQ=", false},
		{"a secret that is base64", "ZXhhbXBsZS1zZWNyZXQ=", false},
		{"a secret with a slash", "example/secret", false},
		{"a secret with a colon", "example:secret", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			check := func(field string, err error) {
				t.Helper()
				var e *grantway.Error
				told := errors.As(err, &e) && e.Field == field && strings.Contains(err.Error(), "details page shows ready-encoded")
				if told != c.want || !c.want && err != nil {
					t.Errorf("%v", err)
				}
				if err != nil && strings.Contains(err.Error(), pair[:8]) {
					t.Error("the error shows the secret")
				}
			}
			wire := &wiretest.Transport{Reply: wiretest.Reply{Body: `{"revoked":true}`}}
			cfg := builtbybit.Config{ClientConfig: grantway.ClientConfig{HTTPClient: wire.Client()}, ClientID: "client-abc"}
			cfg.ClientSecret = grantway.NewSecret(c.secret)
			_, err := builtbybit.New(cfg)
			check("ClientSecret", err)

			cfg.ClientSecret = grantway.Secret{}
			cfg.ClientSecretFunc = func(context.Context) (grantway.Secret, error) { return grantway.NewSecret(c.secret), nil }
			bbb := mustNew(t, cfg)
			check("ClientSecretFunc", bbb.RevokeToken(t.Context(), &grantway.Token{AccessToken: grantway.NewSecret("example-access")}))
			if n := len(wire.Requests()); (n == 0) != c.want {
				t.Errorf("%d requests went out", n)
			}
		})
	}
}
