package bytenite_test

import (
	"encoding/json"
	"testing"

	"github.com/grantway/grantway/gen/byteniteapi"
)

func TestTheKeyIsWrittenAsEncodingJSONWritesIt(t *testing.T) {
	for _, key := range []string{"", "plain/+=", "/+%:=&é", `"\/<>&`, "\x00\n\x7f", "\u2028\u2029", "\xff", "日本 😀"} {
		body := byteniteapi.AccessTokenRequest{APIKey: key}
		want, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		if got := body.EncodeJSON(); string(got) != string(want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}
