package spec_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
)

func startBuiltByBit(t *testing.T, opts builtbybittest.Options) (*builtbybittest.Server, *fake, *builtbybit.Client) {
	t.Helper()
	s, err := builtbybittest.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	f := newFake(t, "builtbybit", s.URL())
	cfg := s.Config()
	cfg.HTTPClient = &http.Client{Transport: f.log}
	c, err := builtbybit.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, f, c
}

func TestEveryAnswerOfTheBuiltByBitFakeIsOneTheSpecAllows(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("example-client:example/secret"))
	token := func(authorization string, fields ...string) raw {
		return raw{method: "POST", path: "/oauth2/token", contentType: form, authorization: authorization, body: strings.Join(fields, "&")}
	}
	revoke := func(authorization string, fields ...string) raw {
		return raw{method: "POST", path: "/oauth2/token/revoke", contentType: form, authorization: authorization, body: strings.Join(fields, "&")}
	}
	code := func(s *builtbybittest.Server, g builtbybittest.Grant) string {
		return "code=" + url.QueryEscape(s.IssueCode(g).Code.Reveal())
	}
	const exchange, refresh = "grant_type=authorization_code", "grant_type=refresh_token"

	for name, opts := range map[string]builtbybittest.Options{
		"PKCE is refused":                  {PKCE: builtbybittest.RefusePKCE},
		"PKCE is checked":                  {PKCE: builtbybittest.CheckPKCE},
		"OAuth errors, rotation":           {},
		"envelope errors, no new refresh":  {Errors: builtbybittest.EnvelopeErrors, Refresh: builtbybittest.OmitRefresh, OmitExpiry: true},
		"the same refresh, unknown is not": {Refresh: builtbybittest.RepeatRefresh, UnknownNotRevoked: true, RevokeRefreshEndsAccess: true},
	} {
		t.Run(name, func(t *testing.T) {
			opts.RefreshLifetime = time.Hour
			verifier := 400
			if opts.PKCE == builtbybittest.IgnorePKCE {
				verifier = 200
			}
			s, f, c := startBuiltByBit(t, opts)

			tok, err := c.Exchange(t.Context(), s.IssueCode(builtbybittest.Grant{}))
			if err != nil {
				t.Fatal(err)
			}
			if tok, err = c.Refresh(t.Context(), tok); err != nil {
				t.Fatal(err)
			}
			if err := c.RevokeToken(t.Context(), tok); err != nil {
				t.Fatal(err)
			}
			if err := c.RevokeRefreshToken(t.Context(), tok); err != nil {
				t.Fatal(err)
			}
			f.checkAll(t)

			f.send(t, "no credentials", token("", exchange), 401)
			f.send(t, "form-encoded credentials", token("Basic "+base64.StdEncoding.EncodeToString([]byte("example-client:example%2Fsecret")), exchange), 401)
			f.send(t, "no grant type", token(basic, "code=x"), 400)
			f.send(t, "another grant type", token(basic, "grant_type=client_credentials"), 400)
			f.send(t, "no code", token(basic, exchange), 400)
			f.send(t, "an unknown code", token(basic, exchange, "code=x"), 400)
			f.send(t, "another redirect", token(basic, exchange, code(s, builtbybittest.Grant{}), "redirect_uri=x"), 400)
			f.send(t, "a verifier", token(basic, exchange, code(s, builtbybittest.Grant{}), "code_verifier=x"), verifier)
			f.send(t, "a field twice", token(basic, exchange, exchange), 400)
			f.send(t, "an empty field", token(basic, exchange, "code="), 400)
			f.send(t, "no form", token(basic, "%zz"), 400)
			f.send(t, "the secret in the body", token(basic, exchange, "client_secret=x"), 400)
			f.send(t, "no refresh token", token(basic, refresh), 400)
			f.send(t, "an unknown refresh token", token(basic, refresh, "refresh_token=x"), 400)
			granted := f.send(t, "a code", token(basic, exchange, code(s, builtbybittest.Grant{Scopes: []string{"a", "b"}})), 200)
			s.ExpireRefreshToken(grantway.NewSecret(granted["refresh_token"].(string)))
			f.send(t, "an expired refresh token", token(basic, refresh, "refresh_token="+granted["refresh_token"].(string)), 400)

			f.send(t, "revocation: no credentials", revoke("", "token=x"), 401)
			f.send(t, "revocation: no token", revoke(basic, "token_hint=access_token"), 400)
			f.send(t, "revocation: a live token", revoke(basic, "token="+granted["access_token"].(string)), 200)
			f.send(t, "revocation: the same again", revoke(basic, "token="+granted["access_token"].(string), "token_hint=refresh_token"), 200)

			notAForm := token(basic, "{}")
			notAForm.contentType = "application/json"
			f.send(t, "JSON", notAForm, 415)
			withQuery := token(basic, exchange)
			withQuery.query = "code=x"
			f.send(t, "a query", withQuery, 400)
			f.send(t, "a body too large", token(basic, strings.Repeat("x", 1<<20+1)), 413)
			f.send(t, "another method", raw{method: "GET", path: "/oauth2/token", as: "/oauth2/token", asMethod: "POST"}, 405)
			f.send(t, "another path", raw{method: "POST", path: "/oauth2/tokens", as: "/oauth2/token", asMethod: "POST"}, 404)
			s.Throttle(2, "1500")
			f.send(t, "throttled", token(basic, exchange), 429)
			f.send(t, "revocation: throttled", revoke(basic, "token=x"), 429)
			s.Throttle(1, "")
			f.send(t, "throttled, for how long is not said", token(basic, exchange), 429)
			f.covered(t)
		})
	}
}
