package builtbybittest

import (
	"slices"
	"time"

	"github.com/grantway/grantway"
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
}

type code struct {
	Grant
	member  string
	expires time.Time
}

// family is what one authorization led to.
type family struct {
	member string
	scopes []string
}

type access struct {
	family  *family
	expires time.Time
	revoked bool
}

type refresh struct {
	family  *family
	expires time.Time // zero: never
	spent   bool
	dead    bool // revoked
}

// over reports whether a life has ended; its last moment is not part of it.
func over(expires, now time.Time) bool { return !expires.IsZero() && !now.Before(expires) }

// IssueCode does what the consent page does when the member agrees. The code
// is good once, for Options.CodeLifetime. A test of another client takes
// Code.Reveal().
func (s *Server) IssueCode(g Grant) grantway.AuthorizationCode {
	return s.issueCode(g, s.opts.Members[0])
}

func (s *Server) issueCode(g Grant, member string) grantway.AuthorizationCode {
	if len(g.Scopes) == 0 {
		g.Scopes = []string{DefaultScope}
	}
	g.Scopes = slices.Clone(g.Scopes)
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.names.Next("code")
	s.codes[name] = &code{Grant: g, member: member, expires: s.engine.Now().Add(s.opts.CodeLifetime)}
	if s.grants[member] == nil {
		s.grants[member] = map[string]bool{}
	}
	for _, scope := range g.Scopes {
		s.grants[member][scope] = true
	}
	return grantway.AuthorizationCode{Code: grantway.NewSecret(name), RedirectURL: g.RedirectURL}
}

// Live reports whether the fake takes the access token now. With it, a test's
// own API can check what it is sent.
func (s *Server) Live(accessToken grantway.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accesses[accessToken.Reveal()]
	return a != nil && !a.revoked && !over(a.expires, s.engine.Now())
}

// ExpireAccessToken ends an access token's life now; nothing else changes. It
// reports whether the fake knows the token.
func (s *Server) ExpireAccessToken(token grantway.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accesses[token.Reveal()]
	if a != nil {
		a.expires = s.engine.Now()
	}
	return a != nil
}

// ExpireRefreshToken ends a refresh token's life now. It reports whether the
// fake knows the token.
func (s *Server) ExpireRefreshToken(token grantway.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.refreshes[token.Reveal()]
	if r != nil {
		r.expires = s.engine.Now()
	}
	return r != nil
}

// NarrowScopes leaves the authorization behind a refresh token with these
// scopes only: tokens issued later have no others. It reports whether the fake
// knows the token.
func (s *Server) NarrowScopes(refreshToken grantway.Secret, scopes ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.refreshes[refreshToken.Reveal()]
	if r != nil {
		r.family.scopes = slices.Clone(scopes)
	}
	return r != nil
}

// RevokeToken revokes an access or a refresh token behind the client's back,
// with the consequences that a revocation by the client has. It reports
// whether there was a live token to revoke.
func (s *Server) RevokeToken(token grantway.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revoke(token.Reveal())
}

func (s *Server) revoke(name string) bool {
	if a := s.accesses[name]; a != nil && !a.revoked {
		a.revoked = true
		return true
	}
	r := s.refreshes[name]
	if r == nil || r.dead || r.spent && over(r.expires, s.engine.Now()) {
		return false
	}
	r.dead = true
	delete(s.grants, r.family.member)
	if s.opts.RevokeRefreshEndsAccess {
		for _, a := range s.accesses {
			a.revoked = a.revoked || a.family == r.family
		}
	}
	return true
}

func (s *Server) revokeFamily(f *family) {
	delete(s.grants, f.member)
	for _, a := range s.accesses {
		a.revoked = a.revoked || a.family == f
	}
	for _, r := range s.refreshes {
		r.dead = r.dead || r.family == f
	}
}
