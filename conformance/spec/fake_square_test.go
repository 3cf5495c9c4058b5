package spec_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

func startSquare(t *testing.T, opts squaretest.Options) (*squaretest.Server, *fake, *square.Client) {
	t.Helper()
	s, err := squaretest.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	f := newFake(t, "square", s.URL())
	cfg := s.Config()
	cfg.HTTPClient = &http.Client{Transport: f.log}
	cfg.Version = "2025-08-20"
	c, err := square.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, f, c
}

// object is a JSON body.
type object map[string]any

func (o object) with(more object) string {
	all := object{}
	for _, part := range []object{o, more} {
		maps.Copy(all, part)
	}
	b, err := json.Marshal(all)
	if err != nil {
		panic(err) // maps of plain values do not fail
	}
	return string(b)
}

const verifier = "example-verifier-example-verifier-example-verifier"

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestEveryAnswerOfTheSquareFakeIsOneTheSpecAllows(t *testing.T) {
	for name, opts := range map[string]squaretest.Options{
		"as Square is today":               {},
		"the sandbox, short-lived without": {Environment: square.Sandbox, OmitShortLivedRefresh: true},
		"renewal enabled, headers refused": {RenewEnabled: true, RefuseAuthorizationHeader: true},
	} {
		t.Run(name, func(t *testing.T) {
			s, f, c := startSquare(t, opts)
			flowsOfSquare(t, s, c)
			f.checkAll(t)
			errorsOfObtainToken(t, s, f, opts)
			errorsOfSquaresOtherOperations(t, s, f, opts)
			if opts.RenewEnabled {
				f.covered(t)
			} else {
				f.covered(t, "renewToken") // retired: it refuses everything
			}
		})
	}
}

// flowsOfSquare takes the wrapper through both flows to the end.
func flowsOfSquare(t *testing.T, s *squaretest.Server, c *square.Client) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	tok, err := c.Exchange(t.Context(), s.IssueCode(squaretest.Grant{RedirectURL: "https://example.com/callback"}))
	must(err)
	tok, err = c.Refresh(t.Context(), tok)
	must(err)
	_, err = c.TokenStatus(t.Context(), tok)
	must(err)
	must(c.RevokeToken(t.Context(), tok))
	must(c.RevokeMerchant(t.Context(), tok.Extra[square.ExtraMerchantID]))

	code := s.IssueCode(squaretest.Grant{CodeChallenge: challenge(), RedirectURL: "https://example.com/callback"})
	code.Verifier = grantway.NewSecret(verifier)
	tok, err = c.Exchange(t.Context(), code)
	must(err)
	_, err = c.Refresh(t.Context(), tok)
	must(err)

	_, err = c.TokenStatus(t.Context(), &grantway.Token{AccessToken: s.IssuePersonalAccessToken(squaretest.Grant{})})
	must(err)
	_, err = c.ObtainToken(t.Context(), squareapi.ObtainTokenRequest{GrantType: square.GrantMigrationToken,
		ClientSecret:   grantway.NewSecret("example-application-secret"),
		MigrationToken: s.IssueLegacyToken(squaretest.Grant{}), ShortLived: true, Scopes: []string{"PAYMENTS_READ"}})
	must(err)
}

