package square

import (
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
)

// The credentials that the fuzzed call sends, and a server may echo.
var canaries = []string{"canary_secret", "canary_refresh"}

// FuzzSquareErrors puts any body under any status: no panic, a short error,
// and nothing of what was sent in it, wherever the body repeats it.
func FuzzSquareErrors(f *testing.F) {
	for _, body := range []string{
		`{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED","detail":"Authorization code not found for app example"}]}`,
		`{"errors":[{"category":"canary_secret","code":"canary_refresh","field":"canary_secret"}]}`, `{"errors":[]}`, `{"errors":[null]}`,
		`{"message":"Not Authorized","type":"service.not_authorized"}`, `{"type":"canary_secret","message":"canary_refresh"}`,
		`{"error":"invalid_grant"}`, `{}`, `null`, `[]`, ``, `<html>canary_secret</html>`, `{"errors":[{"code":"UNAUTH`,
		`{"access_token":"canary_refresh"}`, `{"ACCESS_TOKEN":"a"}`, `{"x":1} garbage`, "{\"type\":\"\xff\xfe\"}", `canary_secret`,
	} {
		f.Add(400, body)
		f.Add(200, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 100 + (status%900+900)%900, Body: body,
			Header: map[string]string{"X-Request-Id": head(body), "Retry-After": head(body)}}}
		c, err := New(Config{ApplicationID: "example-app", ApplicationSecret: grantway.NewSecret(canaries[0]),
			ClientConfig: grantway.ClientConfig{HTTPClient: &http.Client{Transport: wire}}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Refresh(t.Context(), &grantway.Token{RefreshToken: grantway.NewSecret(canaries[1])})
		if err == nil {
			return
		}
		for _, d := range ErrorDetails(err) {
			if s := d.Detail.String(); strings.Contains(s, "canary") {
				t.Fatalf("a detail prints %s", s)
			}
		}
		if text := err.Error(); len(text) > 2<<10 {
			t.Fatalf("an error of %d bytes", len(text))
		} else {
			for _, canary := range canaries {
				if strings.Contains(text, canary) {
					t.Fatalf("%s is in %s", canary, text)
				}
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
