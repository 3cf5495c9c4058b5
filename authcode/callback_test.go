package authcode_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway/authcode"
)

// FuzzCallback: no query panics, none without the state yields a code, none
// spends the state without having it, and no error shows text of the query.
func FuzzCallback(f *testing.F) {
	for _, s := range []string{"code=abc&state=STATE", "code=a&code=b&state=STATE", "code=&state=", "error=<script>&state=STATE",
		"error=access_denied&error_description=x&state=STATE", "%", ";", "state=STATE&state=STATE", "code=%00%0d%0a&state=STATE"} {
		f.Add(s)
	}
	z := acme(f)
	f.Fuzz(func(t *testing.T, raw string) {
		a := begin(t, z, authcode.Params{RedirectURL: testRedirect})
		state := query(t, a).Get("state")
		raw = strings.ReplaceAll(raw, "STATE", state)
		checkCallback(t, z, a, state, raw)
	})
}

// checkCallback holds one callback against what must hold for any.
func checkCallback(t *testing.T, z *authcode.Authorizer, a *authcode.Request, state, raw string) {
	code, err := z.Callback(a, back(raw))
	values, parseErr := url.ParseQuery(raw)
	mine := parseErr == nil && len(values["state"]) == 1 && values.Get("state") == state
	if err != nil {
		for _, name := range []string{"code", "state", "error_description"} {
			if v := values.Get(name); len(v) > 16 && strings.Contains(err.Error(), v) {
				t.Fatalf("%q shows its %s", err, name)
			}
		}
		if len(err.Error()) > 300 || !code.Code.IsZero() {
			t.Fatalf("%v, %v", code, err)
		}
		if !mine {
			if _, err := z.Callback(a, back("code=abc&state="+state)); err != nil {
				t.Fatalf("after %q, which has not the state: %v", raw, err)
			}
		}
		return
	}
	if !mine || values.Get("code") != code.Code.Reveal() || code.Code.IsZero() || values.Get("error") != "" {
		t.Fatalf("a code out of %q", raw)
	}
}
