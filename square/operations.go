package square

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/provider"
)

// Grant types of ObtainToken. Square may know others.
const (
	GrantAuthorizationCode = "authorization_code"
	GrantRefreshToken      = "refresh_token"
	// GrantMigrationToken trades a legacy token from before 2019-03-13.
	GrantMigrationToken = "migration_token"
)

// Operations has Square's operations one to one, under Square's own names, with
// their full requests and responses. What a request leaves empty is not sent,
// except for the client id.
type Operations struct{ c *Client }

// Operations returns the operations one to one.
func (c *Client) Operations() Operations { return Operations{c} }

// ObtainTokenRequest is the body of ObtainToken.
type ObtainTokenRequest struct {
	// ClientID is the application id; empty means the Client's own.
	ClientID string
	// GrantType is one of the Grant constants.
	GrantType string
	// ClientSecret belongs to the code flow and must be empty in the PKCE
	// flow. It is not filled in from the Client.
	ClientSecret grantway.Secret
	// Code is for GrantAuthorizationCode.
	Code grantway.Secret
	// RedirectURI repeats that of the authorization request, if it had one.
	RedirectURI string
	// RefreshToken is for GrantRefreshToken.
	RefreshToken grantway.Secret
	// MigrationToken is for GrantMigrationToken.
	MigrationToken grantway.Secret
	// Scopes narrows the new access token.
	Scopes []string
	// ShortLived asks for an access token of 24 hours instead of 30 days.
	ShortLived bool
	// CodeVerifier is for GrantAuthorizationCode in the PKCE flow.
	CodeVerifier grantway.Secret
	// UseJWT asks for a JWT as the access token. Only Square's newer SDKs
	// document it.
	UseJWT bool
}

// ObtainTokenResponse is the answer of ObtainToken. Square declares no field
// as required; without an access token the call fails.
type ObtainTokenResponse struct {
	// AccessToken lives for 30 days, or for 24 hours if ShortLived.
	AccessToken grantway.Secret
	// TokenType is "bearer".
	TokenType string
	// Expiry is expires_at.
	Expiry grantway.Expiry
	// MerchantID is the account that gave the authorization.
	MerchantID string
	// RefreshToken is the same one again in the code flow, a new single-use
	// one in the PKCE flow, and may be missing with ShortLived.
	RefreshToken grantway.Secret
	// RefreshExpiry is refresh_token_expires_at, known in the PKCE flow only.
	RefreshExpiry grantway.Expiry
	// ShortLived reports whether the access token is short-lived.
	ShortLived bool
	// SubscriptionID is legacy.
	SubscriptionID string
	// PlanID is legacy.
	PlanID string
	// IDToken is deprecated since 2021-09-15.
	IDToken grantway.Secret
	// ObtainedAt is when the answer arrived, by the local clock, in UTC.
	ObtainedAt time.Time
}

// RevokeTokenRequest is the body of RevokeToken. Give exactly one of
// AccessToken and MerchantID.
type RevokeTokenRequest struct {
	// ClientID is the application id; empty means the Client's own.
	ClientID string
	// AccessToken is a token of the account.
	AccessToken grantway.Secret
	// MerchantID is the account.
	MerchantID string
	// RevokeOnlyAccessToken limits the call to that one token. Without it
	// Square revokes every token that the application holds for the merchant,
	// whichever was named, and ends the authorization.
	RevokeOnlyAccessToken bool
}

// RevokeTokenResponse is the answer of RevokeToken; anything but success is an
// error.
type RevokeTokenResponse struct {
	// Success is true.
	Success bool
}

// RenewTokenRequest is the input of RenewToken.
type RenewTokenRequest struct {
	// ClientID goes into the path; empty means the Client's own.
	ClientID string
	// AccessToken is the one to renew.
	AccessToken grantway.Secret
}

// RenewTokenResponse is the answer of RenewToken. There is no refresh token.
type RenewTokenResponse struct {
	// AccessToken may differ from the one that was sent.
	AccessToken grantway.Secret
	// TokenType is "bearer".
	TokenType string
	// Expiry is expires_at.
	Expiry grantway.Expiry
	// MerchantID is the account that gave the authorization.
	MerchantID string
	// SubscriptionID is legacy.
	SubscriptionID string
	// PlanID is legacy.
	PlanID string
}

// TokenStatus is the answer of RetrieveTokenStatus.
type TokenStatus struct {
	// Scopes are the permissions of the token.
	Scopes []string
	// Expiry is NeverExpires where expires_at is empty, null or missing.
	Expiry grantway.Expiry
	// ClientID is the application id.
	ClientID string
	// MerchantID is the account that gave the authorization.
	MerchantID string
}

