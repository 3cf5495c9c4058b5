package onecall

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody is the bound that a careful person puts on an answer.
const maxBody = 1 << 20

// handWrittenJSON is the call as a careful person writes it.
func handWrittenJSON(t target) (call, error) {
	hc, endpoint := t.client(), t.base+"/oauth2/token"
	type request struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		Code         string `json:"code"`
		GrantType    string `json:"grant_type"`
	}
	type token struct {
		AccessToken  string    `json:"access_token"`
		TokenType    string    `json:"token_type"`
		ExpiresAt    time.Time `json:"expires_at"`
		MerchantID   string    `json:"merchant_id"`
		RefreshToken string    `json:"refresh_token"`
		ShortLived   bool      `json:"short_lived"`
	}
	return func(ctx context.Context) (string, error) {
		body, err := json.Marshal(request{clientID, clientSecret, code, grantType})
		if err != nil {
			return "", err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json")
		var out token
		if err := handWrittenDo(hc, req, &out); err != nil {
			return "", err
		}
		return out.AccessToken, nil
	}, nil
}

func handWrittenForm(t target) (call, error) {
	hc, endpoint := t.client(), t.base+"/oauth2/token"
	type token struct {
		AccessToken  string `json:"access_token"`
		TokenType    string `json:"token_type"`
		ExpiresIn    int64  `json:"expires_in"`
		RefreshToken string `json:"refresh_token"`
		Scope        string `json:"scope"`
	}
	return func(ctx context.Context) (string, error) {
		form := url.Values{"grant_type": {grantType}, "code": {code}}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
		if err != nil {
			return "", err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", "application/json")
		req.SetBasicAuth(clientID, clientSecret)
		var out token
		if err := handWrittenDo(hc, req, &out); err != nil {
			return "", err
		}
		return out.AccessToken, nil
	}, nil
}

func handWrittenDo(hc *http.Client, req *http.Request, into any) error {
	resp, err := hc.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(resp.Body, maxBody)).Decode(into)
}
