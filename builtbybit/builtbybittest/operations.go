package builtbybittest

import (
	"strings"
	"time"

	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/internal/fakeauth"
)

// requestToken is POST /oauth2/token. Parameters that BuiltByBit does not
// document are ignored, except that a redirect_uri must be the right one.
func (s *Server) requestToken(form map[string]string) fakeauth.Answer {
	if s.opts.BurnCodeOnSight {
		defer s.codes.Delete(form["code"])
	}
	switch form["grant_type"] {
	case "":
		return s.invalidRequest("grant_type is missing")
	case builtbybit.GrantAuthorizationCode:
		return s.exchange(form)
	case builtbybit.GrantRefreshToken:
		return s.refresh(form)
	}
	return s.refused(400, "unsupported_grant_type", "the grant type is neither of the two")
}

// exchange takes a code. One that is refused stays as it is; one that is
// accepted is spent.
func (s *Server) exchange(form map[string]string) fakeauth.Answer {
	name := form["code"]
	if name == "" {
		return s.invalidRequest("code is missing")
	}
	c := s.codes.Live(name)
	if c == nil {
		return s.invalidGrant("the code is unknown, spent or expired")
	}
	if redirect := form["redirect_uri"]; redirect != "" && redirect != c.Of.RedirectURL {
		return s.invalidGrant("redirect_uri is not that of the authorization request")
	}
	if form["code_verifier"] != "" {
		return s.invalidRequest("PKCE is not known to be supported")
	}
	s.codes.Delete(name)
	f := &family{member: c.Of.member, scopes: c.Of.Scopes}
	return s.answer(s.grant(f, s.newRefresh(f)))
}

func (s *Server) refresh(form map[string]string) fakeauth.Answer {
	name := form["refresh_token"]
	if name == "" {
		return s.invalidRequest("refresh_token is missing")
	}
	r, repeat := s.refreshes.Redeem(name, s.opts.Reuse, s.revokeFamily)
	switch {
	case r == nil:
		return s.invalidGrant("the refresh token is unknown, spent, revoked or expired")
	case repeat:
		return s.answer(r.Gave)
	}
	switch s.opts.Refresh {
	case RotateRefresh:
		gave := s.grant(r.Of, s.newRefresh(r.Of))
		s.refreshes.Spend(r, s.opts.Reuse.Within, gave)
		return s.answer(gave)
	case OmitRefresh:
		name = ""
	}
	return s.answer(s.grant(r.Of, name))
}

func (s *Server) newRefresh(f *family) (name string) {
	expires := time.Time{}
	if s.opts.RefreshLifetime > 0 {
		expires = s.book.In(s.opts.RefreshLifetime)
	}
	return s.refreshes.Issue("refresh", f, expires)
}

// grant issues the access token that goes with a refresh token.
func (s *Server) grant(f *family, refreshToken string) fakeauth.Pair {
	return fakeauth.Pair{Access: s.accesses.Issue("access", f, s.book.In(s.opts.AccessLifetime)), Refresh: refreshToken}
}

// answer tells the client its tokens; an empty refresh token is left out.
func (s *Server) answer(gave fakeauth.Pair) fakeauth.Answer {
	access := s.accesses.Find(gave.Access)
	answer := map[string]any{
		"access_token": gave.Access,
		"token_type":   "Bearer",
		"scope":        strings.Join(access.Of.scopes, " "),
	}
	if !s.opts.OmitExpiry {
		answer["expires_in"] = int64(max(access.Expires.Sub(s.book.Now()), 0) / time.Second)
	}
	if gave.Refresh != "" {
		answer["refresh_token"] = gave.Refresh
	}
	return fakeauth.JSON(200, answer)
}

// revokeToken is POST /oauth2/token/revoke. The hint is a hint: a wrong one
// changes nothing (RFC 7009 section 2.1).
func (s *Server) revokeToken(form map[string]string) fakeauth.Answer {
	name := form["token"]
	if name == "" {
		return s.invalidRequest("token is missing")
	}
	known := s.revoke(name)
	return fakeauth.JSON(200, map[string]bool{"revoked": known || !s.opts.UnknownNotRevoked})
}
