package builtbybit

import (
	"net/http"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/provider"
)

// authorizeURL is on the web host, while all else is on the API's. The page
// needs a real browser: automation gets a challenge there.
const authorizeURL = "https://builtbybit.com/account/external/authorize"

// AuthOptions is what BeginAuth takes.
type AuthOptions struct {
	// Scopes are needed, one at least: without, BuiltByBit refuses the request.
	// It publishes no list; "members.self" is one that works.
	Scopes []string
	// RedirectURL is needed, and must be the registered one to the letter, its
	// port included. Empty means Config.RedirectURL.
	RedirectURL string
}

// BeginAuth makes an authorization request. Send the user's browser to the URL
// of what it returns, and keep that until the browser comes back to the
// redirect URL. It sends no PKCE challenge, which BuiltByBit is not known to
// support. Nothing is sent, and the error names the field.
func (c *Client) BeginAuth(o AuthOptions) (*authcode.Request, error) {
	if o.RedirectURL == "" {
		o.RedirectURL = c.redirectURL
	}
	if o.RedirectURL == "" {
		return nil, provider.InvalidArgument(name, "begin auth", "RedirectURL", "is empty")
	}
	if len(o.Scopes) == 0 {
		return nil, provider.InvalidArgument(name, "begin auth", "Scopes", "is empty, and BuiltByBit wants at least one")
	}
	return c.auth.Begin(authcode.Params{RedirectURL: o.RedirectURL, Scopes: o.Scopes})
}

// Name is the provider's name for people.
func (c *Client) Name() string { return "BuiltByBit" }

// Callback reads the request that brings the user back to a, which BeginAuth of
// a client with the same id returned, and returns the code for Exchange. See
// [authcode.Authorizer.Callback] for what it refuses. A denial matches
// grantway.ErrReauthorize.
func (c *Client) Callback(a *authcode.Request, r *http.Request) (grantway.AuthorizationCode, error) {
	return c.auth.Callback(a, r)
}

// newAuthorizer pairs the authorize page of cfg with the token endpoint below
// base. The two are on different hosts, so that a Config which replaces one has
// to replace both (RFC 9700 section 4.4.2.2). Without a page, there is no
// sign-in, and the rest of the client works.
func newAuthorizer(cfg Config, base string) (*authcode.Authorizer, error) {
	switch {
	case cfg.AuthorizeURL != "" && cfg.BaseURL == "":
		return nil, provider.InvalidConfig(name, "AuthorizeURL", "is set without BaseURL")
	case cfg.BaseURL == "":
		cfg.AuthorizeURL = authorizeURL
	}
	return authcode.New(authcode.Config{
		Provider:     name,
		ClientID:     cfg.ClientID,
		AuthorizeURL: cfg.AuthorizeURL,
		TokenURL:     base + "oauth2/token",
		Issuer:       cfg.Issuer,
		Used:         cfg.UsedStates,
		Now:          cfg.Now,
	})
}
