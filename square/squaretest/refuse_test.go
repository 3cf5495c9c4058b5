package squaretest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// The bodies that Square was seen to send, byte for byte but for the order of
// names.
const (
	notAuthorized   = `{"message":"Not Authorized","type":"service.not_authorized"}`
	codeNotFound    = `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED","detail":"Authorization code not found for app example-application"}]}`
	invalidRefresh  = `{"message":"Invalid refresh token","type":"service.not_authorized"}`
	missingSecret   = `{"errors":[{"category":"INVALID_REQUEST_ERROR","code":"MISSING_REQUIRED_PARAMETER","detail":"missing required parameter 'client_secret'"}]}`
	missingRedirect = `{"errors":[{"category":"INVALID_REQUEST_ERROR","code":"MISSING_REQUIRED_PARAMETER","detail":"missing required parameter 'redirect_uri'"}]}`
	badHeader       = `{"message":"bad authorization header","type":"bad_request.invalid_parameter"}`
	renewRevoked    = `{"message":"cannot renew revoked token","type":"bad_request"}`
	badBearer       = "{\"errors\":[{\"category\":\"AUTHENTICATION_ERROR\",\"code\":\"UNAUTHORIZED\",\"detail\":\"The `Authorization` http header of your request was incorrect or expired.\"}]}"
)

// Bodies of requests; CODE and the like are filled in by fill.
const (
	byCode   = `{"client_id":"example-application","client_secret":"example-application-secret","grant_type":"authorization_code","code":"CODE"}`
	byPKCE   = `{"client_id":"example-application","grant_type":"authorization_code","code":"PKCECODE","code_verifier":"` + verifier + `"}`
	refresh  = `{"client_id":"example-application","client_secret":"example-application-secret","grant_type":"refresh_token","refresh_token":"REFRESH"}`
	client   = "Authorization: Client example-application-secret"
	tokenURL = "/oauth2/token"
	revoke   = "/oauth2/revoke"
	status   = "/oauth2/token/status"
	renew    = "/oauth2/clients/example-application/access-token/renew"
)

