package bytenite

import (
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
)

// The credentials that the fuzzed call sends, and a server may echo.
var canaries = []string{"canary_secret", "canary_token"}

// FuzzByteNiteErrors puts any body under any status: no panic, a short error,
// and nothing of what was sent in it, wherever the body repeats it.
func FuzzByteNiteErrors(f *testing.F) {
	for _, body := range []string{
		`{"ok":false,"requestId":"xyz-123","message":"canary_secret","error":{"code":404,"message":"Not Found","description":"x"}}`,
		`{"ok":false,"requestId":"canary_secret"}`, `{"requestId":"canary_token","error":{"code":429}}`, `{"code":16,"message":"canary_secret","details":[]}`,
		`{"code":14}`, `{"code":-9223372036854775808}`, `{"error":{"code":99999999999999999999}}`, `{"token":"canary_secret","ok":false}`,
		`{"error":"invalid_grant"}`, `{}`, `null`, `[]`, ``, `<html>canary_secret</html>`, `{"errors":[{"code":"UNAUTH`,
		`{"access_token":"canary_token"}`, `{"ACCESS_TOKEN":"a"}`, `{"x":1} garbage`, "{\"type\":\"\xff\xfe\"}", `canary_secret`,
	} {
		f.Add(400, body)
		f.Add(200, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 100 + (status%900+900)%900, Body: body,
			Header: map[string]string{"X-Request-Id": head(body), "Retry-After": head(body)}}}
		c, err := New(Config{APIKey: grantway.NewSecret(canaries[0]),
			ClientConfig: grantway.ClientConfig{HTTPClient: &http.Client{Transport: wire}}})
		if err != nil {
			t.Fatal(err)
		}
		token := &grantway.Token{AccessToken: grantway.NewSecret(canaries[1])}
		_, exchange := c.Exchange(t.Context())
		_, skip := c.Skip(t.Context(), token, "")
		// A server can only echo what it got.
		for _, call := range []struct {
			err    error
			canary string
		}{{exchange, canaries[0]}, {skip, canaries[1]}, {c.SignOut(t.Context(), token), canaries[1]}} {
			if call.err == nil {
				continue
			}
			if text := call.err.Error(); len(text) > 2<<10 || strings.Contains(text, call.canary) {
				t.Fatalf("an error of %d bytes: %s", len(text), text)
			}
		}
	})
}

// head is as much of a body as may stand in a header.
func head(body string) string {
	body = body[:min(len(body), 200)]
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, body)
}
