package squaretest

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"github.com/grantway/grantway"
)

// exampleMerchant is the seller of a Grant that names none, and the first of
// Options.Sellers by default.
const exampleMerchant = "EXAMPLE-MERCHANT"

// Grant is what a seller agreed to on the consent page.
type Grant struct {
	// MerchantID is the seller, 8 to 191 characters at Square. Empty means
	// "EXAMPLE-MERCHANT".
	MerchantID string
	// Scopes are the permissions asked for. None means the four that Square
	// documents as its default.
	Scopes []string
	// RedirectURL is the redirect_uri of the authorization request; the
	// exchange must repeat it. Empty means that the request had none.
	RedirectURL string
	// CodeChallenge makes it the PKCE flow: the S256 challenge, which is the
	// unpadded base64url of the verifier's SHA-256.
	CodeChallenge string
}

type code struct {
	Grant
	expires time.Time
}

type access struct {
	merchant string
	scopes   []string
	expires  time.Time // zero: never
	revoked  bool
	personal bool // made in the dashboard, not by an authorization
	legacy   bool // from before 2019-03-13
	short    bool
}

type refresh struct {
	merchant string
	scopes   []string
	pkce     bool
	expires  time.Time // zero: never
	spent    bool
	dead     bool // revoked
}

// over reports whether a life has ended; its last moment is not part of it.
func over(expires, now time.Time) bool { return !expires.IsZero() && !now.Before(expires) }

// IssueCode does what the consent page does when the seller agrees: asked for
// the same scopes again, the page sends the seller on at once. The code is good
// once, for CodeLifetime. For the PKCE flow, put the verifier into what comes
// back; a test of another client takes Code.Reveal().
func (s *Server) IssueCode(g Grant) grantway.AuthorizationCode {
	g = g.complete()
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.names.Next("code")
	s.codes[name] = &code{Grant: g, expires: s.engine.Now().Add(CodeLifetime)}
	if s.grants[g.MerchantID] == nil {
		s.grants[g.MerchantID] = map[string]bool{}
	}
	for _, scope := range g.Scopes {
		s.grants[g.MerchantID][scope] = true
	}
	return grantway.AuthorizationCode{Code: grantway.NewSecret(name), RedirectURL: g.RedirectURL}
}

func (g Grant) complete() Grant {
	if g.MerchantID == "" {
		g.MerchantID = exampleMerchant
	}
	if len(g.Scopes) == 0 {
		g.Scopes = []string{"MERCHANT_PROFILE_READ", "PAYMENTS_READ", "SETTLEMENTS_READ", "BANK_ACCOUNTS_READ"}
	}
	g.Scopes = slices.Clone(g.Scopes)
	return g
}

// IssuePersonalAccessToken makes a token as the developer dashboard does: it
// never expires and has no refresh token (documented). Of g, the merchant and
// the scopes count.
func (s *Server) IssuePersonalAccessToken(g Grant) grantway.Secret {
	return s.issue("personal", g, access{personal: true})
}

// IssueLegacyToken makes an access token as Square did before 2019-03-13: it
// can be migrated and, with Options.RenewEnabled, renewed, but not refreshed.
// Of g, the merchant and the scopes count.
func (s *Server) IssueLegacyToken(g Grant) grantway.Secret {
	return s.issue("legacy", g, access{legacy: true, expires: s.ends(AccessLifetime)})
}

func (s *Server) issue(kind string, g Grant, a access) grantway.Secret {
	g = g.complete()
	a.merchant, a.scopes = g.MerchantID, g.Scopes
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.names.Next(kind)
	s.accesses[name] = &a
	return grantway.NewSecret(name)
}

// ends is a moment from now, in whole seconds as it goes over the wire.
func (s *Server) ends(lifetime time.Duration) time.Time {
	return s.engine.Now().Add(lifetime).Truncate(time.Second)
}

// Live reports whether the fake takes the access token now. With it, a test's
// own API can check what it is sent.
func (s *Server) Live(accessToken grantway.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live(accessToken.Reveal()) != nil
}

func (s *Server) live(name string) *access {
	a := s.accesses[name]
	if a == nil || a.revoked || over(a.expires, s.engine.Now()) {
		return nil
	}
	return a
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

// NarrowScopes leaves a refresh token with these scopes only: access tokens
// issued from it later have no others. It reports whether the fake knows the
// token.
func (s *Server) NarrowScopes(refreshToken grantway.Secret, scopes ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.refreshes[refreshToken.Reveal()]
	if r != nil {
		r.scopes = slices.Clone(scopes)
	}
	return r != nil
}

// RevokeAccessToken revokes one access token and nothing else, behind the
// application's back. It reports whether the fake knows the token.
func (s *Server) RevokeAccessToken(token grantway.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accesses[token.Reveal()]
	if a != nil {
		a.revoked = true
	}
	return a != nil
}

// RevokeMerchant does what the seller does by disconnecting the application:
// every code and token that it holds for the merchant ends, personal access
// tokens apart, and the consent page asks again.
func (s *Server) RevokeMerchant(merchantID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revokeMerchant(merchantID)
}

// revokeMerchant reports whether there was anything to revoke.
func (s *Server) revokeMerchant(merchant string) (found bool) {
	delete(s.grants, merchant)
	for name, c := range s.codes {
		if c.MerchantID == merchant {
			delete(s.codes, name)
			found = true
		}
	}
	for _, a := range s.accesses {
		if a.merchant == merchant && !a.personal && !a.revoked {
			a.revoked, found = true, true
		}
	}
	for _, r := range s.refreshes {
		if r.merchant == merchant && !r.dead {
			r.dead, found = true, found || !r.spent
		}
	}
	return found
}

// challengeOf is the S256 transformation (RFC 7636 section 4.2).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
