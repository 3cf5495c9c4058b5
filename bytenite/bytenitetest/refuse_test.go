package bytenitetest_test

import (
	"errors"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

const (
	invalid         = `{"code":3,"details":[],"message":"invalid argument"}`
	notFound        = `{"code":5,"details":[],"message":"not found"}`
	unimplemented   = `{"code":12,"details":[],"message":"unimplemented"}`
	unauthenticated = `{"code":16,"details":[],"message":"unauthenticated"}`
)

func TestRefusals(t *testing.T) {
	const exchange, signOut, skip = "/v1/auth/access_token", "/v1/auth/signout", "/v1/auth/skip"
	const key, live = `{"apiKey":"example-api-key=="}`, "Authorization: example-access-1"
	none := bytenitetest.Options{}

	for _, c := range []struct {
		name   string
		opts   bytenitetest.Options
		method string
		path   string
		body   string
		header string
		status int
		want   string // empty: any
	}{
		{"the key", none, "POST", exchange, key, "", 200, ""},
		{"an Authorization header that is overlooked", bytenitetest.Options{AllowAuthorizationHeader: true}, "POST", exchange, key, live, 200, ""},
		{"sign out", none, "POST", signOut, `{}`, live, 200, ""},
		{"sign out with Bearer where the fake takes it", bytenitetest.Options{AcceptBearer: true}, "POST", signOut, `{}`, "Authorization: Bearer example-access-1", 200, ""},
		{"the bare token where the fake takes Bearer too", bytenitetest.Options{AcceptBearer: true}, "POST", signOut, `{}`, live, 200, ""},
		{"skip", none, "GET", skip, "", live, 200, ""},
		{"skip with a challenge", none, "GET", skip + "?loginChallenge=x", "", live, 200, ""},

		{"skip without a token where the fake takes it", bytenitetest.Options{AnonymousSkip: true}, "GET", skip + "?loginChallenge=x", "", "", 200, ""},
		{"skip with a token where none is wanted", bytenitetest.Options{AnonymousSkip: true}, "GET", skip, "", live, 200, ""},

		{"skip with a dead token where none is wanted", bytenitetest.Options{AnonymousSkip: true}, "GET", skip, "", "Authorization: example-dead", 401, unauthenticated},
		{"sign out without a token where skip wants none", bytenitetest.Options{AnonymousSkip: true}, "POST", signOut, `{}`, "", 401, unauthenticated},
		{"a wrong key", none, "POST", exchange, `{"apiKey":"example-wrong"}`, "", 401, unauthenticated},
		{"a key without its padding", none, "POST", exchange, `{"apiKey":"example-api-key"}`, "", 401, unauthenticated},
		{"no key", none, "POST", exchange, `{}`, "", 400, invalid},
		{"an empty key", none, "POST", exchange, `{"apiKey":""}`, "", 400, invalid},
		{"a null key", none, "POST", exchange, `{"apiKey":null}`, "", 400, invalid},
		{"a key in the wrong case", none, "POST", exchange, `{"apikey":"example-api-key=="}`, "", 400, invalid},
		{"a key twice", none, "POST", exchange, `{"apiKey":"x","apiKey":"example-api-key=="}`, "", 400, invalid},
		{"an Authorization header on the exchange", none, "POST", exchange, key, live, 400, invalid},
		{"a key in the URL", none, "POST", exchange + "?apiKey=x", key, "", 400, invalid},
		{"a form", none, "POST", exchange, "apiKey=x", "Content-Type: application/x-www-form-urlencoded", 415, invalid},
		{"sign out without a token", none, "POST", signOut, `{}`, "", 401, unauthenticated},
		{"sign out with Bearer", none, "POST", signOut, `{}`, "Authorization: Bearer example-access-1", 401, unauthenticated},
		{"sign out with the key", none, "POST", signOut, `{}`, "Authorization: example-api-key==", 401, unauthenticated},
		{"sign out with no object", none, "POST", signOut, `null`, live, 400, invalid},
		{"sign out without a body", none, "POST", signOut, ``, live, 415, invalid},
		{"skip without a token", none, "GET", skip, "", "", 401, unauthenticated},
		{"skip with Bearer", none, "GET", skip, "", "Authorization: Bearer example-access-1", 401, unauthenticated},
		{"skip with two challenges", none, "GET", skip + "?loginChallenge=x&loginChallenge=y", "", live, 400, invalid},
		{"skip with another parameter", none, "GET", skip + "?challenge=x", "", live, 400, invalid},
		{"skip with POST", none, "POST", skip, "", live, 405, unimplemented},
		{"another path", none, "POST", "/auth/access_token", key, "", 404, notFound},

		{"the generic shape", bytenitetest.Options{Errors: bytenitetest.GenericErrors}, "POST", signOut, `{}`, "", 401,
			`{"error":{"code":401,"description":"An invented description.","message":"Unauthorized"},"message":"Request failed","ok":false,"requestId":"xyz-123"}`},
		{"plain text", bytenitetest.Options{Errors: bytenitetest.TextErrors}, "POST", signOut, `{}`, "", 401, `Unauthorized`},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, bn := start(t, c.opts)
			faketest.Must(bn.Exchange(t.Context()))
			r := faketest.SendJSON(t, c.method, fake.URL()+c.path, c.body, c.header)
			if r.Status != c.status || c.want != "" && r.Body != c.want {
				t.Errorf("%d %s, want %d %s", r.Status, r.Body, c.status, c.want)
			}
		})
	}
}

func TestRefusalsBecomeTypedErrorsInEveryShape(t *testing.T) {
	for _, shape := range []bytenitetest.ErrorShape{bytenitetest.RPCErrors, bytenitetest.GenericErrors, bytenitetest.TextErrors} {
		fake, bn := start(t, bytenitetest.Options{Errors: shape})
		dead := &grantway.Token{AccessToken: grantway.NewSecret("example-dead")}
		token, client := grantway.ErrReauthorize, grantway.ErrBadClient
		if shape == bytenitetest.TextErrors { // which any gateway sends as well
			token, client = grantway.ErrNotJudged, grantway.ErrNotJudged
		}
		if _, err := bn.Skip(t.Context(), dead, ""); !errors.Is(err, token) {
			t.Errorf("shape %d, a dead token: %v", shape, err)
		}
		fake.RevokeAPIKey()
		if _, err := bn.Exchange(t.Context()); !errors.Is(err, client) {
			t.Errorf("shape %d, a dead key: %v", shape, err)
		}
	}
}
