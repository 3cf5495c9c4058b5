package builtbybit

import (
	"context"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/provider"
)

// Grant types of RequestToken, the two that BuiltByBit supports.
const (
	GrantAuthorizationCode = "authorization_code"
	GrantRefreshToken      = "refresh_token"
)

// Values of RevokeTokenRequest.TokenHint. BuiltByBit documents neither values
// nor meaning; these are those of RFC 7009, which calls it token_type_hint.
const (
	HintAccessToken  = "access_token"
	HintRefreshToken = "refresh_token"
)

// maxScopes is how many scopes of an answer are believed.
const maxScopes = 256

// Operations has BuiltByBit's operations one to one, with their full requests
// and responses. What a request leaves empty is not sent.
type Operations struct{ c *Client }

// Operations returns the operations one to one.
func (c *Client) Operations() Operations { return Operations{c} }

// TokenRequest is the form of RequestToken.
type TokenRequest struct {
	// GrantType is one of the Grant constants.
	GrantType string
	// Code is for GrantAuthorizationCode.
	Code grantway.Secret
	// RefreshToken is for GrantRefreshToken.
	RefreshToken grantway.Secret
}

// TokenResponse is the answer of RequestToken. BuiltByBit declares no field as
// required; without an access token the call fails.
type TokenResponse struct {
	// AccessToken is never empty.
	AccessToken grantway.Secret
	// RefreshToken is empty if none came.
	RefreshToken grantway.Secret
	// TokenType is "bearer", in any case, or empty.
	TokenType string
	// Expiry is expires_in counted from when the answer arrived; missing and
	// 0 are unknown.
	Expiry grantway.Expiry
	// Scopes is scope, split at spaces; nil when it was missing.
	Scopes []string
	// ObtainedAt is when the answer arrived, by the local clock, in UTC.
	ObtainedAt time.Time
}

// RevokeTokenRequest is the form of RevokeToken.
type RevokeTokenRequest struct {
	// Token is an access or a refresh token.
	Token grantway.Secret
	// TokenHint is sent as token_hint if it is not empty.
	TokenHint string
}

// RevokeTokenResponse is the answer of RevokeToken; anything but revoked is an
// error.
type RevokeTokenResponse struct {
	// Revoked is true.
	Revoked bool
}

var (
	opRequestToken = provider.Operation{
		Name: "requestToken", Method: builtbybitapi.RequestTokenMethod, Path: builtbybitapi.RequestTokenPath,
		ContentType: builtbybitapi.RequestTokenContentType, RetrySafe: builtbybitapi.RequestTokenRetrySafe,
		Refine: refine, RetryAfter: retryAfter,
	}
	opRevokeToken = provider.Operation{
		Name: "revokeToken", Method: builtbybitapi.RevokeTokenMethod, Path: builtbybitapi.RevokeTokenPath,
		ContentType: builtbybitapi.RevokeTokenContentType, RetrySafe: builtbybitapi.RevokeTokenRetrySafe,
		Refine: refine, RetryAfter: retryAfter,
	}
)

// RequestToken is POST /oauth2/token, a form with HTTP Basic. It is sent once,
// whatever happens.
func (e Operations) RequestToken(ctx context.Context, r TokenRequest) (*TokenResponse, error) {
	c, op := e.c, &opRequestToken
	switch r.GrantType {
	case GrantAuthorizationCode:
		if reason := provider.BadSecret(r.Code); reason != "" {
			return nil, c.http.Invalid(op, "Code", reason)
		}
	case GrantRefreshToken:
		if reason := provider.BadSecret(r.RefreshToken); reason != "" {
			return nil, c.http.Invalid(op, "RefreshToken", reason)
		}
	default:
		return nil, c.http.Invalid(op, "GrantType", "is neither authorization_code nor refresh_token")
	}
	body := builtbybitapi.TokenRequest{
		GrantType:    r.GrantType,
		Code:         r.Code.Reveal(),
		RefreshToken: r.RefreshToken.Reveal(),
	}
	own, err := c.credentials(ctx, op)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Call(ctx, op, &provider.Request{Body: body.EncodeForm(), Authorization: own.basic}, own.secret, own.echo, r.Code, r.RefreshToken)
	if err != nil {
		return nil, err
	}
	// In one piece: each destination is an allocation otherwise.
	var d struct {
		access       provider.Credential
		refresh      provider.Visible
		typ          string
		lifetime     provider.Lifetime
		scope        *string
		carriesError bool
	}
	err = c.http.Decode(op, resp, []provider.Field{
		{Name: "access_token", Into: &d.access},
		{Name: "refresh_token", Into: &d.refresh},
		{Name: "token_type", Into: &d.typ},
		{Name: "expires_in", Into: &d.lifetime},
		{Name: "scope", Into: &d.scope},
		{Name: "error", Into: anyError(&d.carriesError)},
	})
	if err != nil {
		return nil, err
	}
	switch {
	case d.carriesError || d.access == "":
		return nil, c.http.Unusable(op, resp, grantway.KindMalformed, "access_token is missing")
	case !provider.IsBearer(d.typ):
		return nil, c.http.Malformed(op, resp, "token_type is not bearer", nil)
	}
	out := &TokenResponse{
		AccessToken:  grantway.NewSecret(string(d.access)),
		RefreshToken: grantway.NewSecret(string(d.refresh)),
		TokenType:    d.typ,
		ObtainedAt:   resp.At,
	}
	if at, ok := d.lifetime.After(resp.At); ok {
		out.Expiry = grantway.ExpiresAt(at)
	}
	// A list beyond all reason is left out; the token is not lost over it.
	if d.scope != nil && strings.Count(*d.scope, " ") < maxScopes {
		out.Scopes = strings.Fields(*d.scope)
	}
	return out, nil
}

// RevokeToken is POST /oauth2/token/revoke, a form with HTTP Basic. What it
// answers for an unknown token, and whether revoking a refresh token ends its
// access tokens, is not documented.
func (e Operations) RevokeToken(ctx context.Context, r RevokeTokenRequest) (*RevokeTokenResponse, error) {
	c, op := e.c, &opRevokeToken
	if reason := provider.BadSecret(r.Token); reason != "" {
		return nil, c.http.Invalid(op, "Token", reason)
	}
	if r.TokenHint != "" {
		if reason := provider.BadText(r.TokenHint); reason != "" {
			return nil, c.http.Invalid(op, "TokenHint", reason)
		}
	}
	body := builtbybitapi.RevokeRequest{Token: r.Token.Reveal(), TokenHint: r.TokenHint}
	own, err := c.credentials(ctx, op)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Call(ctx, op, &provider.Request{Body: body.EncodeForm(), Authorization: own.basic}, own.secret, own.echo, r.Token)
	if err != nil {
		return nil, err
	}
	out := RevokeTokenResponse{Revoked: true} // the schema's default for a missing member
	var carriesError bool
	err = c.http.Decode(op, resp, []provider.Field{
		{Name: "revoked", Into: &out.Revoked},
		{Name: "error", Into: anyError(&carriesError)},
	})
	if err != nil {
		return nil, err
	}
	if carriesError || !out.Revoked {
		return nil, c.http.Unusable(op, resp, grantway.KindBadClient, "the answer says that nothing was revoked")
	}
	return &out, nil
}
