package builtbybit

import (
	"context"
	"slices"
	"strings"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/provider"
)

// Exchange trades an authorization code for a token, with exactly one request.
// BuiltByBit documents no redirect_uri and no PKCE for it, so neither is sent:
// a code with a Verifier is refused here rather than silently stripped of it.
func (c *Client) Exchange(ctx context.Context, code grantway.AuthorizationCode) (*grantway.Token, error) {
	if err := c.auth.Pair(code); err != nil {
		return nil, err
	}
	if !code.Verifier.IsZero() {
		return nil, provider.InvalidArgument(name, "requestToken", "Verifier", "is set, and BuiltByBit is not known to support PKCE")
	}
	if code.Code.IsZero() {
		return nil, provider.InvalidArgument(name, "requestToken", "Code", "is empty")
	}
	t, err := c.token(ctx, builtbybitapi.TokenRequest{GrantType: "authorization_code", Code: code.Code})
	if err != nil {
		return nil, err
	}
	t.RequestedScopes = slices.Clone(code.RequestedScopes)
	return t, nil
}

// Refresh trades t's refresh token for a new token, with exactly one request. t
// itself is not changed. Whether BuiltByBit rotates refresh tokens is not
// documented: take the old one to be spent once the call is made, and keep the
// Token that comes back, which has the old one again if no new one came.
func (c *Client) Refresh(ctx context.Context, t *grantway.Token) (*grantway.Token, error) {
	if t == nil || t.RefreshToken.IsZero() {
		return nil, provider.InvalidArgument(name, "requestToken", "token", "has no refresh token")
	}
	next, err := c.token(ctx, builtbybitapi.TokenRequest{GrantType: "refresh_token", RefreshToken: t.RefreshToken})
	if err != nil {
		return nil, err
	}
	provider.Inherit(next, t)
	return next, nil
}

func (c *Client) token(ctx context.Context, r builtbybitapi.TokenRequest) (*grantway.Token, error) {
	resp, err := c.api.RequestToken(ctx, r)
	if err != nil {
		return nil, err
	}
	t := &grantway.Token{
		AccessToken:  resp.AccessToken,
		RefreshToken: resp.RefreshToken,
		Type:         resp.TokenType,
		Expiry:       resp.ExpiresIn,
		ObtainedAt:   resp.ObtainedAt,
	}
	// A list beyond all reason is left out; the token is not lost over it.
	if resp.Scope != nil && strings.Count(*resp.Scope, " ") < 256 {
		t.Scopes = strings.Fields(*resp.Scope)
	}
	return t, nil
}

// RevokeToken revokes t's access token.
func (c *Client) RevokeToken(ctx context.Context, t *grantway.Token) error {
	if t == nil {
		return provider.InvalidArgument(name, "revokeToken", "token", "is nil")
	}
	_, err := c.api.RevokeToken(ctx, builtbybitapi.RevokeRequest{Token: t.AccessToken, TokenHint: "access_token"})
	return err
}

// RevokeRefreshToken revokes t's refresh token. Whether its access tokens end
// with it is not documented: to be sure, revoke those too.
func (c *Client) RevokeRefreshToken(ctx context.Context, t *grantway.Token) error {
	if t == nil {
		return provider.InvalidArgument(name, "revokeToken", "token", "is nil")
	}
	_, err := c.api.RevokeToken(ctx, builtbybitapi.RevokeRequest{Token: t.RefreshToken, TokenHint: "refresh_token"})
	return err
}
