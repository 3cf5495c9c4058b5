package square

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/provider"
)

var opBeginAuth = provider.Operation{Name: "begin auth"}

// maxRedirectURL is what the exchange can repeat (the spec's redirect_uri).
const maxRedirectURL = 2048

// locales are those that Square documents for its consent page.
var locales = []string{"en-CA", "en-IE", "en-US", "es-US", "fr-CA", "ja-JP"}

// AuthOptions is what BeginAuth takes.
type AuthOptions struct {
	// Scopes are Square's permissions, such as "PAYMENTS_READ". None leaves
	// Square's default: MERCHANT_PROFILE_READ, PAYMENTS_READ,
	// SETTLEMENTS_READ, BANK_ACCOUNTS_READ.
	Scopes []string
	// RedirectURL must be registered. Empty means Config.RedirectURL. If that
	// is empty too, none is sent and Square uses the registered one. Production
	// takes https only.
	RedirectURL string
	// Locale is the language of Square's page, such as "en-US"; empty leaves
	// that to Square.
	Locale string
	// ForceLogin makes the seller sign in even if a session is open
	// (session=false). It has no effect in the Sandbox.
	ForceLogin bool
	// WithoutPKCE uses the code flow: its exchange sends the application
	// secret, and its refresh tokens do not expire or rotate. By default it is
	// the PKCE flow, with refresh tokens that are good once, for 90 days.
	WithoutPKCE bool
}

// BeginAuth makes an authorization request. Send the seller's browser to the
// URL of what it returns, and keep that until the browser comes back to the
// redirect URL. Nothing is sent, and the error names the field.
func (c *Client) BeginAuth(o AuthOptions) (*authcode.Request, error) {
	if o.RedirectURL == "" {
		o.RedirectURL = c.redirectURL
	}
	if u, err := url.Parse(o.RedirectURL); err == nil && u.Scheme == "http" && c.httpsOnly {
		return nil, c.http.Invalid(&opBeginAuth, "RedirectURL", "is http, and Square takes https only in production")
	}
	if len(o.RedirectURL) > maxRedirectURL {
		return nil, c.http.Invalid(&opBeginAuth, "RedirectURL", "is longer than 2048 characters")
	}
	params := url.Values{}
	if o.Locale != "" {
		if !slices.Contains(locales, o.Locale) {
			return nil, c.http.Invalid(&opBeginAuth, "Locale", "is none that Square documents; en-US is one")
		}
		params.Set("locale", o.Locale)
	}
	if o.ForceLogin {
		params.Set("session", "false")
	}
	if o.WithoutPKCE && c.secret.IsZero() {
		return nil, c.http.Invalid(&opBeginAuth, "WithoutPKCE", "is set, and there is no ApplicationSecret for the code flow")
	}
	return c.auth.Begin(authcode.Params{RedirectURL: o.RedirectURL, Scopes: o.Scopes, Extra: params, PKCE: !o.WithoutPKCE})
}

// Name is the provider's name for people.
func (c *Client) Name() string { return "Square" }

// Callback reads the request that brings the seller back to a, which BeginAuth
// of a client for the same application returned, and returns the code for
// Exchange. See [authcode.Authorizer.Callback] for what it refuses. A denial
// matches grantway.ErrReauthorize.
func (c *Client) Callback(a *authcode.Request, r *http.Request) (grantway.AuthorizationCode, error) {
	return c.auth.Callback(a, r)
}

// newAuthorizer pairs the authorize page with the token endpoint: Square has
// both on one host.
func newAuthorizer(cfg Config, base string) (*authcode.Authorizer, error) {
	return authcode.New(authcode.Config{
		Provider:     name,
		ClientID:     cfg.ApplicationID,
		AuthorizeURL: base + "oauth2/authorize",
		TokenURL:     base + "oauth2/token",
		Issuer:       cfg.Issuer,
		Now:          cfg.Now,
	})
}
