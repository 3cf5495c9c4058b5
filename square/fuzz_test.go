package square

import (
	"context"
	"encoding/base64"
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

// FuzzNotification puts any signed body before Verify: no panic, an error that
// repeats nothing, and never a revocation without merchant, id and moments.
func FuzzNotification(f *testing.F) {
	for _, body := range []string{
		`{"merchant_id":"canary_secret","type":"oauth.authorization.revoked","event_id":"e","created_at":"2026-01-02T03:04:05Z","data":{"object":{"revocation":{"revoked_at":"2026-01-02T03:04:00Z","revoker_type":"MERCHANT"}}}}`,
		`{"type":"oauth.authorization.revoked","event_id":"e","data":{"object":null}}`, `{"type":"payment.created","event_id":"e","data":[]}`,
		`{"type":"oauth.authorization.revoked","merchant_id":"m","event_id":"e","created_at":"0001-01-01T00:00:00Z","data":{"object":{"revocation":[]}}}`,
		`{}`, `null`, `canary_secret`, `{"type":"a","type":"b"}`, "{\"type\":\"\xff\"}", strings.Repeat(`{"data":`, 40),
	} {
		f.Add(body)
	}
	key := grantway.NewSecret("example-key")
	wh, err := NewWebhook(WebhookConfig{NotificationURL: "https://app.example/", SignatureKeys: []grantway.Secret{key},
		Revoked: func(context.Context, Revocation) error { return nil }})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		n, err := wh.Verify(base64.StdEncoding.EncodeToString(sign(key, "https://app.example/", []byte(body))), []byte(body))
		switch r := n.Revocation; {
		case err != nil && (r != nil || n.ID != "" || strings.Contains(err.Error(), "canary") || len(err.Error()) > 2<<10):
			t.Fatalf("%+v, %v", n, err)
		case err == nil && (n.ID == "" || n.Type == "" || (r != nil) != (n.Type == EventRevoked)):
			t.Fatalf("%+v", n)
		case r != nil && (r.MerchantID == "" || r.EventID == "" || r.RevokedAt.IsZero() || r.CreatedAt.IsZero()):
			t.Fatalf("%+v", r)
		}
	})
}