var (
	opObtainToken = provider.Operation{
		Name: "obtainToken", Method: squareapi.ObtainTokenMethod, Path: squareapi.ObtainTokenPath,
		ContentType: squareapi.ObtainTokenContentType, RetrySafe: squareapi.ObtainTokenRetrySafe, Refine: refineExchange,
	}
	opRefreshToken = provider.Operation{
		Name: "obtainToken", Method: squareapi.ObtainTokenMethod, Path: squareapi.ObtainTokenPath,
		ContentType: squareapi.ObtainTokenContentType, RetrySafe: squareapi.ObtainTokenRetrySafe, Refine: refineRefresh,
	}
	opRevokeToken = provider.Operation{
		Name: "revokeToken", Method: squareapi.RevokeTokenMethod, Path: squareapi.RevokeTokenPath,
		ContentType: squareapi.RevokeTokenContentType, RetrySafe: squareapi.RevokeTokenRetrySafe, Refine: refineClient,
	}
	opRenewToken = provider.Operation{
		Name: "renewToken", Method: squareapi.RenewTokenMethod, Path: squareapi.RenewTokenPath,
		ContentType: squareapi.RenewTokenContentType, RetrySafe: squareapi.RenewTokenRetrySafe, Refine: refineClient,
	}
	opRetrieveTokenStatus = provider.Operation{
		Name: "retrieveTokenStatus", Method: squareapi.RetrieveTokenStatusMethod, Path: squareapi.RetrieveTokenStatusPath,
		RetrySafe: squareapi.RetrieveTokenStatusRetrySafe, Refine: refineBearer,
	}
)

// ObtainToken is POST /oauth2/token: credentials in the body, no Authorization
// header. It is sent once, whatever happens.
func (e Operations) ObtainToken(ctx context.Context, r ObtainTokenRequest) (*ObtainTokenResponse, error) {
	c, op := e.c, &opObtainToken
	if r.GrantType == GrantRefreshToken {
		op = &opRefreshToken
	}
	if r.ClientID == "" {
		r.ClientID = c.id
	}
	if field, reason := r.check(); reason != "" {
		return nil, c.http.Invalid(op, field, reason)
	}
	body := squareapi.ObtainTokenRequest{
		ClientID:       r.ClientID,
		GrantType:      r.GrantType,
		ClientSecret:   r.ClientSecret.Reveal(),
		Code:           r.Code.Reveal(),
		RedirectURI:    r.RedirectURI,
		RefreshToken:   r.RefreshToken.Reveal(),
		MigrationToken: r.MigrationToken.Reveal(),
		Scopes:         r.Scopes,
		ShortLived:     onlyTrue(r.ShortLived),
		CodeVerifier:   r.CodeVerifier.Reveal(),
		UseJwt:         onlyTrue(r.UseJWT),
	}
	resp, err := c.call(ctx, op, provider.Request{Body: body.EncodeJSON()},
		r.ClientSecret, r.Code, r.RefreshToken, r.MigrationToken, r.CodeVerifier)
	if err != nil {
		return nil, err
	}
	// In one piece: each destination is an allocation otherwise.
	var d struct {
		issued
		refresh        provider.Visible
		refreshExpires provider.Timestamp
		shortLived     bool
		idToken        string
	}
	err = c.http.Decode(op, resp, append(d.fields(),
		provider.Field{Name: "refresh_token", Into: &d.refresh},
		provider.Field{Name: "refresh_token_expires_at", Into: &d.refreshExpires},
		provider.Field{Name: "short_lived", Into: &d.shortLived},
		provider.Field{Name: "id_token", Into: &d.idToken},
	))
	if err != nil {
		return nil, err
	}
	if err := c.usable(op, resp, &d.issued); err != nil {
		return nil, err
	}
	return &ObtainTokenResponse{
		AccessToken:    grantway.NewSecret(string(d.access)),
		TokenType:      d.typ,
		Expiry:         grantway.ExpiresAt(d.expires.At),
		MerchantID:     d.merchant,
		RefreshToken:   grantway.NewSecret(string(d.refresh)),
		RefreshExpiry:  grantway.ExpiresAt(d.refreshExpires.At),
		ShortLived:     d.shortLived,
		SubscriptionID: d.subscription,
		PlanID:         d.plan,
		IDToken:        grantway.NewSecret(d.idToken),
		ObtainedAt:     resp.At,
	}, nil
}