func TestRefusals(t *testing.T) {
	with := func(body, old, new string) string {
		if !strings.Contains(body, old) {
			panic("the case changes nothing")
		}
		return strings.Replace(body, old, new, 1)
	}
	wait := func(d time.Duration) func(*squaretest.Server, *strings.Replacer) {
		return func(s *squaretest.Server, _ *strings.Replacer) { s.Advance(d) }
	}
	secret := func(fill *strings.Replacer, name string) grantway.Secret {
		return grantway.NewSecret(fill.Replace(name))
	}
	revokeAccess := func(s *squaretest.Server, fill *strings.Replacer) {
		s.RevokeAccessToken(secret(fill, "ACCESS"))
	}
	revokeLegacy := func(s *squaretest.Server, fill *strings.Replacer) {
		s.RevokeAccessToken(secret(fill, "LEGACY"))
	}
	revokeMerchant := func(s *squaretest.Server, _ *strings.Replacer) { s.RevokeMerchant("EXAMPLE-MERCHANT") }
	noChange := func(*squaretest.Server, *strings.Replacer) {}
	basic := squaretest.Options{}
	renewing := squaretest.Options{RenewEnabled: true}
	headerless := squaretest.Options{RefuseAuthorizationHeader: true}
	redirected := `"code":"REDIRECTCODE","redirect_uri":"https://example.com/cb"`

	for _, c := range []struct {
		name   string
		opts   squaretest.Options
		change func(*squaretest.Server, *strings.Replacer)
		path   string
		body   string
		header string
		status int
		want   string // a whole body, or a code in one
	}{
		// obtainToken: the client
		{"a wrong application id", basic, noChange, tokenURL, with(byCode, "example-application", "other-application"), "", 401, notAuthorized},
		{"a wrong application secret", basic, noChange, tokenURL, with(byCode, "application-secret", "wrong"), "", 401, notAuthorized},
		{"a sandbox id on production", squaretest.Options{ApplicationID: "sandbox-example"}, noChange, tokenURL, with(byCode, "example-application", "sandbox-example"), "", 401, notAuthorized},
		{"a production id in the sandbox", squaretest.Options{ApplicationID: "sq0idp-example", Environment: square.Sandbox}, noChange, tokenURL, with(byCode, "example-application", "sq0idp-example"), "", 401, notAuthorized},
		{"no secret in the code flow", basic, noChange, tokenURL, with(byCode, `"client_secret":"example-application-secret",`, ""), "", 400, missingSecret},
		{"the secret in a header only", basic, noChange, tokenURL, with(byCode, `"client_secret":"example-application-secret",`, ""), client, 400, missingSecret},
		{"the secret in body and header", headerless, noChange, tokenURL, byCode, client, 400, badHeader},
		{"a bearer token on the token endpoint", headerless, noChange, tokenURL, byCode, "Authorization: Bearer ACCESS", 400, badHeader},
		{"no client id", basic, noChange, tokenURL, with(byCode, `"client_id":"example-application",`, ""), "", 400, "MISSING_REQUIRED_PARAMETER"},
		{"no grant type", basic, noChange, tokenURL, with(byCode, `"grant_type":"authorization_code",`, ""), "", 400, "MISSING_REQUIRED_PARAMETER"},
		{"a grant that Square does not have", basic, noChange, tokenURL, with(byCode, "authorization_code", "client_credentials"), "", 400, "INVALID_VALUE"},

		// obtainToken: the code
		{"an unknown code", basic, noChange, tokenURL, with(byCode, "CODE", "example-unknown"), "", 401, codeNotFound},
		{"a spent code", basic, noChange, tokenURL, with(byCode, "CODE", "SPENTCODE"), "", 401, codeNotFound},
		{"an expired code", basic, wait(squaretest.CodeLifetime), tokenURL, byCode, "", 401, codeNotFound},
		{"a code of an authorization that has ended", basic, revokeMerchant, tokenURL, byCode, "", 401, codeNotFound},
		{"no code", basic, noChange, tokenURL, with(byCode, `,"code":"CODE"`, ""), "", 400, "missing required parameter 'code'"},
		{"no redirect URL where the authorization had one", basic, noChange, tokenURL, with(byCode, "CODE", "REDIRECTCODE"), "", 400, missingRedirect},
		{"another redirect URL than the authorization had", basic, noChange, tokenURL, with(with(byCode, `"code":"CODE"`, redirected), "/cb", "/other"), "", 401, codeNotFound},
		{"a redirect URL that is not registered", basic, noChange, tokenURL, with(byCode, `"code":"CODE"`, `"code":"CODE","redirect_uri":"https://example.com/other"`), "", 401, codeNotFound},

		// obtainToken: PKCE
		{"a wrong verifier", basic, noChange, tokenURL, with(byPKCE, verifier, "example-wrong-verifier"), "", 401, codeNotFound},
		{"the challenge as the verifier", basic, noChange, tokenURL, with(byPKCE, verifier, challenge), "", 401, codeNotFound},
		{"a verifier for a code without challenge", basic, noChange, tokenURL, with(byPKCE, "PKCECODE", "CODE"), "", 401, codeNotFound},
		{"a secret for a code with challenge", basic, noChange, tokenURL, with(byCode, "CODE", "PKCECODE"), "", 401, codeNotFound},
		{"a secret beside the verifier", basic, noChange, tokenURL, with(byPKCE, `"grant_type"`, `"client_secret":"example-application-secret","grant_type"`), "", 400, "CONFLICTING_PARAMETERS"},

		// obtainToken: refresh and migration
		{"an unknown refresh token", basic, noChange, tokenURL, with(refresh, "REFRESH", "example-unknown"), "", 401, invalidRefresh},
		{"a refresh token of an authorization that has ended", basic, revokeMerchant, tokenURL, refresh, "", 401, invalidRefresh},
		{"an access token as a refresh token", basic, noChange, tokenURL, with(refresh, "REFRESH", "ACCESS"), "", 401, invalidRefresh},
		{"no refresh token", basic, noChange, tokenURL, with(refresh, `,"refresh_token":"REFRESH"`, ""), "", 400, "missing required parameter 'refresh_token'"},
		{"a code-flow refresh without the secret", basic, noChange, tokenURL, with(refresh, `"client_secret":"example-application-secret",`, ""), "", 400, missingSecret},
		{"a PKCE refresh with the secret", basic, noChange, tokenURL, with(refresh, "REFRESH", "PKCEREFRESH"), "", 400, "CONFLICTING_PARAMETERS"},
		{"a spent PKCE refresh token", basic, noChange, tokenURL, with(with(refresh, `"client_secret":"example-application-secret",`, ""), "REFRESH", "SPENTREFRESH"), "", 401, invalidRefresh},
		{"a migration token that is not legacy", basic, noChange, tokenURL, with(with(refresh, "refresh_token", "migration_token"), `"refresh_token":"REFRESH"`, `"migration_token":"ACCESS"`), "", 401, "UNAUTHORIZED"},
		{"a migration without a token", basic, noChange, tokenURL, with(with(refresh, "refresh_token", "migration_token"), `,"refresh_token":"REFRESH"`, ""), "", 400, "missing required parameter 'migration_token'"},
		{"a migration without the secret", basic, noChange, tokenURL, `{"client_id":"example-application","grant_type":"migration_token","migration_token":"LEGACY"}`, "", 400, missingSecret},

		// obtainToken: the body
		{"a body that is no object", basic, noChange, tokenURL, `[]`, "", 400, "EXPECTED_JSON_BODY"},
		{"a name twice", basic, noChange, tokenURL, with(byCode, `"grant_type"`, `"client_id":"example-application","grant_type"`), "", 400, "EXPECTED_JSON_BODY"},
		{"a null", basic, noChange, tokenURL, with(byCode, `"CODE"`, "null"), "", 400, "EXPECTED_STRING"},
		{"a number for a string", basic, noChange, tokenURL, with(byCode, `"CODE"`, "1"), "", 400, "EXPECTED_STRING"},
		{"a string for a boolean", basic, noChange, tokenURL, with(refresh, `"grant_type"`, `"short_lived":"true","grant_type"`), "", 400, "EXPECTED_BOOLEAN"},
		{"scopes in one string", basic, noChange, tokenURL, with(refresh, `"grant_type"`, `"scopes":"ITEMS_READ","grant_type"`), "", 400, "EXPECTED_ARRAY"},
		{"the singular scope", basic, noChange, tokenURL, with(refresh, `"grant_type"`, `"scope":"ITEMS_READ","grant_type"`), "", 400, "UNKNOWN_BODY_PARAMETER"},
		{"an empty field", basic, noChange, tokenURL, with(byCode, `"CODE"`, `""`), "", 400, "VALUE_EMPTY"},
		{"a secret that is too short", basic, noChange, tokenURL, with(byCode, "example-application-secret", "x"), "", 400, "VALUE_TOO_SHORT"},
		{"a code that is too long", basic, noChange, tokenURL, with(byCode, "CODE", strings.Repeat("x", 192)), "", 400, "VALUE_TOO_LONG"},
		{"a secret in the URL", basic, noChange, tokenURL + "?client_secret=example-application-secret", byCode, "", 400, "BAD_REQUEST"},
		{"a form", basic, noChange, tokenURL, "grant_type=authorization_code", "Content-Type: application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"a version that is no date", basic, noChange, tokenURL, byCode, "Square-Version: 2025-8-20", 400, "INVALID_SQUARE_VERSION_FORMAT"},

		// revokeToken
		{"revoke: Bearer instead of Client", basic, noChange, revoke, `{"access_token":"ACCESS"}`, "Authorization: Bearer example-application-secret", 400, badHeader},
		{"revoke: the bare secret", basic, noChange, revoke, `{"access_token":"ACCESS"}`, "Authorization: example-application-secret", 400, badHeader},
		{"revoke: client in lower case", basic, noChange, revoke, `{"access_token":"ACCESS"}`, "Authorization: client example-application-secret", 400, badHeader},
		{"revoke: two spaces", basic, noChange, revoke, `{"access_token":"ACCESS"}`, "Authorization: Client  example-application-secret", 400, badHeader},
		{"revoke: no header", basic, noChange, revoke, `{"access_token":"ACCESS"}`, "", 400, badHeader},
		{"revoke: a wrong secret", basic, noChange, revoke, `{"access_token":"ACCESS"}`, client + "x", 401, notAuthorized},
		{"revoke: another client id", basic, noChange, revoke, `{"client_id":"other","access_token":"ACCESS"}`, client, 401, notAuthorized},
		{"revoke: both token and merchant", basic, noChange, revoke, `{"access_token":"ACCESS","merchant_id":"EXAMPLE-MERCHANT"}`, client, 400, "CONFLICTING_PARAMETERS"},
		{"revoke: neither token nor merchant", basic, noChange, revoke, `{}`, client, 400, "MISSING_REQUIRED_PARAMETER"},
		{"revoke: only the access token of a merchant", basic, noChange, revoke, `{"merchant_id":"EXAMPLE-MERCHANT","revoke_only_access_token":true}`, client, 400, "CONFLICTING_PARAMETERS"},
		{"revoke: an unknown token", basic, noChange, revoke, `{"access_token":"example-unknown"}`, client, 404, "NOT_FOUND"},
		{"revoke: a token revoked already", basic, revokeAccess, revoke, `{"access_token":"ACCESS"}`, client, 404, "NOT_FOUND"},
		{"revoke: a personal access token", basic, noChange, revoke, `{"access_token":"PERSONAL","revoke_only_access_token":true}`, client, 404, "NOT_FOUND"},
		{"revoke: an unknown merchant", basic, noChange, revoke, `{"merchant_id":"merchant-unknown"}`, client, 404, "NOT_FOUND"},

		// retrieveTokenStatus
		{"status: no header", basic, noChange, status, "", "", 401, badBearer},
		{"status: the bare token", basic, noChange, status, "", "Authorization: ACCESS", 401, badBearer},
		{"status: Client instead of Bearer", basic, noChange, status, "", client, 401, badBearer},
		{"status: an unknown token", basic, noChange, status, "", "Authorization: Bearer example-unknown", 401, badBearer},
		{"status: an expired token", basic, wait(squaretest.AccessLifetime), status, "", "Authorization: Bearer ACCESS", 401, badBearer},
		{"status: a revoked token", basic, revokeAccess, status, "", "Authorization: Bearer ACCESS", 401, badBearer},
		{"status: a refresh token", basic, noChange, status, "", "Authorization: Bearer REFRESH", 401, badBearer},
		{"status: a body", basic, noChange, status, `{}`, "Authorization: Bearer ACCESS", 400, "BAD_REQUEST"},

		// renewToken
		{"renew: retired", basic, noChange, renew, `{"access_token":"LEGACY"}`, client, 404, "NOT_FOUND"},
		{"renew: the bare secret", renewing, noChange, renew, `{}`, "Authorization: example-application-secret", 400, badHeader},
		{"renew: another client id", renewing, noChange, "/oauth2/clients/other/access-token/renew", `{"access_token":"LEGACY"}`, client, 401, notAuthorized},
		{"renew: no token", renewing, noChange, renew, `{}`, client, 400, "missing required parameter 'access_token'"},
		{"renew: a revoked token", renewing, revokeLegacy, renew, `{"access_token":"LEGACY"}`, client, 400, renewRevoked},
		{"renew: an unknown token", renewing, noChange, renew, `{"access_token":"example-unknown"}`, client, 401, "UNAUTHORIZED"},
		{"renew: a token of today", renewing, noChange, renew, `{"access_token":"ACCESS"}`, client, 400, "BAD_REQUEST"},
		{"renew: 15 days after its end", renewing, wait(squaretest.AccessLifetime + squaretest.RenewWindow), renew, `{"access_token":"LEGACY"}`, client, 401, "ACCESS_TOKEN_EXPIRED"},

		{"a path that is not there", basic, noChange, "/oauth2/authorize/", `{}`, "", 404, "NOT_FOUND"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opts.Now = faketest.Standing
			fake, err := squaretest.Start(c.opts)
			if err != nil {
				t.Fatal(err)
			}
			defer fake.Close()
			fill := seed(t, fake, c.opts.ApplicationID == "")
			c.change(fake, fill)
			r := faketest.SendJSON(t, "POST", fake.URL()+c.path, fill.Replace(c.body), fill.Replace(c.header))
			whole := strings.HasPrefix(c.want, "{")
			if r.Status != c.status || whole && r.Body != c.want || !strings.Contains(r.Body, c.want) {
				t.Errorf("%d %s\nwant %d %s", r.Status, r.Body, c.status, c.want)
			}
			observed := whole || strings.HasPrefix(c.want, "missing")
			if observed == strings.Contains(r.Body, "squaretest: ") && c.want != "MISSING_REQUIRED_PARAMETER" {
				t.Errorf("%s: a text that is ours must say so, and no other", r.Body)
			}
		})
	}
}

