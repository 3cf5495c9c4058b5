package squaretest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/square"
)

// Notification is what SendNotification sends. With the same EventID again it is
// a repetition, with another key or URL a forgery, and with a CreatedAt of long
// ago a stale one.
type Notification struct {
	// URL is the notification URL of the subscription, which is signed.
	URL string
	// To is where the request goes. Empty means URL; a test whose server is
	// elsewhere says so.
	To string
	// SignatureKey is the subscription's. Without one the request is not signed.
	SignatureKey grantway.Secret
	// EventID is the notification's own. Empty makes one.
	EventID string
	// Type is the event's. Empty means square.EventRevoked; another one gets
	// "data":{}.
	Type string
	// MerchantID is the seller. Empty means "EXAMPLE-MERCHANT".
	MerchantID string
	// RevokerType is who revoked. Empty means square.RevokerMerchant.
	RevokerType string
	// RevokedAt and CreatedAt are by the fake's clock. Zero means now.
	RevokedAt, CreatedAt time.Time
	// Body replaces the body that is made of the fields above. It is signed too.
	Body []byte
}

// NewNotification makes the request in which Square tells of a revocation,
// signed, for a handler that a test calls itself. It revokes nothing:
// RevokeMerchant does.
func (s *Server) NewNotification(ctx context.Context, n Notification) (*http.Request, error) {
	body := n.Body
	if body == nil {
		body = n.body(s.Now())
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, cmp.Or(n.To, n.URL), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("squaretest: neither To nor URL can be sent to: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if !n.SignatureKey.IsZero() {
		mac := hmac.New(sha256.New, []byte(n.SignatureKey.Reveal()))
		_, _ = mac.Write(append([]byte(n.URL), body...)) // a hash takes whatever it is given
		req.Header.Set(square.SignatureHeader, base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return req, nil
}

// SendNotification sends it, once, and returns the status of the answer. Square
// waits ten seconds for that, and so does it.
func (s *Server) SendNotification(ctx context.Context, n Notification) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := s.NewNotification(ctx, n)
	if err != nil {
		return 0, err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

func (n Notification) body(now time.Time) []byte {
	moment := func(t time.Time) string {
		if t.IsZero() {
			t = now
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	kind := cmp.Or(n.Type, square.EventRevoked)
	data := map[string]any{}
	if kind == square.EventRevoked {
		data = map[string]any{
			"type": "revocation",
			"id":   rand.Text(),
			"object": map[string]any{"revocation": map[string]string{
				"revoked_at":   moment(n.RevokedAt),
				"revoker_type": cmp.Or(n.RevokerType, square.RevokerMerchant),
			}},
		}
	}
	body, _ := json.Marshal(map[string]any{ // strings in maps: it cannot fail
		"merchant_id": cmp.Or(n.MerchantID, exampleMerchant),
		"type":        kind,
		"event_id":    cmp.Or(n.EventID, rand.Text()),
		"created_at":  moment(n.CreatedAt),
		"data":        data,
	})
	return body
}
