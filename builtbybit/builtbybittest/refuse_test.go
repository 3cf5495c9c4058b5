package builtbybittest_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func basic(id, secret string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func TestRefusals(t *testing.T) {
	const token, revoke = "/oauth2/token", "/oauth2/token/revoke"
	const byCode, refresh = "grant_type=authorization_code&code=CODE", "grant_type=refresh_token&refresh_token=REFRESH"
	client := basic("example-client", "example/secret")
	escaped := basic("example-client", url.QueryEscape("example/secret"))
	none := builtbybittest.Options{}
	form := builtbybittest.Options{BasicEncoding: builtbybit.BasicForm}
	wait := 2 * time.Hour

	for _, c := range []struct {
		name   string
		opts   builtbybittest.Options
		wait   time.Duration
		path   string
		body   string
		header string
		status int
		code   string // empty: accepted
	}{
		{"a code", none, 0, token, byCode, client, 200, ""},
		{"a refresh token", none, wait, token, refresh, client, 200, ""},
		{"a redirect_uri that is right, though not documented", none, 0, token, byCode + "&redirect_uri=https%3A%2F%2Fexample.com%2Fcb", client, 200, ""},
		{"a parameter that is not documented", none, 0, token, byCode + "&x=y", client, 200, ""},
		{"a parameter without a value", none, 0, token, byCode + "&refresh_token=", client, 200, ""},
		{"revoke: an access token", none, 0, revoke, "token=ACCESS&token_hint=access_token", client, 200, ""},
		{"revoke: a refresh token with a wrong hint", none, 0, revoke, "token=REFRESH&token_hint=access_token", client, 200, ""},
		{"revoke: no hint", none, 0, revoke, "token=ACCESS", client, 200, ""},
		{"form-encoded Basic where the fake wants it", form, 0, token, byCode, escaped, 200, ""},

		{"form-encoded Basic", none, 0, token, byCode, escaped, 401, "invalid_client"},
		{"raw Basic where the fake wants it encoded", form, 0, token, byCode, client, 401, "invalid_client"},
		{"a broken escape where the fake wants it encoded", form, 0, token, byCode, basic("example-client", "example%zz"), 401, "invalid_client"},
		{"a wrong id", none, 0, token, byCode, basic("other", "example/secret"), 401, "invalid_client"},
		{"a wrong secret", none, 0, token, byCode, basic("example-client", "wrong"), 401, "invalid_client"},
		{"no colon", none, 0, token, byCode, "Authorization: Basic ZXhhbXBsZQ==", 401, "invalid_client"},
		{"no base64", none, 0, token, byCode, "Authorization: Basic example", 401, "invalid_client"},
		{"Bearer", none, 0, token, byCode, "Authorization: Bearer ACCESS", 401, "invalid_client"},
		{"no header", none, 0, token, byCode, "", 401, "invalid_client"},
		{"the secret in the body too", none, 0, token, byCode + "&client_secret=example%2Fsecret", client, 400, "invalid_request"},
		{"the secret in the body only", none, 0, token, byCode + "&client_secret=example%2Fsecret", "", 401, "invalid_client"},
		{"revoke: no header", none, 0, revoke, "token=ACCESS", "", 401, "invalid_client"},

		{"an unknown code", none, 0, token, "grant_type=authorization_code&code=example-unknown", client, 400, "invalid_grant"},
		{"a spent code", none, 0, token, "grant_type=authorization_code&code=SPENTCODE", client, 400, "invalid_grant"},
		{"an expired code", none, wait, token, byCode, client, 400, "invalid_grant"},
		{"a wrong redirect_uri", none, 0, token, byCode + "&redirect_uri=https%3A%2F%2Fexample.com%2Fother", client, 400, "invalid_grant"},
		{"an unknown refresh token", none, 0, token, "grant_type=refresh_token&refresh_token=example-unknown", client, 400, "invalid_grant"},
		{"an access token as a refresh token", none, 0, token, "grant_type=refresh_token&refresh_token=ACCESS", client, 400, "invalid_grant"},
		{"no code", none, 0, token, "grant_type=authorization_code", client, 400, "invalid_request"},
		{"no refresh token", none, 0, token, "grant_type=refresh_token", client, 400, "invalid_request"},
		{"no grant type", none, 0, token, "code=CODE", client, 400, "invalid_request"},
		{"another grant type", none, 0, token, "grant_type=client_credentials", client, 400, "unsupported_grant_type"},
		{"a code without a value", none, 0, token, "grant_type=authorization_code&code=", client, 400, "invalid_request"},
		{"a parameter twice", none, 0, token, byCode + "&code=CODE", client, 400, "invalid_request"},
		{"a query", none, 0, token + "?code=CODE", byCode, client, 400, "invalid_request"},
		{"revoke: no token", none, 0, revoke, "token_hint=access_token", client, 400, "invalid_request"},
		{"JSON", none, 0, token, "{}", client + "\nContent-Type: application/json", 415, "invalid_request"},
		{"another path", none, 0, "/oauth2/token/", byCode, client, 404, "invalid_request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opts.Now = faketest.Standing
			fake, bbb := start(t, c.opts)
			spent := fake.IssueCode(builtbybittest.Grant{})
			tok := faketest.Must(bbb.Exchange(t.Context(), spent))
			fill := strings.NewReplacer(
				"SPENTCODE", spent.Code.Reveal(),
				"CODE", fake.IssueCode(builtbybittest.Grant{RedirectURL: "https://example.com/cb"}).Code.Reveal(),
				"ACCESS", tok.AccessToken.Reveal(),
				"REFRESH", tok.RefreshToken.Reveal(),
			)
			fake.Advance(c.wait)
			r := faketest.SendForm(t, "POST", fake.URL()+fill.Replace(c.path), fill.Replace(c.body), strings.Split(fill.Replace(c.header), "\n")...)
			want := fmt.Sprintf(`{"error":%q,"error_description":"builtbybittest: `, c.code)
			if r.Status != c.status || c.code != "" && !strings.HasPrefix(r.Body, want) {
				t.Errorf("%d %s, want %d %s", r.Status, r.Body, c.status, c.code)
			}
		})
	}
}

