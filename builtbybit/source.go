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
// refresh of unknown outcome is sent once more at most, as if the refresh token
// were single-use.
func (c *Client) TokenSource(store tokens.Store, account string, opts tokens.Options) (*tokens.Source, error) {
	return tokens.NewSource(provider.TokenRules{
		Client:      c.http,
		Provider:    name,
		Environment: c.http.BaseURL(),
		ClientID:    c.id,
		Refresh:     c.Refresh,
		Advise: func(*grantway.Token) provider.Advice {
			return provider.Advice{RefreshAfter: 0.8, Margin: 30 * time.Second}
		},
		Origin: c.http.BaseURL(),
		Scheme: "Bearer",
		Now:    c.clock,
	}, store, account, opts)
}
