package bytenite

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/byteniteapi"
	"github.com/grantway/grantway/provider"
)

// Operations has ByteNite's operations one to one, with their full requests and
// responses.
type Operations struct{ c *Client }

// Operations returns the operations one to one.
func (c *Client) Operations() Operations { return Operations{c} }

// AccessTokenRequest is the body of AccessToken.
type AccessTokenRequest struct {
	// APIKey; empty means the Client's own.
	APIKey grantway.Secret
}

// AccessTokenResponse is the answer of AccessToken. ByteNite declares no field
// as required; without a token the call fails.
type AccessTokenResponse struct {
	// Token is the access token, and never empty.
	Token grantway.Secret
	// Expiry is expiresIn counted from when the answer arrived, whether it
	// came as "3600" or as 3600; missing, empty and 0 are unknown.
	Expiry grantway.Expiry
	// Scope is not documented; it is passed on as it came.
	Scope string
	// ObtainedAt is when the answer arrived, by the local clock, in UTC.
	ObtainedAt time.Time
}

// SignOutResponse is the answer of SignOut; anything but ok is an error.
type SignOutResponse struct {
	// OK is true.
	OK bool
	// RequestID is for tracing. It may be empty.
	RequestID string
	// Message is ByteNite's text for people.
	Message string
}

// SkipResponse is the answer of Skip.
type SkipResponse struct {
	// Skip tells whether the user can skip the login.
	Skip bool
	// RedirectTo is where to send the user then. It comes from the server:
	// check it before following it.
	RedirectTo string
}

var (
	opAccessToken = provider.Operation{
		Name: "accessToken", Method: byteniteapi.AccessTokenMethod, Path: byteniteapi.AccessTokenPath,
		ContentType: byteniteapi.AccessTokenContentType, RetrySafe: byteniteapi.AccessTokenRetrySafe, Refine: refineKey,
	}
	opSignOut = provider.Operation{
		Name: "signOut", Method: byteniteapi.SignOutMethod, Path: byteniteapi.SignOutPath,
		ContentType: byteniteapi.SignOutContentType, RetrySafe: byteniteapi.SignOutRetrySafe, Refine: refineToken,
	}
	opSkip = provider.Operation{
		Name: "skip", Method: byteniteapi.SkipMethod, Path: byteniteapi.SkipPath,
		RetrySafe: byteniteapi.SkipRetrySafe, Refine: refineToken,
	}
)

// AccessToken is POST /v1/auth/access_token, the key in a JSON body, no
// Authorization header.
func (e Operations) AccessToken(ctx context.Context, r AccessTokenRequest) (*AccessTokenResponse, error) {
	c, op := e.c, &opAccessToken
	if r.APIKey.IsZero() {
		var err error
		if r.APIKey, err = c.http.Secret(ctx, op, c.key); err != nil {
			return nil, err
		}
	} else if reason := provider.BadSecret(r.APIKey); reason != "" {
		return nil, c.http.Invalid(op, "APIKey", reason)
	}
	body := byteniteapi.AccessTokenRequest{APIKey: r.APIKey.Reveal()}
	resp, err := c.http.Call(ctx, op, &provider.Request{Body: body.EncodeJSON()}, r.APIKey)
	if err != nil {
		return nil, err
	}
	var (
		token    provider.Credential
		lifetime provider.Lifetime
		out      AccessTokenResponse
		g        generic
	)
	err = c.http.Decode(op, resp, append(g.fields(),
		provider.Field{Name: "token", Into: &token},
		provider.Field{Name: "expiresIn", Into: &lifetime},
		provider.Field{Name: "scope", Into: &out.Scope},
	))
	if err != nil {
		return nil, err
	}
	if g.carriesError() || token == "" {
		return nil, c.http.Unusable(op, resp, grantway.KindMalformed, "token is missing")
	}
	out.Token = grantway.NewSecret(string(token))
	out.ObtainedAt = resp.At
	if at, ok := lifetime.After(resp.At); ok {
		out.Expiry = grantway.ExpiresAt(at)
	}
	return &out, nil
}

// SignOut is POST /v1/auth/signout with the bare token and the body {}. It
// logs the user out and ends the token.
func (e Operations) SignOut(ctx context.Context, token grantway.Secret) (*SignOutResponse, error) {
	c, op := e.c, &opSignOut
	if reason := provider.BadAccessToken(token); reason != "" {
		return nil, c.http.Invalid(op, "token", reason)
	}
	body, err := json.Marshal(byteniteapi.SignOutRequest{})
	if err != nil {
		return nil, c.http.Invalid(op, "request", "could not be built")
	}
	resp, err := c.http.Call(ctx, op, &provider.Request{Body: body, Authorization: c.bare(token)}, token)
	if err != nil {
		return nil, err
	}
	var g generic
	if err := c.http.Decode(op, resp, g.fields()); err != nil {
		return nil, err
	}
	if g.carriesError() || g.ok == nil {
		return nil, c.http.Unusable(op, resp, grantway.KindBadClient, "the answer does not say ok")
	}
	return &SignOutResponse{OK: true, RequestID: g.requestID, Message: g.message}, nil
}

// Skip is GET /v1/auth/skip with the bare token. It belongs to ByteNite's own
// login page: loginChallenge comes from there, and is left out when empty.
func (e Operations) Skip(ctx context.Context, token grantway.Secret, loginChallenge string) (*SkipResponse, error) {
	c, op := e.c, &opSkip
	if reason := provider.BadAccessToken(token); reason != "" {
		return nil, c.http.Invalid(op, "token", reason)
	}
	query := ""
	if loginChallenge != "" {
		if reason := provider.BadText(loginChallenge); reason != "" {
			return nil, c.http.Invalid(op, "loginChallenge", reason)
		}
		query = "loginChallenge=" + url.QueryEscape(loginChallenge)
	}
	resp, err := c.http.Call(ctx, op, &provider.Request{Query: query, Authorization: c.bare(token)}, token)
	if err != nil {
		return nil, err
	}
	var out SkipResponse
	var g generic
	err = c.http.Decode(op, resp, append(g.fields(),
		provider.Field{Name: "skip", Into: &out.Skip},
		provider.Field{Name: "redirectTo", Into: &out.RedirectTo},
	))
	if err != nil {
		return nil, err
	}
	// Both members are optional and false is a fair answer, so a bare {} is
	// one too; an error in the shape of the generic response is not.
	if g.carriesError() {
		return nil, c.http.Unusable(op, resp, grantway.KindMalformed, "skip is missing")
	}
	return &out, nil
}
