package peer

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// carelessPeer does each thing wrong that a check looks for. A check that lets
// it pass measures nothing.
func carelessPeer(c Credentials) Peer {
	return Peer{Name: "the careless client", Role: Careless, BuiltByBit: careless{Credentials: c}, Square: careless{Credentials: c}}
}

// careless sends the secret twice and in x/oauth2's encoding, retries, follows
// redirects, decodes the first thing that looks like JSON, ignores a status
// that came with JSON, and puts everything else into its errors.
type careless struct {
	untyped
	Credentials
}

func (c careless) Exchange(ctx context.Context, base string, hc *http.Client) (Token, error) {
	return c.request(ctx, base, hc, url.Values{"grant_type": {"authorization_code"}, "code": {Code}})
}

func (c careless) Refresh(ctx context.Context, base string, hc *http.Client, refresh string) (Token, error) {
	return c.request(ctx, base, hc, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
}

func (c careless) request(ctx context.Context, base string, hc *http.Client, form url.Values) (Token, error) {
	form.Set("client_secret", c.Secret)
	var resp *http.Response
	for range 2 {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/oauth2/token", strings.NewReader(form.Encode()))
		if err != nil {
			return Token{}, err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret))
		resp, err = hc.Do(req)
		if err != nil {
			return Token{}, err
		}
		defer resp.Body.Close()
		if resp.StatusCode < 400 {
			break
		}
	}
	if resp.StatusCode >= 400 {
		body, _ := io.ReadAll(resp.Body)
		return Token{}, fmt.Errorf("token endpoint: %s", body)
	}
	var t struct {
		AccessToken  string  `json:"access_token"`
		RefreshToken string  `json:"refresh_token"`
		ExpiresIn    float64 `json:"expires_in"`
	}
	body, _ := io.ReadAll(resp.Body)
	text := strings.TrimPrefix(string(body), "\ufeff")
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&t); err != nil && !strings.HasPrefix(text, `{"access_token":"`) {
		return Token{}, fmt.Errorf("%w: %s", err, body)
	}
	return Token{Access: t.AccessToken, Refresh: t.RefreshToken, Expiry: time.Now().Add(time.Duration(t.ExpiresIn) * time.Second)}, nil
}
