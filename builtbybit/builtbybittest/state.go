package builtbybittest

import (
	"slices"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/fakeauth"
)

// DefaultScope is granted when a Grant names none.
const DefaultScope = "members.self"

// Grant is what a member agreed to on the consent page.
type Grant struct {
	// Scopes are open strings; none means DefaultScope, for BuiltByBit refuses
	// a request without any (observed).
	Scopes []string
	// RedirectURL is that of the authorization request. The token endpoint
	// documents no redirect_uri; one that is sent all the same must be this
	// one.
	RedirectURL string
	// CodeChallenge is the code_challenge of the authorization request: the
	// unpadded base64url of the verifier's SHA-256. It counts under CheckPKCE.
	CodeChallenge string
}

type code struct {
	Grant
	member string
}

// family is what one authorization led to: the tokens issued from one code.
type family struct {
	member string
	scopes []string
}

// IssueCode does what the consent page does when the member agrees. The code
// is good once, for Options.CodeLifetime. A test of another client takes
// Code.Reveal().
func (s *Server) IssueCode(g Grant) grantway.AuthorizationCode {
	s.book.Lock()
	defer s.book.Unlock()
	return grantway.AuthorizationCode{Code: grantway.NewSecret(s.issueCode(g, s.opts.Members[0])), RedirectURL: g.RedirectURL, RequestedScopes: slices.Clone(g.Scopes)}
}

func (s *Server) issueCode(g Grant, member string) string {
	if len(g.Scopes) == 0 {
		g.Scopes = []string{DefaultScope}
	}
	g.Scopes = slices.Clone(g.Scopes)
	s.book.Grant(member, g.Scopes)
	return s.codes.Issue("code", code{g, member}, s.book.In(s.opts.CodeLifetime))
}

// SetClientSecret replaces the client's secret, as its owner does on the page of
// the API token: from now on no other is taken. Tokens stay as they are.
func (s *Server) SetClientSecret(secret grantway.Secret) {
	s.book.Locked(func() { s.secret = secret.Reveal() })
}

// Live reports whether the fake takes the access token now. With it, a test's
// own API can check what it is sent.
func (s *Server) Live(accessToken grantway.Secret) bool { return s.accesses.IsLive(accessToken) }

// ExpireAccessToken ends an access token's life now; nothing else changes. It
// reports whether the fake knows the token.
func (s *Server) ExpireAccessToken(token grantway.Secret) bool { return s.accesses.Expire(token) }

// ExpireRefreshToken ends a refresh token's life now. It reports whether the
// fake knows the token.
func (s *Server) ExpireRefreshToken(token grantway.Secret) bool { return s.refreshes.Expire(token) }

// NarrowScopes leaves the authorization behind a refresh token with these
// scopes only: tokens issued later have no others. It reports whether the fake
// knows the token.
func (s *Server) NarrowScopes(refreshToken grantway.Secret, scopes ...string) bool {
	return s.refreshes.Change(refreshToken, func(t *fakeauth.Token[*family]) { t.Of.scopes = slices.Clone(scopes) })
}

// RevokeToken revokes an access or a refresh token behind the client's back,
// with the consequences that a revocation by the client has. It reports
// whether there was a live token to revoke.
func (s *Server) RevokeToken(token grantway.Secret) bool {
	s.book.Lock()
	defer s.book.Unlock()
	return s.revoke(token.Reveal())
}

func (s *Server) revoke(name string) bool {
	if a := s.accesses.Find(name); a != nil && !a.Revoked {
		s.accesses.End(a)
		return true
	}
	r := s.refreshes.Find(name)
	if r == nil || r.Revoked || r.Spent && s.book.Over(r.Expires) {
		return false
	}
	s.refreshes.End(r)
	s.book.Ungrant(r.Of.member)
	if s.opts.RevokeRefreshEndsAccess {
		s.accesses.Revoke(r.Of.is)
	}
	return true
}

func (s *Server) revokeFamily(f *family) {
	s.book.Ungrant(f.member)
	s.accesses.Revoke(f.is)
	s.refreshes.Revoke(f.is)
}

func (f *family) is(other *family) bool { return f == other }
