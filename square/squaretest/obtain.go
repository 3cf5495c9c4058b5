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
	f, refused := parse(c.Body, obtainRules)
	if refused != nil {
		return *refused
	}
	for _, name := range [...]string{"client_id", "grant_type"} {
		if f.text[name] == "" {
			return missing(name)
		}
	}
	secret := f.text["client_secret"]
	if c.Authorization() != "" && s.opts.RefuseAuthorizationHeader {
		if secret == "" && f.text["code_verifier"] == "" {
			return missing("client_secret")
		}
		return badAuthorizationHeader()
	}
	if !s.knows(f.text["client_id"]) || secret != "" && secret != s.secret {
		return notAuthorized()
	}
	if s.opts.BurnCodeOnSight {
		defer s.codes.Delete(f.text["code"])
	}
	switch f.text["grant_type"] {
	case square.GrantAuthorizationCode:
		return s.exchange(f)
	case square.GrantRefreshToken:
		return s.refresh(f)
	case square.GrantMigrationToken:
		return s.migrate(f)
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
func (s *Server) exchange(f fields) fakeauth.Answer {
	name, secret, verifier := f.text["code"], f.text["client_secret"], f.text["code_verifier"]
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
	c := code.Of
	// A code that does not fit the rest is refused like one that is not there.
	pkce := c.CodeChallenge != ""
	if pkce != (verifier != "") || pkce && fakeauth.Challenge(verifier) != c.CodeChallenge {
		return s.codeNotFound()
	}
	switch given, want := f.text["redirect_uri"], c.RedirectURL; {
	case given == "" && want != "":
		return missing("redirect_uri") // the body was recorded, its status not
	case given != "" && given != cmp.Or(want, s.opts.RedirectURL): // not needed, but not to be anything either
		return s.codeNotFound()
	}
	s.codes.Delete(name)
	return s.grant(f, c.MerchantID, c.Scopes, s.newRefresh(c.MerchantID, c.Scopes, pkce))
}

// refresh takes a refresh token: in the code flow with the secret, and the
// token stays; in the PKCE flow without, and it is spent.
func (s *Server) refresh(f fields) fakeauth.Answer {
	name, secret := f.text["refresh_token"], f.text["client_secret"]
	if name == "" {
		return missing("refresh_token")
	}
	t := s.refreshes.Live(name)
	if t == nil {
		if old := s.refreshes.Find(name); old != nil && old.Spent && s.opts.ReuseRevokes {
			s.revokeMerchant(old.Of.merchant)
		}
		return invalidRefresh()
	}
	r := t.Of
	switch {
	case !r.pkce && secret == "":
		return missing("client_secret")
	case r.pkce && secret != "":
		return badRequest("CONFLICTING_PARAMETERS", "a refresh of the PKCE flow has no secret", "client_secret")
	}
	if (r.pkce || s.opts.RotateEveryRefresh) && !s.omitsRefresh(f) {
		s.refreshes.Spend(t, s.opts.ReuseGrace)
		name = s.newRefresh(r.merchant, r.scopes, r.pkce)
	}
	return s.grant(f, r.merchant, r.scopes, name)
}

// migrate takes a legacy access token, any number of times while it lives
// (documented), and gives it a refresh token of the code flow.
func (s *Server) migrate(f fields) fakeauth.Answer {
	switch {
	case f.text["migration_token"] == "":
		return missing("migration_token")
	case f.text["client_secret"] == "":
		return missing("client_secret")
	}
	a := s.accesses.Live(f.text["migration_token"])
	if a == nil || !a.Of.legacy {
		return unauthorized("UNAUTHORIZED", "the migration token is not a live legacy token")
	}
	return s.grant(f, a.Of.merchant, a.Of.scopes, s.newRefresh(a.Of.merchant, a.Of.scopes, false))
}

func (s *Server) newRefresh(merchant string, scopes []string, pkce bool) (name string) {
	expires := time.Time{}
	if pkce {
		expires = s.ends(RefreshLifetime)
	}
	return s.refreshes.Issue("refresh", refresh{merchant, scopes, pkce}, expires)
}

func (s *Server) omitsRefresh(f fields) bool {
	return f.flag["short_lived"] && s.opts.OmitShortLivedRefresh
}

// grant issues the access token. use_jwt changes nothing: what such a token
// holds is not documented, and clients take tokens as opaque.
func (s *Server) grant(f fields, merchant string, scopes []string, refreshToken string) fakeauth.Answer {
	a, lifetime := access{merchant: merchant, scopes: scopes, short: f.flag["short_lived"]}, AccessLifetime
	if a.short {
		lifetime = ShortAccessLifetime
	}
	if wanted, narrowed := f.texts["scopes"]; narrowed {
		a.scopes = slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool {
			return !slices.Contains(wanted, scope)
		})
	}
	answer := s.issued("access", a, lifetime)
	answer["short_lived"] = a.short
	if !s.omitsRefresh(f) {
		answer["refresh_token"] = refreshToken
	}
	switch r := s.refreshes.Find(refreshToken); {
	case !r.Of.pkce && s.opts.CodeRefreshEnds:
		if ends := s.ends(lifetime + CodeRefreshGrace); ends.After(r.Expires) {
			r.Expires = ends // which no answer tells
		}
	case !r.Expires.IsZero() && !s.omitsRefresh(f):
		answer["refresh_token_expires_at"] = r.Expires.Format(time.RFC3339)
	}
	return fakeauth.JSON(200, answer)
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
