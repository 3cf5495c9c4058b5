package square_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/square"
)

func newSquare(t *testing.T, change ...func(*square.Config)) *square.Client {
	t.Helper()
	cfg := square.Config{ApplicationID: "example-application", ApplicationSecret: grantway.NewSecret("example-secret"),
		RedirectURL: "https://app.example/callback/square"}
	for _, c := range change {
		c(&cfg)
	}
	sq, err := square.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return sq
}

func sandbox(c *square.Config)  { c.Environment = square.Sandbox }
func noSecret(c *square.Config) { c.ApplicationSecret = grantway.Secret{} }

func secretFunc(c *square.Config) {
	c.ApplicationSecret = grantway.Secret{}
	c.ApplicationSecretFunc = func(context.Context) (grantway.Secret, error) {
		return grantway.Secret{}, errors.New("asked for a secret where none is needed")
	}
}

func TestAFunctionForTheSecretIsNotAskedByThePKCEFlow(t *testing.T) {
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: `{"access_token":"example-access","token_type":"bearer","expires_at":"2026-01-02T03:04:05Z","refresh_token":"example-refresh"}`}}
	sq := newSquare(t, secretFunc, func(c *square.Config) { c.HTTPClient = wire.Client() })
	code := grantway.AuthorizationCode{Code: grantway.NewSecret("example-code"), Verifier: grantway.NewSecret("example-verifier"), RedirectURL: "https://app.example/callback/square"}
	tok, err := sq.Exchange(t.Context(), code)
	if err != nil || tok.Extra[square.ExtraFlow] != square.FlowPKCE {
		t.Fatalf("%v, %v", tok, err)
	}
	if _, err := sq.Refresh(t.Context(), tok); err != nil {
		t.Error(err)
	}
	// Inverse: a token of the code flow needs the secret, and nothing is sent
	// without it.
	tok.Extra[square.ExtraFlow], tok.RefreshExpiry = square.FlowCode, grantway.Expiry{}
	if _, err := sq.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrNotSent) || len(wire.Requests()) != 2 {
		t.Errorf("inverse: %v, %d requests", err, len(wire.Requests()))
	}
}