func errorsOfObtainToken(t *testing.T, s *squaretest.Server, f *fake, opts squaretest.Options) {
	t.Helper()
	send := func(name string, body string, status int) map[string]any {
		t.Helper()
		return f.send(t, name, raw{method: "POST", path: "/oauth2/token", contentType: "application/json", body: body}, status)
	}
	id := s.Config().ApplicationID
	public := object{"client_id": id}
	app := object{"client_id": id, "client_secret": "example-application-secret"}
	exchange := func(more object) object { more["grant_type"] = "authorization_code"; return more }
	refresh := func(more object) object { more["grant_type"] = "refresh_token"; return more }
	migrate := func(more object) object { more["grant_type"] = "migration_token"; return more }
	code := func(g squaretest.Grant) string { return s.IssueCode(g).Code.Reveal() }

	send("no client_id", app.with(object{"client_id": nil}), 400)
	send("nothing", "{}", 400)
	send("no grant_type", app.with(nil), 400)
	send("another grant type", app.with(object{"grant_type": "client_credentials"}), 400)
	send("not an object", "[]", 400)
	send("an unknown field", app.with(exchange(object{"invented": "x"})), 400)
	send("a number for a text", app.with(exchange(object{"code": 1})), 400)
	send("an empty text", app.with(exchange(object{"code": ""})), 400)
	send("a text too short", app.with(object{"grant_type": "x"}), 400)
	send("a text too long", app.with(exchange(object{"code": strings.Repeat("x", 192)})), 400)
	send("a text for a boolean", app.with(exchange(object{"short_lived": "true"})), 400)
	send("a text for a list", app.with(exchange(object{"scopes": "A B"})), 400)
	send("another application", app.with(exchange(object{"client_id": "another", "code": "x"})), 401)
	send("another secret", app.with(exchange(object{"client_secret": "another", "code": "x"})), 401)
	send("no code", app.with(exchange(object{})), 400)
	send("neither secret nor verifier", public.with(exchange(object{"code": "x"})), 400)
	send("both secret and verifier", app.with(exchange(object{"code": "x", "code_verifier": verifier})), 400)
	send("an unknown code", app.with(exchange(object{"code": "x"})), 401)
	send("another redirect", app.with(exchange(object{"code": code(squaretest.Grant{}), "redirect_uri": "https://example.com/"})), 401)
	send("another verifier", public.with(exchange(object{"code": code(squaretest.Grant{CodeChallenge: challenge()}), "code_verifier": "x"})), 401)
	spent := code(squaretest.Grant{})
	granted := send("a code", app.with(exchange(object{"code": spent, "use_jwt": true})), 200)
	send("a spent code", app.with(exchange(object{"code": spent})), 401)

	send("no refresh token", app.with(refresh(object{})), 400)
	send("an unknown refresh token", app.with(refresh(object{"refresh_token": "unknown"})), 401)
	send("a refresh without the secret", public.with(refresh(object{"refresh_token": granted["refresh_token"]})), 400)
	send("a refresh, short-lived", app.with(refresh(object{"refresh_token": granted["refresh_token"], "short_lived": true})), 200)
	pkce := send("PKCE", public.with(exchange(object{"code": code(squaretest.Grant{CodeChallenge: challenge()}), "code_verifier": verifier})), 200)
	send("PKCE with a secret", app.with(refresh(object{"refresh_token": pkce["refresh_token"]})), 400)
	send("PKCE refresh", public.with(refresh(object{"refresh_token": pkce["refresh_token"]})), 200)
	send("a spent refresh token", public.with(refresh(object{"refresh_token": pkce["refresh_token"]})), 401)

	send("no migration token", app.with(migrate(object{})), 400)
	send("a migration without the secret", public.with(migrate(object{"migration_token": "example"})), 400)
	send("a token that is not legacy", app.with(migrate(object{"migration_token": granted["access_token"]})), 401)

	inHeader := raw{method: "POST", path: "/oauth2/token", contentType: "application/json", authorization: "Client example-application-secret",
		body: public.with(exchange(object{"code": code(squaretest.Grant{})}))}
	f.send(t, "the secret in the header", inHeader, 400)
	if opts.RefuseAuthorizationHeader {
		inHeader.body = app.with(exchange(object{"code": code(squaretest.Grant{})}))
		f.send(t, "a header beside the body", inHeader, 400)
	}
	version := raw{method: "POST", path: "/oauth2/token", contentType: "application/json",
		header: map[string]string{"Square-Version": "v2"}, body: app.with(exchange(object{"code": "x"}))}
	f.send(t, "a version that is not a date", version, 400)
	f.send(t, "a body too large", raw{method: "POST", path: "/oauth2/token", contentType: "application/json", body: strings.Repeat("x", 1<<20+1)}, 413)
	f.send(t, "a form", raw{method: "POST", path: "/oauth2/token", contentType: "application/x-www-form-urlencoded", body: "a=b"}, 415)
	f.send(t, "another method", raw{method: "GET", path: "/oauth2/token", as: "/oauth2/token", asMethod: "POST"}, 405)
	f.send(t, "another path", raw{method: "POST", path: "/oauth2/", as: "/oauth2/token", asMethod: "POST"}, 404)
	s.Throttle(1, "30")
	send("throttled", app.with(exchange(object{"code": "x"})), 429)
}

