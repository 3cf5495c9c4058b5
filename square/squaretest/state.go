package squaretest

import (
	"slices"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/fakeauth"
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

type access struct {
	merchant string
	scopes   []string
	origin   string // the code or migration token that it came of, if any
	personal bool   // made in the dashboard, not by an authorization
	legacy   bool   // from before 2019-03-13
	short    bool
}

type refresh struct {
	merchant string
	scopes   []string
	pkce     bool
	origin   string // the code or migration token that it came of
}

// IssueCode does what the consent page does when the seller agrees: asked for
// the same scopes again, the page sends the seller on at once. The code is good
// once, for CodeLifetime. For the PKCE flow, put the verifier into what comes
// back; a test of another client takes Code.Reveal().
func (s *Server) IssueCode(g Grant) grantway.AuthorizationCode {
	s.book.Lock()
	defer s.book.Unlock()
	return grantway.AuthorizationCode{Code: grantway.NewSecret(s.issueCode(g.complete())), RedirectURL: g.RedirectURL, RequestedScopes: slices.Clone(g.Scopes)}
}

func (s *Server) issueCode(g Grant) string {
	s.book.Grant(g.MerchantID, g.Scopes)
	return s.codes.Issue("code", g, s.book.In(CodeLifetime))
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
	return s.issue("personal", g, access{personal: true}, time.Time{})
}

// IssueLegacyToken makes an access token as Square did before 2019-03-13: it
// can be migrated and, with Options.RenewEnabled, renewed, but not refreshed.
// Of g, the merchant and the scopes count.
func (s *Server) IssueLegacyToken(g Grant) grantway.Secret {
	return s.issue("legacy", g, access{legacy: true}, s.ends(AccessLifetime))
}

func (s *Server) issue(kind string, g Grant, a access, expires time.Time) grantway.Secret {
	g = g.complete()
	a.merchant, a.scopes = g.MerchantID, g.Scopes
	s.book.Lock()
	defer s.book.Unlock()
	return grantway.NewSecret(s.accesses.Issue(kind, a, expires))
}

// ends is a moment from now, in whole seconds as it goes over the wire.
func (s *Server) ends(lifetime time.Duration) time.Time {
	return s.book.In(lifetime).Truncate(time.Second)
}

// SetApplicationSecret replaces the application's secret, as the developer does in
// the dashboard: from now on no other is taken. Tokens stay as they are.
func (s *Server) SetApplicationSecret(secret grantway.Secret) {
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

// NarrowScopes leaves a refresh token with these scopes only: access tokens
// issued from it later have no others. It reports whether the fake knows the
// token.
func (s *Server) NarrowScopes(refreshToken grantway.Secret, scopes ...string) bool {
	return s.refreshes.Change(refreshToken, func(t *fakeauth.Token[refresh]) { t.Of.scopes = slices.Clone(scopes) })
}

// RevokeAccessToken revokes one access token and nothing else, behind the
// application's back. It reports whether the fake knows the token.
func (s *Server) RevokeAccessToken(token grantway.Secret) bool {
	return s.accesses.Change(token, s.accesses.End)
}

// RevokeMerchant does what the seller does by disconnecting the application:
// every code and token that it holds for the merchant ends, personal access
// tokens apart, and the consent page asks again.
func (s *Server) RevokeMerchant(merchantID string) {
	s.book.Locked(func() { s.revokeMerchant(merchantID) })
}

// revokeMerchant reports whether there was anything to revoke.
func (s *Server) revokeMerchant(merchant string) (found bool) {
	s.book.Ungrant(merchant)
	codes := s.codes.Revoke(func(g Grant) bool { return g.MerchantID == merchant })
	accesses := s.accesses.Revoke(func(a access) bool { return a.merchant == merchant && !a.personal })
	refreshes := s.refreshes.Revoke(func(r refresh) bool { return r.merchant == merchant })
	return codes || accesses || refreshes
}

// revokeFamily ends what came of the same authorization as r.
func (s *Server) revokeFamily(r refresh) {
	s.book.Ungrant(r.merchant)
	s.accesses.Revoke(func(a access) bool { return a.origin == r.origin })
	s.refreshes.Revoke(func(other refresh) bool { return other.origin == r.origin })
}
