package builtbybittest

import (
	"strings"
	"time"

	"github.com/grantway/grantway/internal/fakeauth"
)

// requestToken is POST /oauth2/token. Parameters that BuiltByBit does not
// document are ignored, except that a redirect_uri must be the right one and
// Options.PKCE may say otherwise.
func (s *Server) requestToken(c fakeauth.Call) fakeauth.Answer {
	if s.opts.BurnCodeOnSight {
		defer s.codes.Delete(c.Text("code"))
	}
	switch c.Text("grant_type") {
	case "":
		return s.invalidRequest("grant_type is missing")
	case "authorization_code":
		return s.exchange(c)
	case "refresh_token":
		return s.refresh(c)
	}
	return s.refused(400, "unsupported_grant_type", "the grant type is neither of the two")
}

// exchange takes a code. One that is refused stays as it is; one that is
// accepted is spent.
func (s *Server) exchange(c fakeauth.Call) fakeauth.Answer {
	name := c.Text("code")
	if name == "" {
		return s.invalidRequest("code is missing")
	}
	code := s.codes.Live(name)
	if code == nil {
		return s.invalidGrant("the code is unknown, spent or expired")
	}
	if redirect := c.Text("redirect_uri"); redirect != "" && redirect != code.Of.RedirectURL {
		return s.invalidGrant("redirect_uri is not that of the authorization request")
	}
	if refused := s.badVerifier(code.Of.CodeChallenge, c.Text("code_verifier")); refused != nil {
		return *refused
	}
	s.codes.Delete(name)
	f := &family{member: code.Of.member, scopes: code.Of.Scopes}
	return s.grant(f, s.newRefresh(f))()
}

func (s *Server) refresh(c fakeauth.Call) fakeauth.Answer {
	name := c.Text("refresh_token")
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
func (s *Server) revokeToken(c fakeauth.Call) fakeauth.Answer {
	known := s.revoke(c.Text("token"))
	return fakeauth.JSON(200, map[string]bool{"revoked": known || !s.opts.UnknownNotRevoked})
}
