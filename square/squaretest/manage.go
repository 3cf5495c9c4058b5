package squaretest

import (
	"time"

	"github.com/grantway/grantway/internal/fakeauth"
)

// clientSecret takes the secret of the application, and in the path no other one:
// 401 (as on the token endpoint; not observed here).
func (s *Server) clientSecret(c fakeauth.Call) *fakeauth.Answer {
	if c.Credential.Secret != s.secret || c.Operation == "renewToken" && !s.knows(c.Segment("client_id")) {
		return notAuthorized().Refusal()
	}
	return nil
}

// bearerToken takes a live access token.
func (s *Server) bearerToken(c fakeauth.Call) *fakeauth.Answer {
	if s.accesses.Live(c.Credential.Secret) == nil {
		return badBearer().Refusal()
	}
	return nil
}

// revokeToken is POST /oauth2/revoke.
func (s *Server) revokeToken(c fakeauth.Call) fakeauth.Answer {
	if id := c.Text("client_id"); id != "" && !s.knows(id) {
		return notAuthorized()
	}
	token, merchant, only := c.Text("access_token"), c.Text("merchant_id"), c.Flag("revoke_only_access_token")
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
	a := s.accesses.Live(c.Credential.Secret)
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
	token := c.Text("access_token")
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
