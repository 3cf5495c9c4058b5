package squaretest

import (
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
	if c.Authorization() != "" && !s.opts.AllowAuthorizationHeader {
		// Square was seen to overlook a secret in the header. What else it
		// does with the header is not known.
		if secret == "" && f.text["code_verifier"] == "" {
			return missing("client_secret")
		}
		return badAuthorizationHeader()
	}
	if !s.knows(f.text["client_id"]) || secret != "" && secret != s.secret {
		return notAuthorized()
	}
	if s.opts.BurnCodeOnSight {
		defer delete(s.codes, f.text["code"])
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
	c := s.codes[name]
	if c == nil || over(c.expires, s.engine.Now()) {
		return s.codeNotFound()
	}
	// A code that does not fit the rest is refused like one that is not there.
	pkce := c.CodeChallenge != ""
	if pkce != (verifier != "") || pkce && challengeOf(verifier) != c.CodeChallenge {
		return s.codeNotFound()
	}
	want := c.RedirectURL
	if want == "" && f.text["redirect_uri"] != "" {
		want = s.opts.RedirectURL // not needed, but not to be anything either
	}
	if f.text["redirect_uri"] != want {
		return s.codeNotFound()
	}
	delete(s.codes, name)
	return s.grant(f, c.MerchantID, c.Scopes, s.newRefresh(c.MerchantID, c.Scopes, pkce))
}

// refresh takes a refresh token: in the code flow with the secret, and the
// token stays; in the PKCE flow without, and it is spent.
func (s *Server) refresh(f fields) fakeauth.Answer {
	name, secret := f.text["refresh_token"], f.text["client_secret"]
	if name == "" {
		return missing("refresh_token")
	}
	r := s.refreshes[name]
	switch {
	case r == nil || r.dead || over(r.expires, s.engine.Now()):
		if r != nil && r.spent && s.opts.ReuseRevokes {
			s.revokeMerchant(r.merchant)
		}
		return invalidRefresh()
	case !r.pkce && secret == "":
		return missing("client_secret")
	case r.pkce && secret != "":
		return badRequest("CONFLICTING_PARAMETERS", "a refresh of the PKCE flow has no secret", "client_secret")
	}
	if (r.pkce || s.opts.RotateEveryRefresh) && !s.omitsRefresh(f) {
		s.spend(r)
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
	a := s.live(f.text["migration_token"])
	if a == nil || !a.legacy {
		return unauthorized("UNAUTHORIZED", "the migration token is not a live legacy token")
	}
	return s.grant(f, a.merchant, a.scopes, s.newRefresh(a.merchant, a.scopes, false))
}

// spend ends a refresh token's life, at once unless there is a grace.
func (s *Server) spend(r *refresh) {
	until := s.engine.Now().Add(s.opts.ReuseGrace)
	if !r.spent && (r.expires.IsZero() || until.Before(r.expires)) {
		r.expires = until
	}
	r.spent = true
}

func (s *Server) newRefresh(merchant string, scopes []string, pkce bool) string {
	r := &refresh{merchant: merchant, scopes: scopes, pkce: pkce}
	if pkce {
		r.expires = s.ends(RefreshLifetime)
	}
	name := s.names.Next("refresh")
	s.refreshes[name] = r
	return name
}

func (s *Server) omitsRefresh(f fields) bool {
	return f.flag["short_lived"] && s.opts.OmitShortLivedRefresh
}

// grant issues the access token. use_jwt changes nothing: what such a token
// holds is not documented, and clients take tokens as opaque.
func (s *Server) grant(f fields, merchant string, scopes []string, refreshToken string) fakeauth.Answer {
	a := access{merchant: merchant, scopes: scopes, short: f.flag["short_lived"], expires: s.ends(AccessLifetime)}
	if a.short {
		a.expires = s.ends(ShortAccessLifetime)
	}
	if wanted, narrowed := f.texts["scopes"]; narrowed {
		a.scopes = slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool {
			return !slices.Contains(wanted, scope)
		})
	}
	name := s.names.Next("access")
	s.accesses[name] = &a
	answer := issued(name, &a)
	answer["short_lived"] = a.short
	if !s.omitsRefresh(f) {
		answer["refresh_token"] = refreshToken
		if r := s.refreshes[refreshToken]; !r.expires.IsZero() {
			answer["refresh_token_expires_at"] = r.expires.Format(time.RFC3339)
		}
	}
	return fakeauth.JSON(200, answer)
}

// issued is what the answers of obtainToken and renewToken have in common.
func issued(name string, a *access) map[string]any {
	return map[string]any{
		"access_token": name,
		"token_type":   "bearer",
		"expires_at":   a.expires.Format(time.RFC3339),
		"merchant_id":  a.merchant,
	}
}