func TestBeginAuth(t *testing.T) {
	redirect := "redirect_uri=https%3A%2F%2Fapp.example%2Fcallback%2Fsquare&"
	pkce := "code_challenge=*&code_challenge_method=S256&"
	for _, tt := range []struct {
		name   string
		config func(*square.Config)
		o      square.AuthOptions
		want   string
	}{
		{"L7: with a secret, the code flow", nil, square.AuthOptions{},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&" + redirect + "response_type=code&state=*"},
		{"L7: with a function for the secret, the code flow", secretFunc, square.AuthOptions{},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&" + redirect + "response_type=code&state=*"},
		{"L7: without one, PKCE", noSecret, square.AuthOptions{},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&" + pkce + redirect + "response_type=code&state=*"},
		{"L7: with a secret, PKCE when asked for", nil, square.AuthOptions{Flow: square.FlowPKCE},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&" + pkce + redirect + "response_type=code&state=*"},
		{"L7: without one, PKCE when asked for", noSecret, square.AuthOptions{Flow: square.FlowPKCE},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&" + pkce + redirect + "response_type=code&state=*"},
		{"L8: on a desktop", noSecret, square.AuthOptions{RedirectURL: "http://localhost:8000/cb", DynamicLocalhost: true},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&" + pkce + "redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcb&response_type=code&state=*"},
		{"L8: on a desktop, as the reference has it", noSecret, square.AuthOptions{RedirectURL: "http://localhost:8000", DynamicLocalhost: true},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&" + pkce + "redirect_uri=http%3A%2F%2Flocalhost%3A8000&response_type=code&state=*"},
		{"L8: on a desktop, PKCE also with a secret", nil, square.AuthOptions{RedirectURL: "http://LOCALHOST:8000/cb", DynamicLocalhost: true},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&" + pkce + "redirect_uri=http%3A%2F%2FLOCALHOST%3A8000%2Fcb&response_type=code&state=*"},
		{"L8: on a desktop, PKCE also against a fake", func(c *square.Config) { c.BaseURL = "http://127.0.0.1:8080" }, square.AuthOptions{RedirectURL: "http://localhost:8000/cb", DynamicLocalhost: true},
			"http://127.0.0.1:8080/oauth2/authorize?client_id=example-application&" + pkce + "redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcb&response_type=code&state=*"},
		{"L8: https goes on as it was", nil, square.AuthOptions{DynamicLocalhost: true},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&" + redirect + "response_type=code&state=*"},
		{"in the sandbox", sandbox, square.AuthOptions{},
			"https://connect.squareupsandbox.com/oauth2/authorize?client_id=example-application&" + redirect + "response_type=code&state=*"},
		{"in Square's own example", nil, square.AuthOptions{Scopes: []string{"CUSTOMERS_WRITE", "CUSTOMERS_READ"}, ForceLogin: true},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&" + redirect +
				"response_type=code&scope=CUSTOMERS_WRITE+CUSTOMERS_READ&session=false&state=*"},
		{"with a locale", nil, square.AuthOptions{Locale: "fr-CA"},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&locale=fr-CA&" + redirect + "response_type=code&state=*"},
		{"with another redirect URL", nil, square.AuthOptions{RedirectURL: "https://app.example/other"},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&redirect_uri=https%3A%2F%2Fapp.example%2Fother&response_type=code&state=*"},
		{"with no redirect URL", func(c *square.Config) { c.RedirectURL = "" }, square.AuthOptions{},
			"https://connect.squareup.com/oauth2/authorize?client_id=example-application&response_type=code&state=*"},
		{"on a fake", func(c *square.Config) { c.BaseURL = "http://127.0.0.1:8080" }, square.AuthOptions{RedirectURL: "http://127.0.0.1:9090/cb"},
			"http://127.0.0.1:8080/oauth2/authorize?client_id=example-application&redirect_uri=http%3A%2F%2F127.0.0.1%3A9090%2Fcb&response_type=code&state=*"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			change := tt.config
			if change == nil {
				change = func(*square.Config) {}
			}
			a, err := newSquare(t, change).BeginAuth(tt.o)
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(a.URL())
			if err != nil {
				t.Fatal(err)
			}
			got := a.URL()
			for _, drawn := range []string{"state", "code_challenge"} {
				if v := u.Query().Get(drawn); v != "" {
					got = strings.Replace(got, v, "*", 1)
				}
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestBeginAuthRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config func(*square.Config)
		o      square.AuthOptions
		field  string
	}{
		{"http in production", nil, square.AuthOptions{RedirectURL: "http://localhost:8788/cb"}, "RedirectURL"},
		{"http elsewhere in the sandbox", sandbox, square.AuthOptions{RedirectURL: "http://app.example/cb"}, "RedirectURL"},
		{"a redirect URL that the exchange could not repeat", nil, square.AuthOptions{RedirectURL: "https://app.example/" + strings.Repeat("a", 2048)}, "RedirectURL"},
		{"a locale that Square does not have", nil, square.AuthOptions{Locale: "en"}, "Locale"},
		{"L7: the code flow of a public client", noSecret, square.AuthOptions{Flow: square.FlowCode}, "Flow"},
		{"L7: a flow that there is not", nil, square.AuthOptions{Flow: "PKCE"}, "Flow"},
		{"L8: the desktop without its option", noSecret, square.AuthOptions{RedirectURL: "http://localhost:8000/cb"}, "RedirectURL"},
		{"L8: the desktop on an IP address", noSecret, square.AuthOptions{RedirectURL: "http://127.0.0.1:8000/cb", DynamicLocalhost: true}, "RedirectURL"},
		{"L8: the desktop without a port", noSecret, square.AuthOptions{RedirectURL: "http://localhost/cb", DynamicLocalhost: true}, "RedirectURL"},
		{"L8: another machine", noSecret, square.AuthOptions{RedirectURL: "http://localhost.example:8000/cb", DynamicLocalhost: true}, "RedirectURL"},
		{"L8: the desktop in the code flow", nil, square.AuthOptions{RedirectURL: "http://localhost:8000/cb", DynamicLocalhost: true, Flow: square.FlowCode}, "Flow"},
		{"two scopes in one", nil, square.AuthOptions{Scopes: []string{"A B"}}, "Scopes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			change := tt.config
			if change == nil {
				change = func(*square.Config) {}
			}
			_, err := newSquare(t, change).BeginAuth(tt.o)
			var e *grantway.Error
			if !errors.Is(err, grantway.ErrInvalidArgument) || !errors.As(err, &e) || e.Field != tt.field || e.Provider != "square" {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := newSquare(t, sandbox).BeginAuth(square.AuthOptions{RedirectURL: "http://localhost:8788/cb"}); err != nil {
		t.Errorf("http on this machine, in the sandbox: %v", err)
	}
}

// STD-18: a code of one environment does not reach the other's token endpoint.
func TestExchangeRefusesTheCodeOfAnotherEndpoint(t *testing.T) {
	test, live := newSquare(t, sandbox), newSquare(t)
	a, err := test.BeginAuth(square.AuthOptions{})
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(a.URL())
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, a.RedirectURL()+"?code=example-code&state="+u.Query().Get("state"), nil)
	if _, err := live.Callback(a, r); !errors.Is(err, grantway.ErrInvalidArgument) {
		t.Errorf("the callback: %v", err)
	}
	code, err := test.Callback(a, r)
	if err != nil {
		t.Fatal(err)
	}
	var e *grantway.Error
	if _, err := live.Exchange(context.Background(), code); !errors.As(err, &e) || e.Field != "TokenURL" || !errors.Is(err, grantway.ErrNotSent) {
		t.Errorf("the exchange: %v", err)
	}
}