// check refuses what Square documents as wrong, before anything is spent.
func (r *ObtainTokenRequest) check() (field, reason string) {
	need := func(name string, s grantway.Secret) bool {
		field, reason = name, provider.BadSecret(s)
		return reason == ""
	}
	for _, opt := range [...]struct {
		name string
		s    grantway.Secret
	}{{"ClientSecret", r.ClientSecret}, {"CodeVerifier", r.CodeVerifier}} {
		if !opt.s.IsZero() && !need(opt.name, opt.s) {
			return field, reason
		}
	}
	if reason := provider.BadText(r.ClientID); reason != "" {
		return "ClientID", reason
	}
	if !r.ClientSecret.IsZero() && !r.CodeVerifier.IsZero() {
		return "ClientSecret", "goes with the code flow, CodeVerifier with the PKCE flow: give one"
	}
	switch r.GrantType {
	case "":
		return "GrantType", "is empty"
	case GrantAuthorizationCode:
		if !need("Code", r.Code) {
			return field, reason
		}
		if r.ClientSecret.IsZero() && r.CodeVerifier.IsZero() {
			return "ClientSecret", "and CodeVerifier are both empty: an exchange needs one"
		}
	case GrantRefreshToken:
		if !need("RefreshToken", r.RefreshToken) {
			return field, reason
		}
	case GrantMigrationToken:
		if !need("MigrationToken", r.MigrationToken) || !need("ClientSecret", r.ClientSecret) {
			return field, reason
		}
	}
	return "", ""
}

// RevokeToken is POST /oauth2/revoke with "Authorization: Client SECRET".
func (e Operations) RevokeToken(ctx context.Context, r RevokeTokenRequest) (*RevokeTokenResponse, error) {
	c, op := e.c, &opRevokeToken
	if r.ClientID == "" {
		r.ClientID = c.id
	}
	switch {
	case c.secret.IsZero():
		return nil, c.http.Invalid(op, "ApplicationSecret", "is empty, and Square revokes only with it")
	case r.AccessToken.IsZero() == (r.MerchantID == ""):
		return nil, c.http.Invalid(op, "AccessToken", "or MerchantID: give exactly one")
	case r.RevokeOnlyAccessToken && r.AccessToken.IsZero():
		return nil, c.http.Invalid(op, "RevokeOnlyAccessToken", "needs AccessToken")
	}
	if reason := provider.BadText(r.ClientID); reason != "" {
		return nil, c.http.Invalid(op, "ClientID", reason)
	}
	if !r.AccessToken.IsZero() {
		if reason := provider.BadSecret(r.AccessToken); reason != "" {
			return nil, c.http.Invalid(op, "AccessToken", reason)
		}
	} else if reason := provider.BadText(r.MerchantID); reason != "" {
		return nil, c.http.Invalid(op, "MerchantID", reason)
	}
	body := squareapi.RevokeTokenRequest{
		ClientID:              r.ClientID,
		AccessToken:           r.AccessToken.Reveal(),
		MerchantID:            r.MerchantID,
		RevokeOnlyAccessToken: onlyTrue(r.RevokeOnlyAccessToken),
	}
	secret, err := c.http.Secret(ctx, op, c.secret)
	if err != nil {
		return nil, err
	}
	resp, err := c.call(ctx, op, provider.Request{Body: body.EncodeJSON(), Authorization: asClient(secret)}, secret, r.AccessToken)
	if err != nil {
		return nil, err
	}
	var out RevokeTokenResponse
	var carriesError bool
	err = c.http.Decode(op, resp, []provider.Field{
		{Name: "success", Into: &out.Success},
		{Name: "errors", Into: anyError(&carriesError)},
	})
	if err != nil {
		return nil, err
	}
	if carriesError || !out.Success {
		return nil, c.http.Unusable(op, resp, grantway.KindBadClient, "the answer does not say success")
	}
	return &out, nil
}

// RenewToken is POST /oauth2/clients/{client_id}/access-token/renew with
// "Authorization: Client SECRET".
//
// Deprecated: Square retired the endpoint on 2024-04-17; what it answers today
// is not known. Use Refresh.
func (e Operations) RenewToken(ctx context.Context, r RenewTokenRequest) (*RenewTokenResponse, error) {
	c, op := e.c, &opRenewToken
	if r.ClientID == "" {
		r.ClientID = c.id
	}
	if c.secret.IsZero() {
		return nil, c.http.Invalid(op, "ApplicationSecret", "is empty, and Square renews only with it")
	}
	if reason := badApplicationID(r.ClientID); reason != "" {
		return nil, c.http.Invalid(op, "ClientID", reason)
	}
	if reason := provider.BadSecret(r.AccessToken); reason != "" {
		return nil, c.http.Invalid(op, "AccessToken", reason)
	}
	secret, err := c.http.Secret(ctx, op, c.secret)
	if err != nil {
		return nil, err
	}
	resp, err := c.call(ctx, op, provider.Request{
		Path:          strings.Replace(op.Path, "{client_id}", url.PathEscape(r.ClientID), 1),
		Body:          squareapi.RenewTokenRequest{AccessToken: r.AccessToken.Reveal()}.EncodeJSON(),
		Authorization: asClient(secret),
	}, secret, r.AccessToken)
	if err != nil {
		return nil, err
	}
	var token issued
	if err := c.http.Decode(op, resp, token.fields()); err != nil {
		return nil, err
	}
	if err := c.usable(op, resp, &token); err != nil {
		return nil, err
	}
	return &RenewTokenResponse{
		AccessToken:    grantway.NewSecret(string(token.access)),
		TokenType:      token.typ,
		Expiry:         grantway.ExpiresAt(token.expires.At),
		MerchantID:     token.merchant,
		SubscriptionID: token.subscription,
		PlanID:         token.plan,
	}, nil
}

