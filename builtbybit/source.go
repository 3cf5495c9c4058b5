package builtbybit

import (
	"time"

	"github.com/grantway/grantway"
)

// TokenSource keeps the token of one account fresh: an oauth2.TokenSource, and
// more. account is whose token it is in your own terms; give the source its
// first token with Save. opts may be the zero value.
//
// BuiltByBit documents neither lifetimes nor rotation. A token is refreshed in
// the background after four fifths of the life that its answer gave it, and a
// refresh of unknown outcome is sent once more at most, as if the refresh token
// were single-use.
func (c *Client) TokenSource(store grantway.Store, account string, opts grantway.SourceOptions) (*grantway.Source, error) {
	return grantway.NewSource(grantway.SourceConfig{
		SourceOptions: opts,
		Key:           grantway.Key{Provider: provider, Environment: c.http.Base(), ClientID: c.id, Account: account},
		Store:         store,
		Refresh:       c.Refresh,
		Advise: func(*grantway.Token) (grantway.RefreshPlan, grantway.ReplayPolicy) {
			return grantway.RefreshPlan{Fraction: 0.8, Margin: 30 * time.Second}, grantway.ReplayOnce
		},
		Origin: c.http.Base(),
		Scheme: "Bearer",
		Now:    c.clock,
	})
}
