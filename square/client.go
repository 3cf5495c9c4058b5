// Package square is Square's OAuth API: obtain, refresh, inspect and revoke
// tokens, in the code flow (with an application secret) and in the PKCE flow
// (without).
//
// Square takes the secret in the JSON body when it issues a token, as
// "Authorization: Client SECRET" when it revokes or renews one, and a Bearer
// token when it tells a token's status; the package does each where it
// belongs. It never retries a call that spends a code or a refresh token,
// follows no redirect and leaves https only for a loopback address.
//
// The methods of [Client] are what a program needs. [Client.Operations] has
// each endpoint one to one, as api/square.yaml has it. Where the facts come from is
// in api/SOURCES.md.
package square

import (
	"context"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/provider"
)

const name = "square"

// Environment is one of Square's two, whose credentials are not
// interchangeable.
type Environment uint8

const (
	// Production is the zero value.
	Production Environment = iota
	// Sandbox is Square's test environment.
	Sandbox
)

// Config is what New takes.
type Config struct {
	grantway.ClientConfig

	// ApplicationID is the client id, "sq0idp-…" or "sandbox-sq0idb-…".
	ApplicationID string
	// ApplicationSecret is the client secret, given alone: the package writes
	// "Client " before it where Square wants that. Leave it empty for a public
	// client, which uses PKCE and cannot revoke.
	ApplicationSecret grantway.Secret
	// ApplicationSecretFunc is instead of ApplicationSecret: it is asked for the
	// secret by each call that needs it, so that the secret can be changed without
	// a restart. It may be called from several goroutines, and has to return when
	// its context ends; it caches if asking is slow. If it fails nothing is sent.
	ApplicationSecretFunc func(ctx context.Context) (grantway.Secret, error)
	// Environment is where the application lives.
	Environment Environment
	// RedirectURL is where the seller's browser comes back to, unless
	// AuthOptions says otherwise. It must be registered. It is sent with the
	// authorization request and with an exchange whose code names none: Square
	// compares the two.
	RedirectURL string
	// Issuer, if set, must come back with the callback as iss (RFC 9207).
	// Square is not known to send it.
	Issuer string
	// UsedStates remembers which states came back; nil means that this process
	// alone does. If several processes answer RedirectURL, give each the same
	// one, such as authcode.SharedStates, so that none exchanges a code that
	// another one has.
	UsedStates authcode.UsedStates
	// Version is sent as Square-Version, "YYYY-MM-DD". Empty sends none, and
	// the version pinned for the application applies.
	Version string
}

// Client calls Square for one application. It is safe for concurrent use.
type Client struct {
	api         *squareapi.Client
	refreshes   *squareapi.Client // the same, but for whom a refusal is about
	id          string
	redirectURL string
	httpsOnly   bool // for the redirect URL: Square's own production
	auth        *authcode.Authorizer
}

// New checks cfg. Its error names the field and is an *grantway.Error of
// KindInvalid.
func New(cfg Config) (*Client, error) {
	for _, bad := range []func(string) string{provider.BadText, provider.BadPathValue} { // RenewToken's path holds it
		if reason := bad(cfg.ApplicationID); reason != "" {
			return nil, provider.InvalidConfig(name, "ApplicationID", reason)
		}
	}
	secret, err := provider.NewOwnSecret(name, "ApplicationSecret", cfg.ApplicationSecret, cfg.ApplicationSecretFunc, provider.BadSecret)
	if err != nil {
		return nil, err
	}
	base := squareapi.ServerURLProduction
	switch cfg.Environment {
	case Production:
	case Sandbox:
		base = squareapi.ServerURLSandbox
	default:
		return nil, provider.InvalidConfig(name, "Environment", "is neither Production nor Sandbox")
	}
	// Square answers credentials of the other environment with the same 401
	// as wrong ones; their prefix tells before anything is sent.
	other := map[Environment]string{Production: "sandbox-", Sandbox: "sq0idp-"}[cfg.Environment]
	if cfg.BaseURL == "" && strings.HasPrefix(cfg.ApplicationID, other) {
		return nil, provider.InvalidConfig(name, "Environment", "is another one than that of ApplicationID, which begins with "+other)
	}
	if reason := provider.BadText(cfg.RedirectURL); reason != "" && cfg.RedirectURL != "" {
		return nil, provider.InvalidConfig(name, "RedirectURL", reason)
	}
	if cfg.Version != "" {
		if _, err := time.Parse(time.DateOnly, cfg.Version); err != nil {
			return nil, provider.InvalidConfig(name, "Version", "is not a date, YYYY-MM-DD")
		}
	}
	h, err := provider.New(name, base, cfg.ClientConfig)
	if err != nil {
		return nil, err
	}
	auth, err := newAuthorizer(cfg, h.BaseURL())
	if err != nil {
		return nil, err
	}
	judged := func(refine func([]byte, *grantway.Error) bool) *squareapi.Client {
		api := squareapi.NewClient(h.With(provider.Judgement{Refine: refine, Header: "Square-Version", Value: cfg.Version}))
		api.ApplicationSecret = secret
		return api
	}
	return &Client{api: judged(refine), refreshes: judged(refineRefresh), id: cfg.ApplicationID, redirectURL: cfg.RedirectURL,
		httpsOnly: cfg.Environment == Production && cfg.BaseURL == "", auth: auth}, nil
}

// Operations returns Square's operations one to one. They fill nothing in but the
// secret in a header, hold what is sent against the spec alone, and take a refused
// refresh for a refused exchange: ObtainToken, Revoke and RenewToken of the Client
// know more.
func (c *Client) Operations() *squareapi.Client { return c.api }
