package bytenite_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/tokens"
)

// S23: what the documentation of Source.Token says of each way to use a token.
func TestS23_OnlyTheTransportSendsATokenAsByteNiteTakesIt(t *testing.T) {
	wire := &wiretest.Transport{Answer: func(r wiretest.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL, "/access_token") {
			return wiretest.Reply{Body: `{"token":"example-token","expiresIn":"3600"}`}.Response(), nil
		}
		return wiretest.Reply{Body: `{}`}.Response(), nil
	}}
	c, err := bytenite.New(bytenite.Config{APIKey: grantway.NewSecret("example-key=="), ClientConfig: grantway.ClientConfig{HTTPClient: wire.Client()}})
	if err != nil {
		t.Fatal(err)
	}
	src, err := c.TokenSource(tokens.NewMemoryStore(), "", tokens.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, wire.Client())
	for _, tt := range []struct {
		name, header string
		client       *http.Client
		elsewhere    bool // it goes to another origin too
	}{
		{"Source.Transport", "example-token", &http.Client{Transport: src.Transport(wire)}, false},
		{"oauth2.NewClient", "Bearer example-token", oauth2.NewClient(ctx, src), true},
		{"oauth2.Transport", "Bearer example-token", &http.Client{Transport: &oauth2.Transport{Source: src, Base: wire}}, true},
	} {
		for _, url := range []string{"https://api.bytenite.com/v1/customer/jobs", "https://elsewhere.example/"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
			if err != nil {
				t.Fatal(err)
			}
			before := len(wire.Requests())
			resp, err := tt.client.Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			sent := wire.Requests()[before:]
			switch here := strings.Contains(url, "bytenite"); {
			case !here && !tt.elsewhere:
				if err == nil || len(sent) > 0 {
					t.Errorf("%s: the token went to %s", tt.name, url)
				}
			case err != nil || len(sent) == 0 || sent[len(sent)-1].Header.Get("Authorization") != tt.header:
				t.Errorf("%s to %s: %v, sent %v", tt.name, url, err, sent)
			}
		}
	}
}
