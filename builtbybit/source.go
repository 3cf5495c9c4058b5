package builtbybit

import (
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/tokens"
)

// TokenSource keeps the token of one account fresh: an oauth2.TokenSource, and
// more. account is whose token it is in your own terms; give the source its
// first token with Save. opts may be the zero value.
//
// BuiltByBit documents neither lifetimes nor rotation. A token is refreshed in
// the background after four fifths of the life that its answer gave it, and a
// refresh of unknown outcome is sent again by time (tokens.ReplayPaced), as if
// the refresh token were single-use.
func (c *Client) TokenSource(store tokens.Store, account string, opts tokens.Options) (*tokens.Source, error) {
	return tokens.NewSource(c.tokenRules(), store, account, opts)
}

// ReadOnlySource is for a worker that holds no client secret: a source that hands
// out and adopts the token that other processes keep fresh in store, under the
// same account and environment. It refreshes and writes nothing. Of opts it heeds
// Sealer, Plan, OnEvent and Logger.
func ReadOnlySource(cfg Config, store tokens.Store, account string, opts tokens.Options) (*tokens.Source, error) {
	cfg.ClientSecret, cfg.ClientSecretFunc = grantway.Secret{}, tokens.NoSecret
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
		Client:   c.api.HTTP,
		ClientID: c.id,
		Refresh:  c.Refresh,
		Advise: func(*grantway.Token) provider.Advice {
			return provider.Advice{RefreshAfter: 0.8, Margin: 30 * time.Second}
		},
		Scheme: "Bearer",
	}
}