// seed fills the fake and names what it made. Without tokens it makes a code
// only, for fakes whose own application is refused.
func seed(t *testing.T, fake *squaretest.Server, tokens bool) *strings.Replacer {
	t.Helper()
	code := func(g squaretest.Grant) string { return fake.IssueCode(g).Code.Reveal() }
	if !tokens {
		return strings.NewReplacer("CODE", code(squaretest.Grant{}))
	}
	sq := faketest.Must(square.New(fake.Config()))
	spent := fake.IssueCode(squaretest.Grant{})
	tok := faketest.Must(sq.Exchange(t.Context(), spent))
	pkce := exchange(t, fake, sq, squaretest.Grant{CodeChallenge: challenge, RedirectURL: "https://example.com/callback"})
	next := faketest.Must(sq.Refresh(t.Context(), pkce))
	return strings.NewReplacer(
		"REDIRECTCODE", code(squaretest.Grant{RedirectURL: "https://example.com/cb"}),
		"PKCECODE", code(squaretest.Grant{CodeChallenge: challenge}),
		"SPENTCODE", spent.Code.Reveal(),
		"CODE", code(squaretest.Grant{}),
		"ACCESS", tok.AccessToken.Reveal(),
		"SPENTREFRESH", pkce.RefreshToken.Reveal(),
		"PKCEREFRESH", next.RefreshToken.Reveal(),
		"REFRESH", tok.RefreshToken.Reveal(),
		"PERSONAL", fake.IssuePersonalAccessToken(squaretest.Grant{}).Reveal(),
		"LEGACY", fake.IssueLegacyToken(squaretest.Grant{}).Reveal(),
	)
}

