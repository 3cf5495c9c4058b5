package builtbybit

import (
	"time"

	"github.com/grantway/grantway"
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
	return tokens.NewSource(tokens.SourceConfig{
		Options: opts,
		Key:     tokens.Key{Provider: name, Environment: c.http.BaseURL(), ClientID: c.id, Account: account},
		Store:   store,
		Refresh: c.Refresh,
		Advise: func(*grantway.Token) (tokens.RefreshPlan, tokens.ReplayPolicy) {
			return tokens.RefreshPlan{Fraction: 0.8, Margin: 30 * time.Second}, tokens.ReplayOnce
		},
		Origin: c.http.BaseURL(),
		Scheme: "Bearer",
		Now:    c.clock,
	})
}