// badApplicationID says what is wrong with an id that RenewToken puts into its
// path.
func badApplicationID(id string) string {
	if reason := provider.BadText(id); reason != "" {
		return reason
	}
	if id == "." || id == ".." {
		return "would change the path"
	}
	return ""
}

// RetrieveTokenStatus is POST /oauth2/token/status, with the token it asks
// about as "Authorization: Bearer TOKEN" and no body.
func (e Operations) RetrieveTokenStatus(ctx context.Context, token grantway.Secret) (*TokenStatus, error) {
	c, op := e.c, &opRetrieveTokenStatus
	if reason := provider.BadAccessToken(token); reason != "" {
		return nil, c.http.Invalid(op, "token", reason)
	}
	resp, err := c.call(ctx, op, provider.Request{Authorization: grantway.NewSecret("Bearer " + token.Reveal())}, token)
	if err != nil {
		return nil, err
	}
	var out TokenStatus
	var expires provider.Timestamp
	var carriesError bool
	err = c.http.Decode(op, resp, []provider.Field{
		{Name: "scopes", Into: &out.Scopes},
		{Name: "expires_at", Into: &expires},
		{Name: "client_id", Into: &out.ClientID},
		{Name: "merchant_id", Into: &out.MerchantID},
		{Name: "errors", Into: anyError(&carriesError)},
	})
	if err != nil {
		return nil, err
	}
	// A live token has a client behind it. Without one the answer says
	// nothing, and "nothing" must not read as "valid".
	if carriesError || out.ClientID == "" {
		return nil, c.http.Unusable(op, resp, grantway.KindMalformed, "client_id is missing")
	}
	out.Expiry = grantway.ExpiresAt(expires.At)
	if !expires.Present || expires.Empty {
		out.Expiry = grantway.NeverExpires()
	}
	return &out, nil
}

// issued is what Square's two token answers have in common.
type issued struct {
	access       provider.Credential
	typ          string
	expires      provider.Timestamp
	merchant     string
	subscription string
	plan         string
	carriesError bool
}

func (t *issued) fields() []provider.Field {
	return append(make([]provider.Field, 0, 11),
		provider.Field{Name: "access_token", Into: &t.access},
		provider.Field{Name: "token_type", Into: &t.typ},
		provider.Field{Name: "expires_at", Into: &t.expires},
		provider.Field{Name: "merchant_id", Into: &t.merchant},
		provider.Field{Name: "subscription_id", Into: &t.subscription},
		provider.Field{Name: "plan_id", Into: &t.plan},
		provider.Field{Name: "errors", Into: anyError(&t.carriesError)},
	)
}

// usable refuses a token answer with an error inside, without a token, or with
// a token of a type that this package does not know how to send.
func (c *Client) usable(op *provider.Operation, resp *provider.Response, t *issued) error {
	switch {
	case t.carriesError || t.access == "":
		return c.http.Unusable(op, resp, grantway.KindMalformed, "access_token is missing")
	case !provider.IsBearer(t.typ):
		return c.http.Malformed(op, resp, "token_type is not bearer", nil)
	}
	return nil
}

// asClient is the header of the operations that authenticate the application
// itself.
func asClient(secret grantway.Secret) grantway.Secret {
	return grantway.NewSecret("Client " + secret.Reveal())
}

// call pins the API version, if the caller asked for one.
func (c *Client) call(ctx context.Context, op *provider.Operation, r provider.Request, secrets ...grantway.Secret) (*provider.Response, error) {
	r.Header, r.Value = "Square-Version", c.version
	return c.http.Call(ctx, op, &r, secrets...)
}

// onlyTrue leaves a false out of the request: it is Square's default.
func onlyTrue(b bool) *bool {
	if !b {
		return nil
	}
	return &b
}
