package builtbybit_test

import (
	"testing"

	"github.com/oapi-codegen/runtime"

	"github.com/grantway/grantway/gen/builtbybitapi"
)

// FuzzFormsAreAsTheGeneratedBuilderWritesThem holds the encoders against the
// package that the generated client encodes forms with.
func FuzzFormsAreAsTheGeneratedBuilderWritesThem(f *testing.F) {
	for _, s := range []string{"", "plain", odd, " &=+%", "a b", "\x00\n\u2028", "\xff", "日本", "-._~*"} {
		f.Add(s, s, s)
		f.Add(s, "authorization_code", "")
		f.Add("", s, "x")
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		token := builtbybitapi.TokenRequest{Code: a, GrantType: b, RefreshToken: c}
		revoke := builtbybitapi.RevokeRequest{Token: a, TokenHint: b}
		for _, body := range []interface{ EncodeForm() []byte }{token, revoke} {
			want, err := runtime.MarshalForm(body, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(body.EncodeForm()); got != want.Encode() {
				t.Errorf("got  %q\nwant %q", got, want.Encode())
			}
		}
	})
}
