// Package builtbybit is BuiltByBit's OAuth2 API: exchange a code, refresh,
// revoke.
//
// BuiltByBit wants HTTP Basic with id and secret as they are, without the form
// encoding of RFC 6749 section 2.3.1 that x/oauth2 applies and that BuiltByBit
// is reported to refuse. It wants form bodies, and says neither how it reports
// an error nor how long a token lives: the package reads every shape seen on
// its sibling APIs and leaves an unknown expiry unknown.
//
// The methods of [Client] are what a program needs. [Client.Operations] has
// each endpoint one to one. Where the facts come from is in api/SOURCES.md.
package builtbybit

import (
	"context"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/provider"
)

const name = "builtbybit"

// BasicEncoding says how id and secret are written into HTTP Basic.
type BasicEncoding uint8

const (
	// BasicRaw writes them as they are (RFC 7617). It is what a working
	// third-party client reports BuiltByBit to accept, and the default.
	BasicRaw BasicEncoding = iota
	// BasicForm form-encodes both first, as RFC 6749 section 2.3.1 says.
	BasicForm
)

// Config is what New takes.
type Config struct {
	grantway.ClientConfig

	// ClientID stands on the details page of the API token that the OAuth
	// client belongs to. Disabling that token disables the client.
	ClientID string
	// ClientSecret stands on the same page: the secret alone, and not the Basic
	// header that the page shows ready-encoded as well.
	ClientSecret grantway.Secret
	// ClientSecretFunc is instead of ClientSecret: it is asked for the secret by
	// each call, so that the secret can be changed without a restart. It may be
	// called from several goroutines, and has to return when its context ends; it
	// caches if asking is slow. If it fails nothing is sent.
	ClientSecretFunc func(ctx context.Context) (grantway.Secret, error)
	// RedirectURL is where the user's browser comes back to, unless
	// AuthOptions says otherwise: the registered one to the letter.
	RedirectURL string
	// AuthorizeURL replaces BuiltByBit's consent page. It goes with BaseURL: a
	// code must not reach another host's token endpoint.
	AuthorizeURL string
	// Issuer, if set, must come back with the callback as iss (RFC 9207).
	// BuiltByBit is not known to send it.
	Issuer string
	// UsedStates remembers which states came back; nil means that this process
	// alone does. If several processes answer RedirectURL, give each the same
	// one, such as authcode.SharedStates, so that none exchanges a code that
	// another one has.
	UsedStates authcode.UsedStates
	// BasicEncoding is BasicRaw unless BuiltByBit changes its mind.
	BasicEncoding BasicEncoding
}

// Client calls BuiltByBit for one OAuth client. It is safe for concurrent use.
type Client struct {
	api         *builtbybitapi.Client
	id          string
	redirectURL string
	auth        *authcode.Authorizer
}

// New checks cfg. Its error names the field and is an *grantway.Error of
// KindInvalid.
func New(cfg Config) (*Client, error) {
	if cfg.BasicEncoding > BasicForm {
		return nil, provider.InvalidConfig(name, "BasicEncoding", "is neither BasicRaw nor BasicForm")
	}
	basic, err := provider.NewBasic(name, cfg.ClientID, cfg.ClientSecret, cfg.ClientSecretFunc, cfg.BasicEncoding == BasicForm)
	if err != nil {
		return nil, err
	}
	h, err := provider.New(name, builtbybitapi.ServerURLProduction, cfg.ClientConfig)
	if err != nil {
		return nil, err
	}
	auth, err := newAuthorizer(cfg, h.BaseURL())
	if err != nil {
		return nil, err
	}
	api := builtbybitapi.NewClient(h.With(provider.Judgement{Refine: refine, RetryAfter: retryAfter}))
	api.ClientBasic = basic
	return &Client{api: api, id: cfg.ClientID, redirectURL: cfg.RedirectURL, auth: auth}, nil
}

// Operations returns BuiltByBit's operations one to one, with their full requests
// and answers.
func (c *Client) Operations() *builtbybitapi.Client { return c.api }
