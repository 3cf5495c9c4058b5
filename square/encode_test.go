package square_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/grantway/grantway/gen/squareapi"
)

// FuzzBodiesAreAsEncodingJSONWritesThem holds the encoders against the package
// that the generated client encodes bodies with.
func FuzzBodiesAreAsEncodingJSONWritesThem(f *testing.F) {
	for _, s := range []string{
		"", "plain", odd, `"\/`, "<script>&amp;", "\x00\x08\x0c\n\r\t\x1f\x7f", "\u2028\u2029", "\xff\xc3(", "日本 😀", "\ufffd",
		strings.Repeat("long", 200),
	} {
		f.Add(s, s, s, uint8(0))
		f.Add(s, "authorization_code", "", uint8(3))
		f.Add("", s, "x\ny", uint8(6))
	}
	f.Fuzz(func(t *testing.T, a, b, c string, flags uint8) {
		maybe := func(bit uint8) *bool {
			if flags>>bit&1 == 0 {
				return nil
			}
			v := flags>>(bit+1)&1 == 1
			return &v
		}
		var scopes []string
		for range flags >> 5 {
			scopes = append(scopes, c)
		}
		for _, body := range []interface{ EncodeJSON() []byte }{
			squareapi.ObtainTokenRequest{
				ClientID: a, ClientSecret: b, Code: c, CodeVerifier: a, GrantType: b, MigrationToken: c, RedirectURI: a,
				RefreshToken: b, Scopes: scopes, ShortLived: maybe(0), UseJwt: maybe(2),
			},
			squareapi.RenewTokenRequest{AccessToken: a},
			squareapi.RevokeTokenRequest{AccessToken: a, ClientID: b, MerchantID: c, RevokeOnlyAccessToken: maybe(1)},
		} {
			want, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			if got := body.EncodeJSON(); string(got) != string(want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		}
	})
}