func TestRefusalsInTheEnvelope(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{Errors: builtbybittest.EnvelopeErrors})
	r := faketest.SendForm(t, "POST", fake.URL()+"/oauth2/token", "grant_type=authorization_code&code=x", basic("example-client", "example/secret"))
	if r.Status != 400 || !strings.HasPrefix(r.Body, `{"error":{"code":"InvalidWithHint","message":"builtbybittest: `) || !strings.HasSuffix(r.Body, `"result":"error"}`) {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	_, err := bbb.Exchange(t.Context(), grantway.AuthorizationCode{Code: grantway.NewSecret("x")})
	var e *grantway.Error
	if !errors.As(err, &e) || e.Code != "InvalidWithHint" {
		t.Errorf("%v", err)
	}
}

func TestAWrongMethodIsRefused(t *testing.T) {
	fake, _ := start(t, builtbybittest.Options{})
	r := faketest.SendForm(t, "GET", fake.URL()+"/oauth2/token", "")
	if r.Status != 405 || r.Header.Get("Allow") != "POST" {
		t.Errorf("%d, Allow %q", r.Status, r.Header.Get("Allow"))
	}
}

func TestRefusalsBecomeTypedErrors(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{})
	cfg := fake.Config()
	cfg.BasicEncoding = builtbybit.BasicForm
	encoded := faketest.Must(builtbybit.New(cfg))
	if _, err := encoded.Exchange(t.Context(), fake.IssueCode(builtbybittest.Grant{})); !errors.Is(err, grantway.ErrBadClient) {
		t.Errorf("form-encoded credentials: %v", err)
	}
	if _, err := bbb.Exchange(t.Context(), grantway.AuthorizationCode{Code: grantway.NewSecret("x")}); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("an unknown code: %v", err)
	}
}
