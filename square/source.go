package square

import (
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/tokens"
)

// TokenSource keeps the token of one account fresh: an oauth2.TokenSource, and
// more. account is whose token it is in your own terms, the merchant id say;
// give the source its first token with Save. opts may be the zero value.
//
// Square's advice is to refresh every seven days, and a token lives thirty, so
// a refresh happens in the background after six to seven days. In the code
// flow a refresh of unknown outcome is simply sent again; in the PKCE flow,
// where the refresh token is single-use, by time (tokens.ReplayPaced).
func (c *Client) TokenSource(store tokens.Store, account string, opts tokens.Options) (*tokens.Source, error) {
	return tokens.NewSource(c.tokenRules(), store, account, opts)
}

// ReadOnlySource is for a worker that holds no application secret: a source that
// hands out and adopts the token that other processes keep fresh in store, under
// the same account and environment. It refreshes and writes nothing. Of opts it
// heeds Sealer, Plan, OnEvent and Logger.
func ReadOnlySource(cfg Config, store tokens.Store, account string, opts tokens.Options) (*tokens.Source, error) {
	cfg.ApplicationSecret, cfg.ApplicationSecretFunc = grantway.Secret{}, nil
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
		Advise:   c.advise,
		Identity: func(t *grantway.Token) string { return t.Extra[ExtraMerchantID] },
		Scheme:   "Bearer",
	}
}

// refreshAge is Square's "every seven days or sooner".
const refreshAge = 7 * 24 * time.Hour

// advise follows Square. Only the PKCE flow has single-use refresh tokens.
func (c *Client) advise(t *grantway.Token) provider.Advice {
	return provider.Advice{
		RefreshAfter: 0.8, MaxAge: refreshAge, Margin: time.Minute,
		Reusable: t == nil || c.flowOf(t) == FlowCode,
	}
}
