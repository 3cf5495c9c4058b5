package squaretest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/grantway/grantway/internal/fakeauth"
	"github.com/grantway/grantway/square"
)

// obtainToken is POST /oauth2/token.
func (s *Server) obtainToken(c fakeauth.Call) fakeauth.Answer {
	secret := c.Text("client_secret")
	if c.Authorization() != "" && s.opts.RefuseAuthorizationHeader {
		if secret == "" && c.Text("code_verifier") == "" {
			return missing("client_secret")
		}
		return badAuthorizationHeader()
	}
	if !s.knows(c.Text("client_id")) || secret != "" && secret != s.secret {
		return notAuthorized()
	}
	if s.opts.BurnCodeOnSight {
		defer s.codes.Delete(c.Text("code"))
	}
	switch c.Text("grant_type") {
	case square.GrantAuthorizationCode:
		return s.exchange(c)
	case square.GrantRefreshToken:
		return s.refresh(c)
	case square.GrantMigrationToken:
		return s.migrate(c)
	}
	return badRequest("INVALID_VALUE", "the grant type is none of the three", "grant_type")
}

// knows reports whether id is the application, in its own environment.
func (s *Server) knows(id string) bool {
	foreign := "sandbox-"
	if s.opts.Environment == square.Sandbox {
		foreign = "sq0idp-"
	}
	return id == s.opts.ApplicationID && !strings.HasPrefix(id, foreign)
}

// exchange takes a code. One that is refused stays as it is; one that is
// accepted is spent.
func (s *Server) exchange(c fakeauth.Call) fakeauth.Answer {
	name, secret, verifier := c.Text("code"), c.Text("client_secret"), c.Text("code_verifier")
	switch {
	case name == "":
		return missing("code")
	case secret == "" && verifier == "":
		return missing("client_secret")
	case secret != "" && verifier != "":
		return badRequest("CONFLICTING_PARAMETERS", "a PKCE exchange has no secret", "client_secret")
	}
	code := s.codes.Live(name)
	if code == nil {
		return s.codeNotFound()
	}
	g := code.Of
	// A code that does not fit the rest is refused like one that is not there.
	pkce := g.CodeChallenge != ""
	if pkce != (verifier != "") || pkce && fakeauth.Challenge(verifier) != g.CodeChallenge {
		return s.codeNotFound()
	}
	switch given, want := c.Text("redirect_uri"), g.RedirectURL; {
	case given == "" && want != "":
		return missing("redirect_uri") // the body was recorded, its status not
	case given != "" && given != cmp.Or(want, s.opts.RedirectURL): // not needed, but not to be anything either
		return s.codeNotFound()
	}
	s.codes.Delete(name)
	r := refresh{merchant: g.MerchantID, scopes: g.Scopes, pkce: pkce, origin: name}
	return s.grant(c, r, s.newRefresh(c, r))()
}

// refresh takes a refresh token: in the code flow with the secret, and the
// token stays; in the PKCE flow without, and it is spent.
func (s *Server) refresh(c fakeauth.Call) fakeauth.Answer {
	name, secret := c.Text("refresh_token"), c.Text("client_secret")
	if name == "" {
		return missing("refresh_token")
	}
	t, repeat := s.refreshes.Redeem(name, s.opts.Reuse, s.revokeFamily)
	if t == nil {
		return invalidRefresh()
	}
	r := t.Of
	switch {
	case !r.pkce && secret == "":
		return missing("client_secret")
	case r.pkce && secret != "":
		return badRequest("CONFLICTING_PARAMETERS", "a refresh of the PKCE flow has no secret", "client_secret")
	}
	switch {
	case repeat:
		return t.Again()
	case s.omitsRefresh(c):
		s.extend(t, ShortAccessLifetime) // omitsRefresh is for short-lived tokens alone
		return s.grant(c, r, "")()
	case r.pkce || s.opts.RotateEveryRefresh:
		answer := s.grant(c, r, s.newRefresh(c, r))
		s.refreshes.Spend(t, s.opts.Reuse.Within, answer)
		return answer()
	}
	return s.grant(c, r, name)()
}

// migrate takes a legacy access token, any number of times while it lives
// (documented), and gives it a refresh token of the code flow.
func (s *Server) migrate(c fakeauth.Call) fakeauth.Answer {
	switch {
	case c.Text("migration_token") == "":
		return missing("migration_token")
	case c.Text("client_secret") == "":
		return missing("client_secret")
	}
	a := s.accesses.Live(c.Text("migration_token"))
	if a == nil || !a.Of.legacy {
		return unauthorized("UNAUTHORIZED", "the migration token is not a live legacy token")
	}
	r := refresh{merchant: a.Of.merchant, scopes: a.Of.scopes, origin: c.Text("migration_token")}
	return s.grant(c, r, s.newRefresh(c, r))()
}

// newRefresh issues a refresh token, or none if the answer has no place for it.
func (s *Server) newRefresh(c fakeauth.Call, r refresh) (name string) {
	if s.omitsRefresh(c) {
		return ""
	}
	expires := time.Time{}
	if r.pkce {
		expires = s.ends(RefreshLifetime)
	}
	return s.refreshes.Issue("refresh", r, expires)
}

func (s *Server) omitsRefresh(c fakeauth.Call) bool {
	return c.Flag("short_lived") && s.opts.OmitShortLivedRefresh
}

// grant issues the access token that goes with a refresh token. answer tells
// the application both; an empty refresh token is left out. use_jwt changes
// nothing: what such a token holds is not documented, and clients take tokens as
// opaque.
func (s *Server) grant(c fakeauth.Call, r refresh, refreshToken string) (answer func() fakeauth.Answer) {
	a, lifetime := access{merchant: r.merchant, scopes: r.scopes, origin: r.origin, short: c.Flag("short_lived")}, AccessLifetime
	if a.short {
		lifetime = ShortAccessLifetime
	}
	if wanted, narrowed := c.Texts("scopes"); narrowed {
		a.scopes = slices.DeleteFunc(slices.Clone(r.scopes), func(scope string) bool {
			return !slices.Contains(wanted, scope)
		})
	}
	members := s.issued("access", a, lifetime)
	members["short_lived"] = a.short
	if refreshToken != "" {
		members["refresh_token"] = refreshToken
		switch r := s.refreshes.Find(refreshToken); {
		case !r.Of.pkce:
			s.extend(r, lifetime)
		case !r.Expires.IsZero():
			members["refresh_token_expires_at"] = r.Expires.Format(time.RFC3339)
		}
	}
	return func() fakeauth.Answer { return fakeauth.JSON(200, members) }
}

// extend has a refresh token of the code flow live on beyond the access token
// that was issued with it, which no answer tells.
func (s *Server) extend(t *fakeauth.Token[refresh], lifetime time.Duration) {
	if t.Of.pkce || !s.opts.CodeRefreshEnds {
		return
	}
	if ends := s.ends(lifetime + CodeRefreshGrace); ends.After(t.Expires) {
		t.Expires = ends
	}
}

// issued issues an access token and returns what the answers of obtainToken and
// renewToken have in common.
func (s *Server) issued(kind string, a access, lifetime time.Duration) map[string]any {
	expires := s.ends(lifetime)
	return map[string]any{
		"access_token": s.accesses.Issue(kind, a, expires),
		"token_type":   "bearer",
		"expires_at":   expires.Format(time.RFC3339),
		"merchant_id":  a.merchant,
	}
}