func TestTheInverseOfTheRefusals(t *testing.T) {
	with := func(body, old, new string) string { return strings.Replace(body, old, new, 1) }
	for _, c := range []struct {
		name, path, body, header string
		opts                     squaretest.Options
	}{
		{"a code", tokenURL, byCode, "", squaretest.Options{}},
		{"a code with the registered redirect URL, though the authorization had none", tokenURL, with(byCode, `"code"`, `"redirect_uri":"https://example.com/callback","code"`), "", squaretest.Options{}},
		{"a code with its redirect URL", tokenURL, with(byCode, `"code":"CODE"`, `"code":"REDIRECTCODE","redirect_uri":"https://example.com/cb"`), "", squaretest.Options{}},
		{"a code with its verifier", tokenURL, byPKCE, "", squaretest.Options{}},
		{"a refresh", tokenURL, refresh, "", squaretest.Options{}},
		{"a PKCE refresh", tokenURL, with(with(refresh, `"client_secret":"example-application-secret",`, ""), "REFRESH", "PKCEREFRESH"), "", squaretest.Options{}},
		{"an Authorization header that is overlooked", tokenURL, byCode, "Authorization: Bearer x", squaretest.Options{}},
		{"revoke: a token", revoke, `{"access_token":"ACCESS"}`, client, squaretest.Options{}},
		{"revoke: a merchant, and false spelled out", revoke, `{"client_id":"example-application","merchant_id":"EXAMPLE-MERCHANT","revoke_only_access_token":false}`, client, squaretest.Options{}},
		{"status: a live token", status, "", "Authorization: Bearer ACCESS", squaretest.Options{}},
		{"renew: a legacy token", renew, `{"access_token":"LEGACY"}`, client, squaretest.Options{RenewEnabled: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := faketest.Must(squaretest.Start(c.opts))
			defer fake.Close()
			fill := seed(t, fake, true)
			if r := faketest.SendJSON(t, "POST", fake.URL()+c.path, fill.Replace(c.body), fill.Replace(c.header)); r.Status != 200 {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
}

func TestAWrongMethodIsRefused(t *testing.T) {
	fake, _ := start(t, squaretest.Options{})
	r := faketest.SendJSON(t, "GET", fake.URL()+tokenURL, "")
	if r.Status != 405 || r.Header.Get("Allow") != "POST" || !strings.Contains(r.Body, "METHOD_NOT_ALLOWED") {
		t.Errorf("%d %s, Allow %q", r.Status, r.Body, r.Header.Get("Allow"))
	}
}

// The SDK makes of each refusal the kind that says what to do.
func TestRefusalsBecomeTypedErrors(t *testing.T) {
	fake, sq := start(t, squaretest.Options{})
	cfg := fake.Config()
	cfg.ApplicationSecret = grantway.NewSecret("example-wrong")
	wrong := faketest.Must(square.New(cfg))
	dead := &grantway.Token{AccessToken: grantway.NewSecret("example-dead"), RefreshToken: grantway.NewSecret("example-dead")}
	code := grantway.AuthorizationCode{Code: grantway.NewSecret("example-dead")}
	for _, c := range []struct {
		name string
		call func() error
		want error
	}{
		{"exchange of an unknown code", func() error { _, err := sq.Exchange(t.Context(), code); return err }, grantway.ErrReauthorize},
		{"exchange with a wrong secret", func() error { _, err := wrong.Exchange(t.Context(), fake.IssueCode(squaretest.Grant{})); return err }, grantway.ErrBadClient},
		{"refresh with an unknown token", func() error { _, err := sq.Refresh(t.Context(), dead); return err }, grantway.ErrReauthorize},
		{"refresh with a wrong secret", func() error { _, err := wrong.Refresh(t.Context(), dead); return err }, grantway.ErrBadClient},
		{"status of an unknown token", func() error { _, err := sq.TokenStatus(t.Context(), dead); return err }, grantway.ErrReauthorize},
		{"revocation with a wrong secret", func() error { return wrong.RevokeMerchant(t.Context(), "EXAMPLE-MERCHANT") }, grantway.ErrBadClient},
		{"revocation of an unknown merchant", func() error { return sq.RevokeMerchant(t.Context(), "merchant-unknown") }, grantway.ErrBadClient},
		{"renewal at the retired endpoint", func() error {
			_, err := sq.RenewToken(t.Context(), dead.AccessToken)
			return err
		}, grantway.ErrBadClient},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.call(); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}