func errorsOfSquaresOtherOperations(t *testing.T, s *squaretest.Server, f *fake, opts squaretest.Options) {
	t.Helper()
	const client = "Client example-application-secret"
	id := s.Config().ApplicationID
	revoke := func(name, authorization, body string, status int) {
		t.Helper()
		f.send(t, "revocation: "+name, raw{method: "POST", path: "/oauth2/revoke", contentType: "application/json",
			authorization: authorization, body: body}, status)
	}
	live := func() string { return s.IssueLegacyToken(squaretest.Grant{}).Reveal() }
	revoke("no header", "", `{}`, 400)
	revoke("Bearer", "Bearer example-application-secret", `{}`, 400)
	revoke("another secret", "Client another", `{}`, 401)
	revoke("another application", client, `{"client_id":"another","access_token":"example"}`, 401)
	revoke("an unknown field", client, `{"token":"example"}`, 400)
	revoke("nothing named", client, `{}`, 400)
	revoke("both named", client, `{"access_token":"example","merchant_id":"example"}`, 400)
	revoke("only, and a merchant", client, `{"merchant_id":"example","revoke_only_access_token":true}`, 400)
	revoke("an unknown token", client, `{"access_token":"example"}`, 404)
	revoke("an unknown merchant", client, `{"merchant_id":"example"}`, 404)
	revoke("one token", client, object{"access_token": live(), "revoke_only_access_token": true}.with(nil), 200)
	revoke("everything", client, object{"access_token": live()}.with(nil), 200)

	status := func(name, authorization string, want int) {
		t.Helper()
		f.send(t, "status: "+name, raw{method: "POST", path: "/oauth2/token/status", authorization: authorization}, want)
	}
	status("no header", "", 401)
	status("Client", client, 401)
	status("an unknown token", "Bearer example", 401)
	status("a live token", "Bearer "+live(), 200)
	f.send(t, "status: a body", raw{method: "POST", path: "/oauth2/token/status", authorization: "Bearer " + live(), body: "{}"}, 400)

	renew := func(name, application, authorization, body string, want int) {
		t.Helper()
		if !opts.RenewEnabled {
			want = 404
		}
		f.send(t, "renewal: "+name, raw{method: "POST", path: "/oauth2/clients/" + application + "/access-token/renew",
			contentType: "application/json", authorization: authorization, body: body}, want)
	}
	token := func(token string) string { return object{"access_token": token}.with(nil) }
	renew("a bare secret", id, "example-application-secret", `{}`, 400)
	renew("another secret", id, "Client another", `{}`, 401)
	renew("another application", "another", client, `{}`, 401)
	renew("an unknown field", id, client, `{"token":"example"}`, 400)
	renew("no token", id, client, `{}`, 400)
	renew("an unknown token", id, client, token("unknown"), 401)
	renew("a live token", id, client, token(live()), 200)
	revoked := s.IssueLegacyToken(squaretest.Grant{})
	s.RevokeAccessToken(revoked)
	renew("a revoked token", id, client, token(revoked.Reveal()), 400)
	renew("a token that has a refresh token", id, client, token(s.IssuePersonalAccessToken(squaretest.Grant{}).Reveal()), 400)
	old := live()
	s.Advance(squaretest.AccessLifetime + squaretest.RenewWindow)
	renew("a token that ended long ago", id, client, token(old), 401)
}
