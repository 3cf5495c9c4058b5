package square

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/provider"
)

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
	// takes https only, unless DynamicLocalhost is set.
	RedirectURL string
	// Locale is the language of Square's page, such as "en-US"; empty leaves
	// that to Square.
	Locale string
	// ForceLogin makes the seller sign in even if a session is open
	// (session=false). It has no effect in the Sandbox.
	ForceLogin bool
	// Flow is FlowCode or FlowPKCE. Empty means FlowCode if the client has an
	// ApplicationSecret or the function for it, as Square advises for
	// confidential clients, and FlowPKCE if it has none. The code flow's exchange sends the secret, and
	// its refresh tokens are good many times; those of the PKCE flow are good
	// once, for 90 days.
	Flow string
	// DynamicLocalhost is for a program on a desktop: it lets a redirect URL
	// that is http on localhost, with a port, go to production, in the PKCE flow
	// only. Square's reference for the page knows that, registered as
	// "http://localhost:<port>", while its other pages say that production takes
	// https only; which is right is not known. See api/SOURCES.md.
	DynamicLocalhost bool
}

// BeginAuth makes an authorization request. Send the seller's browser to the
// URL of what it returns, and keep that until the browser comes back to the
// redirect URL. Nothing is sent, and the error names the field.
func (c *Client) BeginAuth(o AuthOptions) (*authcode.Request, error) {
	if o.RedirectURL == "" {
		o.RedirectURL = c.redirectURL
	}
	if field, reason := c.flow(&o); reason != "" {
		return nil, provider.InvalidArgument(name, "begin auth", field, reason)
	}
	if len(o.RedirectURL) > maxRedirectURL {
		return nil, provider.InvalidArgument(name, "begin auth", "RedirectURL", "is longer than 2048 characters")
	}
	params := url.Values{}
	if o.Locale != "" {
		if !slices.Contains(locales, o.Locale) {
			return nil, provider.InvalidArgument(name, "begin auth", "Locale", "is none that Square documents; en-US is one")
		}
		params.Set("locale", o.Locale)
	}
	if o.ForceLogin {
		params.Set("session", "false")
	}
	return c.auth.Begin(authcode.Params{RedirectURL: o.RedirectURL, Scopes: o.Scopes, Extra: params, PKCE: o.Flow == FlowPKCE})
}

// flow settles o.Flow, and says which field goes with no flow.
func (c *Client) flow(o *AuthOptions) (field, reason string) {
	u, err := url.Parse(o.RedirectURL)
	plain := err == nil && u.Scheme == "http"
	onLocalhost := o.DynamicLocalhost && plain && strings.EqualFold(u.Hostname(), "localhost") && u.Port() != ""
	switch {
	case plain && c.httpsOnly && !o.DynamicLocalhost:
		return "RedirectURL", "is http, and Square takes https only in production; DynamicLocalhost is for a program on a desktop"
	case plain && c.httpsOnly && !onLocalhost:
		return "RedirectURL", "is http on something else than localhost with a port, which is all that DynamicLocalhost is for"
	case onLocalhost && o.Flow == FlowCode:
		return "Flow", "is FlowCode, and a redirect to localhost in production goes with PKCE only"
	case o.Flow == FlowCode && c.api.ApplicationSecret.IsZero():
		return "Flow", "is FlowCode, and there is no ApplicationSecret for it"
	case o.Flow == "" && (onLocalhost || c.api.ApplicationSecret.IsZero()):
		o.Flow = FlowPKCE
	case o.Flow == "":
		o.Flow = FlowCode
	case o.Flow != FlowCode && o.Flow != FlowPKCE:
		return "Flow", "is neither FlowCode nor FlowPKCE"
	}
	return "", ""
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
		Used:         cfg.UsedStates,
		Now:          cfg.Now,
	})
}
