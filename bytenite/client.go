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
	"time"

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
	// Every ByteNite client seen sends none; whether "Bearer" was accepted is
	// not known.
	TokenScheme string
}

// Client calls ByteNite for one API key. It is safe for concurrent use.
type Client struct {
	http   *provider.Client
	key    provider.OwnSecret
	scheme string
	clock  func() time.Time // a test's; nil for the real one
}

// New checks cfg. Its error names the field and is an *grantway.Error of
// KindInvalid.
func New(cfg Config) (*Client, error) {
	key, err := provider.NewOwnSecret(name, "APIKey", cfg.APIKey, cfg.APIKeyFunc)
	if err != nil {
		return nil, err
	}
	if key.IsZero() {
		return nil, provider.InvalidConfig(name, "APIKey", "is empty, and there is no APIKeyFunc")
	}
	scheme := ""
	if cfg.TokenScheme != "" {
		if reason := provider.BadScheme(cfg.TokenScheme); reason != "" {
			return nil, provider.InvalidConfig(name, "TokenScheme", reason)
		}
		scheme = cfg.TokenScheme + " "
	}
	h, err := provider.New(name, byteniteapi.ServerURLProduction, cfg.ClientConfig)
	if err != nil {
		return nil, err
	}
	return &Client{http: h, key: key, scheme: scheme, clock: cfg.Now}, nil
}

// API returns the generated client over the same policy (bounded answers, no
// redirect, typed errors). It writes no credential: pass an editor that does.
func (c *Client) API() *byteniteapi.Client {
	return &byteniteapi.Client{Server: c.http.BaseURL(), Client: c.http}
}

// bare is the Authorization header as ByteNite wants it: the token alone,
// unless Config.TokenScheme says otherwise.
func (c *Client) bare(token grantway.Secret) grantway.Secret {
	return grantway.NewSecret(c.scheme + token.Reveal())
}
