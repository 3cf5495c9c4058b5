package builtbybit

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
)

// The credentials that the fuzzed call sends, and a server may echo.
var canaries = []string{"canary_secret", "canary_refresh"}

// FuzzBuiltByBitErrors puts any body under any status: no panic, a short error,
// and nothing of what was sent in it, wherever the body repeats it.
func FuzzBuiltByBitErrors(f *testing.F) {
	for _, body := range []string{
		`{"result":"error","error":{"code":"InvalidWithHint","message":"canary_secret"}}`, `{"result":"error","error":{}}`,
		`{"error":"invalid_grant","error_description":"canary_secret"}`, `{"error":"canary_refresh"}`, `{"error":{"code":"canary_secret"}}`,
		`{"error":[]}`, `{"error":null}`, `{"access_token":"canary_refresh","error":"slow_down"}`,
		`{"error":"invalid_grant"}`, `{}`, `null`, `[]`, ``, `<html>canary_secret</html>`, `{"errors":[{"code":"UNAUTH`,
		`{"access_token":"canary_refresh"}`, `{"ACCESS_TOKEN":"a"}`, `{"x":1} garbage`, "{\"type\":\"\xff\xfe\"}", `canary_secret`,
	} {
		f.Add(400, body)
		f.Add(200, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 100 + (status%900+900)%900, Body: body,
			Header: map[string]string{"X-Request-Id": head(body), "Retry-After": head(body)}}}
		c, err := New(Config{ClientID: "example-client", ClientSecret: grantway.NewSecret(canaries[0]),
			ClientConfig: grantway.ClientConfig{HTTPClient: &http.Client{Transport: wire}}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Refresh(t.Context(), &grantway.Token{RefreshToken: grantway.NewSecret(canaries[1])})
		if err == nil {
			return
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

// FuzzRetryAfter: whatever the header, what a caller is told to wait lies
// between nothing and a day.
func FuzzRetryAfter(f *testing.F) {
	for _, v := range []string{"0", "1", "999", "1000", "1500", "1000000000", "-1", "NaN", "Inf", "0x1p9", "1_000", "", "soon",
		"9223372036854775807", "-9223372036854775808", "Fri, 31 Dec 9999 23:59:59 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, value string) {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 429, Header: map[string]string{"Retry-After": value}}}
		c, err := New(Config{ClientID: "example-client", ClientSecret: grantway.NewSecret(canaries[0]),
			ClientConfig: grantway.ClientConfig{HTTPClient: &http.Client{Transport: wire}}})
		if err != nil {
			t.Fatal(err)
		}
		var e *grantway.Error
		if err := c.RevokeToken(t.Context(), &grantway.Token{AccessToken: grantway.NewSecret(canaries[1])}); !errors.As(err, &e) {
			t.Fatal(err)
		}
		if e.RetryAfter < 0 || e.RetryAfter > 24*time.Hour {
			t.Fatalf("%q is %v", value, e.RetryAfter)
		}
		if d := retryAfter(value, time.Now()); d < 0 {
			t.Fatalf("%q is %v before it is capped", value, d)
		}
	})
}
