package bytenite

import (
	"context"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/tokens"
)

// TokenSource keeps an access token fresh: an oauth2.TokenSource, and more.
// There is nothing to Save first: the API key makes tokens. The store saves
// exchanges when processes share it; account tells several keys apart and may
// be empty. opts may be the zero value.
//
// Call ByteNite through the source's Transport. oauth2.NewClient would write
// "Bearer " before the token, which ByteNite is not known to take.
func (c *Client) TokenSource(store tokens.Store, account string, opts tokens.Options) (*tokens.Source, error) {
	return tokens.NewSource(c.tokenRules(), store, account, opts)
}

// ReadOnlySource is for a worker that holds no API key: a source that hands
// out and adopts the token that other processes keep fresh in store, under the
// same account and environment. It refreshes and writes nothing. Of opts it heeds
// Sealer, Plan, OnEvent and Logger.
func ReadOnlySource(cfg Config, store tokens.Store, account string, opts tokens.Options) (*tokens.Source, error) {
	cfg.APIKey, cfg.APIKeyFunc = grantway.Secret{}, tokens.NoSecret
	c, err := New(cfg)
	if err != nil {
		return nil, err
	}
	rules := c.tokenRules()
	rules.ReadOnly = true
	return tokens.NewSource(rules, store, account, opts)
}

func (c *Client) tokenRules() provider.TokenRules {
	return provider.TokenRules{
		Client:  c.api.HTTP,
		Refresh: func(ctx context.Context, _ *grantway.Token) (*grantway.Token, error) { return c.Exchange(ctx) },
		Mints:   true,
		Advise: func(*grantway.Token) provider.Advice {
			return provider.Advice{RefreshAfter: 0.8, Margin: 30 * time.Second, Reusable: true}
		},
		Scheme: strings.TrimSpace(c.api.BareTokenBefore),
	}
}
