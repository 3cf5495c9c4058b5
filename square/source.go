package square

import (
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// TokenSource keeps the token of one account fresh: an oauth2.TokenSource, and
// more. account is whose token it is in your own terms, the merchant id say;
// give the source its first token with Save. opts may be the zero value.
//
// Square's advice is to refresh every seven days, and a token lives thirty, so
// a refresh happens in the background after six to seven days. In the code
// flow a refresh of unknown outcome is simply sent again; in the PKCE flow,
// where the refresh token is single-use, once more at most.
func (c *Client) TokenSource(store tokens.Store, account string, opts tokens.Options) (*tokens.Source, error) {
	return tokens.NewSource(tokens.SourceConfig{
		Options: opts,
		Key:     tokens.Key{Provider: name, Environment: c.http.BaseURL(), ClientID: c.id, Account: account},
		Store:   store,
		Refresh: c.Refresh,
		Advise:  c.advise,
		Origin:  c.http.BaseURL(),
		Scheme:  "Bearer",
		Now:     c.clock,
	})
}

// refreshAge is Square's "every seven days or sooner".
const refreshAge = 7 * 24 * time.Hour

func (c *Client) advise(t *grantway.Token) (tokens.RefreshPlan, tokens.ReplayPolicy) {
	plan := tokens.RefreshPlan{Fraction: 0.8, MaxAge: refreshAge, Margin: time.Minute}
	if t != nil && c.isPKCE(t) {
		return plan, tokens.ReplayOnce
	}
	return plan, tokens.ReplayFreely
}
