package scorecard

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// naive is the client that each check must catch: what is written in an
// afternoon against net/http. It stands for the inverse of every check.
type naive struct {
	hc   *http.Client
	base string
}

// naiveToken is what it decodes into.
type naiveToken struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
}

// exchange does each thing wrong that a check looks for: it encodes Basic as
// x/oauth2 does, sends the secret twice, follows redirects, ignores the
// status, trusts the body, and puts the body into its errors.
func (n naive) exchange() (*naiveToken, error) {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {canaryCode}, "client_secret": {canarySecret}}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, n.base+"/oauth2/token?client_secret="+canarySecret, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape("example-client"), url.QueryEscape(canarySecret))
	var resp *http.Response
	for range 3 {
		if resp, err = n.hc.Do(req); err != nil || resp.StatusCode < 500 && resp.StatusCode != 429 {
			break
		}
		req.Body, _ = req.GetBody()
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 400 {
		return nil, fmt.Errorf("token endpoint: %s", body)
	}
	var t naiveToken
	err = json.Unmarshal(body, &t)
	return &t, err
}
