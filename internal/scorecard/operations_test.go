package scorecard

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/gen/byteniteapi"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/square"
)

// The canaries look like an error code on purpose: one of the places where an
// answer could echo them.
//
// The credentials that the operations below send. None may turn up anywhere
// but in the request itself.
const (
	canarySecret  = "canary_secret"
	canaryCode    = "canary_code"
	canaryRefresh = "canary_refresh"
	canaryAccess  = "canary_access"
	canaryKey     = "canary_key"
)

var canaries = []string{canarySecret, canaryCode, canaryRefresh, canaryAccess, canaryKey}

// clients is one client of each provider over one configuration.
type clients struct {
	square     *square.Client
	builtbybit *builtbybit.Client
	bytenite   *bytenite.Client
	added      map[string]any // of the additions, by name
}

func newClients(t testing.TB, cfg grantway.ClientConfig) clients {
	t.Helper()
	sq, err := square.New(square.Config{ClientConfig: cfg, ApplicationID: "example-app", ApplicationSecret: grantway.NewSecret(canarySecret)})
	if err != nil {
		t.Fatal(err)
	}
	bb, err := builtbybit.New(builtbybit.Config{ClientConfig: cfg, ClientID: "example-client", ClientSecret: grantway.NewSecret(canarySecret)})
	if err != nil {
		t.Fatal(err)
	}
	bn, err := bytenite.New(bytenite.Config{ClientConfig: cfg, APIKey: grantway.NewSecret(canaryKey)})
	if err != nil {
		t.Fatal(err)
	}
	added := map[string]any{}
	for _, a := range additions {
		if added[a.name], err = a.client(cfg); err != nil {
			t.Fatal(err)
		}
	}
	return clients{sq, bb, bn, added}
}

// operation is one operation of one provider, called the way a program would.
type operation struct {
	name string // provider.operationId
	// issues is true where a success hands out a token.
	issues bool
	// spends is true where the spec says x-retry: never.
	spends bool
	// success is a 200 body that makes the call succeed.
	success string
	call    func(context.Context, clients) error
}

var token = &grantway.Token{AccessToken: grantway.NewSecret(canaryAccess), RefreshToken: grantway.NewSecret(canaryRefresh)}

// operations are all that the specs have, and the second grant where an
// operation has two.
var operations = []operation{
	{"square.obtainToken code", true, true,
		`{"access_token":"example-access","token_type":"bearer","expires_at":"2026-01-02T03:04:05Z","refresh_token":"example-refresh"}`,
		func(ctx context.Context, c clients) error {
			_, err := c.square.Exchange(ctx, grantway.AuthorizationCode{Code: grantway.NewSecret(canaryCode)})
			return err
		}},
	{"square.obtainToken refresh", true, true,
		`{"access_token":"example-access","token_type":"bearer","expires_at":"2026-01-02T03:04:05Z","refresh_token":"example-refresh"}`,
		func(ctx context.Context, c clients) error { _, err := c.square.Refresh(ctx, token); return err }},
	{"square.revokeToken", false, true, `{"success":true}`,
		func(ctx context.Context, c clients) error { return c.square.RevokeToken(ctx, token) }},
	{"square.renewToken", true, true,
		`{"access_token":"example-access","token_type":"bearer","expires_at":"2026-01-02T03:04:05Z"}`,
		func(ctx context.Context, c clients) error {
			_, err := c.square.RenewToken(ctx, token.AccessToken)
			return err
		}},
	{"square.retrieveTokenStatus", false, false, `{"client_id":"example-app","expires_at":"","scopes":["A"]}`,
		func(ctx context.Context, c clients) error { _, err := c.square.TokenStatus(ctx, token); return err }},
	{"builtbybit.requestToken code", true, true,
		`{"access_token":"example-access","token_type":"Bearer","expires_in":3600,"refresh_token":"example-refresh"}`,
		func(ctx context.Context, c clients) error {
			_, err := c.builtbybit.Exchange(ctx, grantway.AuthorizationCode{Code: grantway.NewSecret(canaryCode)})
			return err
		}},
	{"builtbybit.requestToken refresh", true, true,
		`{"access_token":"example-access","token_type":"Bearer","expires_in":3600,"refresh_token":"example-refresh"}`,
		func(ctx context.Context, c clients) error { _, err := c.builtbybit.Refresh(ctx, token); return err }},
	{"builtbybit.revokeToken", false, true, `{"revoked":true}`,
		func(ctx context.Context, c clients) error { return c.builtbybit.RevokeToken(ctx, token) }},
	{"bytenite.accessToken", true, false, `{"token":"example-access","expiresIn":"3600"}`,
		func(ctx context.Context, c clients) error { _, err := c.bytenite.Exchange(ctx); return err }},
	{"bytenite.signOut", false, true, `{"ok":true,"requestId":"","message":"","error":null}`,
		func(ctx context.Context, c clients) error { return c.bytenite.SignOut(ctx, token) }},
	{"bytenite.skip", false, false, `{"skip":true,"redirectTo":"text"}`,
		func(ctx context.Context, c clients) error { _, err := c.bytenite.Skip(ctx, token, ""); return err }},
}

