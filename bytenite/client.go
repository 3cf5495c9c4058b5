// Package bytenite is ByteNite's auth API: trade an API key for an access
// token, sign out, and the login helper "skip".
//
// It looks like OAuth and is not: no grant, no client id, no refresh token, and
// the access token stands bare in the Authorization header, without a scheme.
// To refresh is to exchange the key again.
//
// ByteNite's own organisation reports that its API was wound down and that its
// hosts stopped resolving in April 2026. This package is therefore tested
// against a fake only. Where the facts come from is in api/SOURCES.md.
package bytenite

import (
	"context"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/byteniteapi"
	"github.com/grantway/grantway/provider"
)

const name = "bytenite"

// Config is what New takes.
type Config struct {
	grantway.ClientConfig

	// APIKey is the key itself, not its id. It is long and ends in padding:
	// white space around it is refused, not trimmed.
	APIKey grantway.Secret
	// APIKeyFunc is instead of APIKey: it is asked for the key by each exchange, so
	// that the key can be changed without a restart. It may be called from several
	// goroutines, and has to return when its context ends; it caches if asking is
	// slow. If it fails nothing is sent.
	APIKeyFunc func(ctx context.Context) (grantway.Secret, error)
	// TokenScheme, if set, is written before the access token with one space.
	// Every client of ByteNite's own sends none; a third party sends "Bearer" with
	// the token of another login. Whether it was accepted here is not known.
	TokenScheme string
}

// Client calls ByteNite for one API key. It is safe for concurrent use.
type Client struct {
	api *byteniteapi.Client
	key provider.OwnSecret
}

// New checks cfg. Its error names the field and is an *grantway.Error of
// KindInvalid.
func New(cfg Config) (*Client, error) {
	key, err := provider.NewOwnSecret(name, "APIKey", cfg.APIKey, cfg.APIKeyFunc, provider.BadSecret)
	if err != nil {
		return nil, err
	}
	if key.IsZero() {
		return nil, provider.InvalidConfig(name, "APIKey", "is empty, and there is no APIKeyFunc")
	}
	h, err := provider.New(name, byteniteapi.ServerURLProduction, cfg.ClientConfig)
	if err != nil {
		return nil, err
	}
	api := byteniteapi.NewClient(h.With(provider.Judgement{Refine: refine}))
	if cfg.TokenScheme != "" {
		if reason := provider.BadScheme(cfg.TokenScheme); reason != "" {
			return nil, provider.InvalidConfig(name, "TokenScheme", reason)
		}
		api.BareTokenBefore = cfg.TokenScheme + " "
	}
	return &Client{api: api, key: key}, nil
}

// Operations returns ByteNite's operations one to one, with their full requests
// and answers.
func (c *Client) Operations() *byteniteapi.Client { return c.api }
