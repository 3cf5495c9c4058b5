package squaretest

import (
	"strings"
	"time"

	"github.com/grantway/grantway/internal/fakeauth"
)

// asClient checks "Authorization: Client SECRET": 400 if the header does not
// have that form (observed), 401 if the secret is wrong (as on the token
// endpoint; not observed here).
func (s *Server) asClient(c fakeauth.Call) *fakeauth.Answer {
	secret, ok := strings.CutPrefix(c.Authorization(), "Client ")
	var a fakeauth.Answer
	switch {
	case !ok || secret == "" || strings.TrimSpace(secret) != secret || strings.Contains(secret, "\x00"):
		a = badAuthorizationHeader()
	case secret != s.secret:
		a = notAuthorized()
	default:
		return nil
	}
	return &a
}

// revokeToken is POST /oauth2/revoke.
func (s *Server) revokeToken(c fakeauth.Call) fakeauth.Answer {
	if refused := s.asClient(c); refused != nil {
		return *refused
	}
	f, refused := parse(c.Body, revokeRules)
	if refused != nil {
		return *refused
	}
	if id := f.text["client_id"]; id != "" && !s.knows(id) {
		return notAuthorized()
	}
	token, merchant, only := f.text["access_token"], f.text["merchant_id"], f.flag["revoke_only_access_token"]
	switch {
	case token == "" && merchant == "":
		return badRequest("MISSING_REQUIRED_PARAMETER", "neither access_token nor merchant_id", "")
	case token != "" && merchant != "":
		return badRequest("CONFLICTING_PARAMETERS", "both access_token and merchant_id", "")
	case only && merchant != "":
		return badRequest("CONFLICTING_PARAMETERS", "revoke_only_access_token without an access_token", "")
	}
	// An expired token still names its account. What Square answers for one
	// that it does not know, or that is revoked, is not known: not success.
	if token != "" {
		a := s.accesses.Find(token)
		if a == nil || a.Revoked || a.Of.personal {
			return notFound("the access token is not one of the application's")
		}
		if only {
			s.accesses.End(a)
			return fakeauth.JSON(200, map[string]bool{"success": true})
		}
		merchant = a.Of.merchant
	}
	if !s.revokeMerchant(merchant) {
		return notFound("the application has no authorization of that merchant")
	}
	return fakeauth.JSON(200, map[string]bool{"success": true})
}

// retrieveTokenStatus is POST /oauth2/token/status.
func (s *Server) retrieveTokenStatus(c fakeauth.Call) fakeauth.Answer {
	token, ok := strings.CutPrefix(c.Authorization(), "Bearer ")
	a := s.accesses.Live(token)
	if !ok || a == nil {
		return badBearer()
	}
	expires := "" // for a token that never does
	if !a.Expires.IsZero() {
		expires = a.Expires.Format(time.RFC3339)
	}
	return fakeauth.JSON(200, map[string]any{
		"scopes":      append([]string{}, a.Of.scopes...),
		"expires_at":  expires,
		"client_id":   s.opts.ApplicationID,
		"merchant_id": a.Of.merchant,
	})
}

// renewToken is POST /oauth2/clients/{client_id}/access-token/renew, as Square
// described it until 2024.
func (s *Server) renewToken(c fakeauth.Call) fakeauth.Answer {
	if !s.opts.RenewEnabled {
		return notFound("the endpoint is retired; see Options.RenewEnabled")
	}
	if refused := s.asClient(c); refused != nil {
		return *refused
	}
	if !s.knows(c.Segment("")) {
		return notAuthorized()
	}
	f, refused := parse(c.Body, renewRules)
	if refused != nil {
		return *refused
	}
	token := f.text["access_token"]
	if token == "" {
		return missing("access_token")
	}
	a := s.accesses.Find(token)
	switch {
	case a == nil:
		return unauthorized("UNAUTHORIZED", "the access token is not known")
	case a.Revoked:
		return renewRevoked()
	case !a.Of.legacy:
		return badRequest("BAD_REQUEST", "a token from after 2019-03-13 can only be refreshed", "access_token")
	case s.book.Over(a.Expires.Add(RenewWindow)):
		return unauthorized("ACCESS_TOKEN_EXPIRED", "the access token ended more than 15 days ago")
	}
	return fakeauth.JSON(200, s.issued("legacy", access{merchant: a.Of.merchant, scopes: a.Of.scopes, legacy: true}, AccessLifetime))
}