// over calls op over hc against the provider's own address.
func (op operation) over(t testing.TB, hc *http.Client) error {
	t.Helper()
	return op.call(context.Background(), newClients(t, grantway.ClientConfig{HTTPClient: hc}))
}

// The table is complete: it has every operation of the specs, with the spec's
// own word on what may be sent twice.
func TestTheTableHasEveryOperationOfTheSpecs(t *testing.T) {
	want := map[string]bool{} // name to "spends"
	for _, o := range squareapi.Operations() {
		want["square."+o.ID] = !o.RetrySafe
	}
	for _, o := range builtbybitapi.Operations() {
		want["builtbybit."+o.ID] = !o.RetrySafe
	}
	for _, o := range byteniteapi.Operations() {
		want["bytenite."+o.ID] = !o.RetrySafe
	}
	if len(want) != 9 {
		t.Errorf("the specs have %d operations, not 9", len(want))
	}
	for _, a := range additions {
		for id, spends := range a.spec {
			want[a.name+"."+id] = spends
		}
	}
	for _, err := range unheard(wrappers(t), operations) {
		t.Error(err)
	}
	// Inverse: a provider that nobody has added.
	if len(unheard([]string{"square", "acme"}, operations[:1])) != 1 {
		t.Error("inverse: a provider without operations is not seen")
	}
	seen := map[string]bool{}
	for _, op := range operations {
		name := op.id()
		spends, ok := want[name]
		if !ok {
			t.Errorf("%s is in no spec", name)
		}
		if spends != op.spends {
			t.Errorf("%s: spends is %v here, %v in the spec", name, op.spends, spends)
		}
		seen[name] = true
	}
	for name := range want {
		if !seen[name] {
			t.Errorf("%s is missing from the table: it needs a row in internal/scorecard/%s_test.go", name, operation{name: name}.provider())
		}
	}
}

// unheard are the providers that no operation is of.
func unheard(providers []string, table []operation) (missing []error) {
	for _, name := range providers {
		if !slices.ContainsFunc(table, func(op operation) bool { return strings.HasPrefix(op.name, name+".") }) {
			missing = append(missing, fmt.Errorf("gen/%[1]sapi is there, and no operation of %[1]s is in the table: it needs internal/scorecard/%[1]s_test.go, which `specgen init --from api/%[1]s.yaml` writes", name))
		}
	}
	return missing
}

// id is the operation without its grant.
func (op operation) id() string {
	for i := range op.name {
		if op.name[i] == ' ' {
			return op.name[:i]
		}
	}
	return op.name
}

// trySquare is New with what the check does not care about filled in.
func trySquare(cfg grantway.ClientConfig) (*square.Client, error) {
	return square.New(square.Config{ClientConfig: cfg, ApplicationID: "example-app", ApplicationSecret: grantway.NewSecret(canarySecret)})
}
