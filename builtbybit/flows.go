package builtbybit

import (
	"context"
	"slices"

	"github.com/grantway/grantway"
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
		return nil, c.http.Invalid(&opRequestToken, "Verifier", "is set, and BuiltByBit is not known to support PKCE")
	}
	t, err := c.token(ctx, TokenRequest{GrantType: GrantAuthorizationCode, Code: code.Code}, nil)
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
	if t == nil {
		return nil, c.http.Invalid(&opRequestToken, "token", "is nil")
	}
	if t.RefreshToken.IsZero() {
		return nil, c.http.Invalid(&opRequestToken, "token", "has no refresh token")
	}
	return c.token(ctx, TokenRequest{GrantType: GrantRefreshToken, RefreshToken: t.RefreshToken}, t)
}

func (c *Client) token(ctx context.Context, r TokenRequest, old *grantway.Token) (*grantway.Token, error) {
	resp, err := c.Operations().RequestToken(ctx, r)
	if err != nil {
		return nil, err
	}
	t := &grantway.Token{
		AccessToken:  resp.AccessToken,
		RefreshToken: resp.RefreshToken,
		Type:         resp.TokenType,
		Expiry:       resp.Expiry,
		ObtainedAt:   resp.ObtainedAt,
		Scopes:       resp.Scopes,
	}
	if old != nil {
		provider.Inherit(t, old)
	}
	return t, nil
}

// RevokeToken revokes t's access token.
func (c *Client) RevokeToken(ctx context.Context, t *grantway.Token) error {
	if t == nil {
		return c.http.Invalid(&opRevokeToken, "token", "is nil")
	}
	_, err := c.Operations().RevokeToken(ctx, RevokeTokenRequest{Token: t.AccessToken, TokenHint: HintAccessToken})
	return err
}

// RevokeRefreshToken revokes t's refresh token. Whether its access tokens end
// with it is not documented: to be sure, revoke those too.
func (c *Client) RevokeRefreshToken(ctx context.Context, t *grantway.Token) error {
	if t == nil {
		return c.http.Invalid(&opRevokeToken, "token", "is nil")
	}
	_, err := c.Operations().RevokeToken(ctx, RevokeTokenRequest{Token: t.RefreshToken, TokenHint: HintRefreshToken})
	return err
}
