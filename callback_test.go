package grantway_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway"
)

func TestParseCallback(t *testing.T) {
	const issuer = "https://issuer.example"
	for _, tt := range []struct {
		name, query, issuer, code string
		want                      error
		field                     string
	}{
		{"a code", "code=abc&state=example-state", "", "abc", nil, ""},
		{"as Square sends it", "code=abc&response_type=code&state=example-state", "", "abc", nil, ""},
		{"unknown parameters", "foo=1&code=a%2Fb%2B&state=example-state", "", "a/b+", nil, ""},
		{"the right issuer", "code=abc&state=example-state&iss=https%3A%2F%2Fissuer.example", issuer, "abc", nil, ""},
		{"no state", "code=abc", "", "", grantway.ErrInvalidArgument, "state"},
		{"an empty state", "code=abc&state=", "", "", grantway.ErrInvalidArgument, "state"},
		{"another state", "code=abc&state=canary", "", "", grantway.ErrInvalidArgument, "state"},
		{"two states", "code=abc&state=example-state&state=example-state", "", "", grantway.ErrInvalidArgument, "state"},
		{"two codes", "code=abc&code=canary&state=example-state", "", "", grantway.ErrInvalidArgument, "code"},
		{"no code", "state=example-state", "", "", grantway.ErrInvalidArgument, "code"},
		{"an empty code", "code=&state=example-state", "", "", grantway.ErrInvalidArgument, "code"},
		{"no issuer where one is expected", "code=abc&state=example-state", issuer, "", grantway.ErrInvalidArgument, "iss"},
		{"another issuer", "code=abc&state=example-state&iss=canary", issuer, "", grantway.ErrInvalidArgument, "iss"},
		{"a denial", "error=access_denied&error_description=user_denied&state=example-state", "", "", grantway.ErrReauthorize, ""},
		{"a denial for nobody", "error=access_denied&state=canary", "", "", grantway.ErrInvalidArgument, "state"},
		{"a failure", "error=server_error&state=example-state", "", "", grantway.ErrUnavailable, ""},
		{"markup for an error", "error=<script>canary</script>&state=example-state", "", "", grantway.ErrBadClient, ""},
		{"a query that cannot be parsed", "code=%zz", "", "", grantway.ErrInvalidArgument, "query"},
		{"semicolons", "code=abc;state=example-state", "", "", grantway.ErrInvalidArgument, "query"},
		{"a long query", "state=example-state&code=" + strings.Repeat("a", 9000), "", "", grantway.ErrInvalidArgument, "query"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, err := grantway.ParseCallback("acme", tt.query, grantway.NewSecret("example-state"), tt.issuer)
			if code.Reveal() != tt.code || tt.want == nil && err != nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("%q, %v", code.Reveal(), err)
			}
			var e *grantway.Error
			if err != nil && (!errors.As(err, &e) || e.Field != tt.field || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "script")) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := grantway.ParseCallback("acme", "code=a&state=", grantway.Secret{}, ""); !errors.Is(err, grantway.ErrInvalidArgument) {
		t.Errorf("no state to compare with: %v", err)
	}
}

// FuzzCallback: no query panics, none without the state yields a code, and no
// error shows text of the query.
func FuzzCallback(f *testing.F) {
	for _, s := range []string{"code=abc&state=example-state", "code=a&code=b&state=example-state", "code=&state=", "error=<script>&state=example-state",
		"error=access_denied&error_description=x&state=example-state", "%", ";", "state=example-state&state=example-state", "code=%00%0d%0a&state=example-state"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		code, err := grantway.ParseCallback("acme", query, grantway.NewSecret("example-state"), "")
		if err != nil {
			values, _ := url.ParseQuery(query)
			for _, name := range []string{"code", "error_description"} {
				if v := values.Get(name); len(v) > 16 && strings.Contains(err.Error(), v) {
					t.Fatalf("%q shows its %s", err, name)
				}
			}
			if len(err.Error()) > 300 || !code.IsZero() {
				t.Fatalf("%v, %v", code, err)
			}
			return
		}
		values, parseErr := url.ParseQuery(query)
		if parseErr != nil || values.Get("state") != "example-state" || values.Get("code") != code.Reveal() || code.IsZero() {
			t.Fatalf("a code out of %q", query)
		}
	})
}
