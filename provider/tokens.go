package provider

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/grantway/grantway"
)

// TokenRules says how the tokens of one client are kept fresh and sent. A
// provider package gives them to tokens.NewSource; a program calls the
// TokenSource method of its provider's client instead.
type TokenRules struct {
	// Provider is the package's name, such as "square".
	Provider string
	// Environment tells apart what must not share a token: the base URL, as a
	// rule.
	Environment string
	// ClientID is the application's id at the provider; empty where there is
	// none.
	ClientID string
	// Client is the client that Refresh calls with. Its Sources share the brakes
	// of its ClientConfig, and it says Provider, Environment, Origin and Now where
	// they are left empty. nil brakes each Source by itself.
	Client *Client
	// Refresh makes a new token of an old one, with one request. It is given
	// nil if nothing is stored and Mints is set. Its error is a
	// *grantway.Error, whose Kind says whether old may have been spent; any
	// other counts as an outcome that is unknown. Inherit gives the new token
	// what the answer left out.
	Refresh func(ctx context.Context, old *grantway.Token) (*grantway.Token, error)
	// ReadOnly makes a Source that adopts what other processes refresh, and writes
	// nothing. It needs no Refresh.
	ReadOnly bool
	// Mints says that Refresh needs no old token: an API key makes new ones.
	Mints bool
	// Advise is what the provider says of a token, which is nil if there is
	// none yet.
	Advise func(*grantway.Token) Advice
	// Identity names the account at the provider that a token is for; empty if
	// the token does not say. A refresh whose answer names another one than the
	// token that it was made of is refused: it is somebody else's. nil compares
	// nothing.
	Identity func(*grantway.Token) string
	// Origin is the base URL that tokens may be sent to.
	Origin string
	// Scheme stands before the token in the Authorization header; empty sends
	// the token alone.
	Scheme string
	// Now is a test's clock; nil means time.Now.
	Now func() time.Time
}

// Complete returns r with what its Client says where r says nothing. It is for
// package tokens.
func (r TokenRules) Complete() TokenRules {
	if c := r.Client; c != nil {
		r.Provider = cmp.Or(r.Provider, c.provider)
		r.Environment = cmp.Or(r.Environment, c.BaseURL())
		r.Origin = cmp.Or(r.Origin, c.BaseURL())
		if r.Now == nil {
			r.Now = c.testClock
		}
	}
	return r
}

// Inherit gives t, which the answer to a refresh has brought, what that left out
// and old has. No new refresh token means that the old one stays, and no scope
// that the grant is the same (RFC 6749 sections 5.1 and 6). A scope that was
// neither granted nor requested before is moved to t.WidenedScopes.
func Inherit(t, old *grantway.Token) {
	old = old.Clone()
	if t.RefreshToken.IsZero() {
		t.RefreshToken, t.RefreshExpiry = old.RefreshToken, old.RefreshExpiry
	}
	t.RequestedScopes = old.RequestedScopes
	switch {
	case t.Scopes == nil:
		t.Scopes, t.WidenedScopes = old.Scopes, old.WidenedScopes
	case old.Scopes != nil:
		t.Scopes = slices.DeleteFunc(t.Scopes, func(scope string) bool {
			widened := !slices.Contains(old.Scopes, scope) && !slices.Contains(old.RequestedScopes, scope)
			if widened {
				t.WidenedScopes = append(t.WidenedScopes, scope)
			}
			return widened
		})
	}
}

// Advice is what a provider says of the life of one token. The zero value
// refreshes it when it has expired, and takes its refresh token to be good once.
type Advice struct {
	// RefreshAfter is the share of its life after which a token is refreshed in
	// the background, such as 0.8; 0 leaves that to MaxAge and the expiry.
	RefreshAfter float64
	// MaxAge refreshes it no later than this after it was obtained, however
	// long it lives; 0 sets no limit.
	MaxAge time.Duration
	// Margin is how long before its expiry a token is no longer handed out.
	Margin time.Duration
	// Reusable says that the refresh token, or the API key, may be used again
	// and again.
	Reusable bool
}
