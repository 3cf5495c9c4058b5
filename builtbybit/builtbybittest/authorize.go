package builtbybittest

import (
	"net/url"

	"github.com/grantway/grantway/internal/fakeauth"
)

// ours marks a text that BuiltByBit is not known to write.
const ours = "builtbybittest: "

// newConsent makes the page that BuiltByBit shows at GET
// /account/external/authorize.
func (s *Server) newConsent() (*fakeauth.Consent, error) {
	return fakeauth.NewConsent(s.book, fakeauth.ConsentConfig{
		Provider:    "BuiltByBit",
		Accent:      fakeauth.Plum,
		Path:        "/account/external/authorize",
		Kind:        "member",
		Users:       s.opts.Members,
		RedirectURL: s.opts.RedirectURL,
		Read:        s.ask,
	})
}

// ask reads the query of an authorization request. BuiltByBit documents none
// of its parameters; what is wanted is what RFC 6749 section 4.1.1 wants and
// the clients send that work. Anything else is ignored, code_challenge
// included unless Options.PKCE says otherwise.
func (s *Server) ask(p map[string]string) (ask fakeauth.Ask, why string) {
	scopes, ok := fakeauth.Scopes(p["scope"])
	switch {
	case p["client_id"] == "":
		return ask, ours + "client_id is missing"
	case p["client_id"] != s.opts.ClientID:
		return ask, ours + "client_id is not that of the client"
	case p["redirect_uri"] == "":
		return ask, ours + "redirect_uri is missing"
	case !fakeauth.SameRedirect(s.opts.RedirectURL, p["redirect_uri"], s.opts.AnyLoopbackPort):
		return ask, ours + "redirect_uri is not the registered one"
	case p["response_type"] == "":
		return ask, ours + "response_type is missing"
	case p["response_type"] != "code":
		return ask, ours + "response_type is not code"
	case len(scopes) == 0:
		return ask, "must request at least one scope" // observed
	case !ok:
		return ask, ours + "scope has a character that no scope has (RFC 6749 section 3.3)"
	}
	challenge := p["code_challenge"]
	if why := s.badChallenge(challenge, p["code_challenge_method"]); why != "" {
		return ask, why
	}
	ask = fakeauth.Ask{
		Application: s.opts.ProjectName,
		Redirect:    p["redirect_uri"],
		Granted:     func(member string) bool { return s.opts.SkipGranted && s.book.Granted(member, scopes) },
		Allow: func(member string) url.Values {
			grant := Grant{Scopes: scopes, RedirectURL: p["redirect_uri"], CodeChallenge: challenge}
			return url.Values{"code": {s.issueCode(grant, member)}}
		},
		Denied: url.Values{"error": {"access_denied"}},
	}
	for _, name := range scopes {
		ask.Scopes = append(ask.Scopes, fakeauth.Scope{Name: name})
	}
	return ask, ""
}
