package builtbybittest

import (
	"strings"
	"time"

	"github.com/grantway/grantway/internal/fakeauth"
)

// requestToken is POST /oauth2/token. Parameters that BuiltByBit does not
// document are ignored, except that a redirect_uri must be the right one and
// Options.PKCE may say otherwise.
func (s *Server) requestToken(form map[string]string) fakeauth.Answer {
	if s.opts.BurnCodeOnSight {
		defer s.codes.Delete(form["code"])
	}
	switch form["grant_type"] {
	case "":
		return s.invalidRequest("grant_type is missing")
	case "authorization_code":
		return s.exchange(form)
	case "refresh_token":
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
	if refused := s.badVerifier(c.Of.CodeChallenge, form["code_verifier"]); refused != nil {
		return *refused
	}
	s.codes.Delete(name)
	f := &family{member: c.Of.member, scopes: c.Of.Scopes}
	return s.grant(f, s.newRefresh(f))()
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
		return r.Again()
	}
	switch s.opts.Refresh {
	case RotateRefresh:
		answer := s.grant(r.Of, s.newRefresh(r.Of))
		s.refreshes.Spend(r, s.opts.Reuse.Within, answer)
		return answer()
	case OmitRefresh:
		name = ""
	}
	return s.grant(r.Of, name)()
}

func (s *Server) newRefresh(f *family) (name string) {
	expires := time.Time{}
	if s.opts.RefreshLifetime > 0 {
		expires = s.book.In(s.opts.RefreshLifetime)
	}
	return s.refreshes.Issue("refresh", f, expires)
}

// grant issues the access token that goes with a refresh token. answer tells
// the client both; an empty refresh token is left out.
func (s *Server) grant(f *family, refreshToken string) (answer func() fakeauth.Answer) {
	issued := s.book.Now()
	accessToken := s.accesses.Issue("access", f, issued.Add(s.opts.AccessLifetime))
	return func() fakeauth.Answer {
		members := map[string]any{
			"access_token": accessToken,
			"token_type":   "Bearer",
			"scope":        strings.Join(f.scopes, " "),
		}
		if !s.opts.OmitExpiry {
			left := s.opts.AccessLifetime - s.book.Now().Sub(issued).Truncate(time.Second)
			members["expires_in"] = int64(max(left, 0) / time.Second)
		}
		if refreshToken != "" {
			members["refresh_token"] = refreshToken
		}
		return fakeauth.JSON(200, members)
	}
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
