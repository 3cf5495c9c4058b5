package spec_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
)

func startByteNite(t *testing.T, opts bytenitetest.Options) (*bytenitetest.Server, *fake, *bytenite.Client) {
	t.Helper()
	s, err := bytenitetest.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	f := newFake(t, "bytenite", s.URL())
	cfg := s.Config()
	cfg.HTTPClient = &http.Client{Transport: f.log}
	c, err := bytenite.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, f, c
}

func TestEveryAnswerOfTheByteNiteFakeIsOneTheSpecAllows(t *testing.T) {
	const json = "application/json"
	const tokenPath, signOutPath, skipPath = "/v1/auth/access_token", "/v1/auth/signout", "/v1/auth/skip"
	exchange := func(authorization, body string) raw {
		return raw{method: "POST", path: tokenPath, contentType: json, authorization: authorization, body: body}
	}
	signOut := func(authorization, body string) raw {
		return raw{method: "POST", path: signOutPath, contentType: json, authorization: authorization, body: body}
	}
	skip := func(authorization, query string) raw {
		return raw{method: "GET", path: skipPath, authorization: authorization, query: query}
	}

	for name, opts := range map[string]bytenitetest.Options{
		"RPC errors":     {Scope: "text"},
		"generic errors": {Errors: bytenitetest.GenericErrors},
		"text errors":    {Errors: bytenitetest.TextErrors},
	} {
		t.Run(name, func(t *testing.T) {
			s, f, c := startByteNite(t, opts)

			tok, err := c.Exchange(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s.SetSkip("example-challenge", "https://example.com/on")
			for _, challenge := range []string{"example-challenge", "another", ""} {
				if _, err := c.Skip(t.Context(), tok, challenge); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.SignOut(t.Context(), tok); err != nil {
				t.Fatal(err)
			}
			f.checkAll(t)

			const key = `{"apiKey":"example-api-key=="}`
			f.send(t, "no key", exchange("", `{}`), 400)
			f.send(t, "null for a key", exchange("", `{"apiKey":null}`), 400)
			f.send(t, "not an object", exchange("", `[]`), 400)
			f.send(t, "another key", exchange("", `{"apiKey":"another"}`), 401)
			f.send(t, "an Authorization header", exchange("example", key), 400)
			token := "none"
			if granted := f.send(t, "the key", exchange("", key), 200); granted != nil {
				token = granted["token"].(string)
			}
			f.send(t, "sign-out: no token", signOut("", `{}`), 401)
			f.send(t, "sign-out: Bearer", signOut("Bearer "+token, `{}`), 401)
			f.send(t, "sign-out: no object", signOut(token, ``), 400)
			f.send(t, "skip: no token", skip("", ""), 401)
			f.send(t, "skip: Bearer", skip("Bearer "+token, ""), 401)
			f.send(t, "skip: another parameter", skip(token, "challenge=x"), 400)
			f.send(t, "skip: two challenges", skip(token, "loginChallenge=a&loginChallenge=b"), 400)
			f.send(t, "sign-out: a live token", signOut(token, `{}`), 200)
			f.send(t, "sign-out: the same again", signOut(token, `{}`), 401)

			form := exchange("", "apiKey=x")
			form.contentType = "application/x-www-form-urlencoded"
			f.send(t, "a form", form, 415)
			f.send(t, "a body too large", exchange("", strings.Repeat("x", 1<<20+1)), 413)
			f.send(t, "another method", raw{method: "PUT", path: tokenPath, as: tokenPath, asMethod: "POST"}, 405)
			f.send(t, "another path", raw{method: "GET", path: "/v1/auth/skip/", as: skipPath, asMethod: "GET"}, 404)
			s.Unavailable(3)
			f.send(t, "unavailable", exchange("", key), 503)
			f.send(t, "sign-out: unavailable", signOut(token, `{}`), 503)
			f.send(t, "skip: unavailable", skip(token, ""), 503)
			s.RevokeAPIKey()
			f.send(t, "a revoked key", exchange("", key), 401)
			f.covered(t)
		})
	}
}
