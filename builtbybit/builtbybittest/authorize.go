package builtbybittest

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/grantway/grantway/internal/fakeauth"
)

const authorizePath = "/account/external/authorize"

// ours marks a text that BuiltByBit is not known to write.
const ours = "builtbybittest: "

// newConsent makes the page that BuiltByBit shows at GET
// /account/external/authorize.
func (s *Server) newConsent() (*fakeauth.Consent, error) {
	if reason := fakeauth.CheckRedirect(s.opts.RedirectURL); reason != "" {
		return nil, fmt.Errorf("Options.RedirectURL %s", reason)
	}
	return fakeauth.NewConsent(fakeauth.ConsentConfig{
		Fake:     "builtbybittest",
		Provider: "BuiltByBit",
		Accent:   fakeauth.Plum,
		Path:     authorizePath,
		Kind:     "member",
		Users:    s.opts.Members,
		Read:     s.ask,
	})
}

// AuthorizeURL is the URL of the consent page, without a query: what stands
// for https://builtbybit.com/account/external/authorize. At BuiltByBit it is
// on another host than the endpoints; here it is on the same.
func (s *Server) AuthorizeURL() string { return s.URL() + authorizePath }

// Allow is the consent page without a browser: it returns the URL that the
// browser would be sent to if the first of Options.Members were logged in and
// allowed what the authorizeURL asks for. It sends no request. The error says
// what the page refuses.
func (s *Server) Allow(authorizeURL string) (callbackURL string, err error) {
	if callbackURL, err = s.consent.Allow(s.AuthorizeURL(), authorizeURL); err != nil {
		return "", fmt.Errorf("builtbybittest: %w", err)
	}
	return callbackURL, nil
}

// Deny is Allow for a member who denies. A member who is not asked, having
// granted these scopes before, cannot: that is an error too.
func (s *Server) Deny(authorizeURL string) (callbackURL string, err error) {
	if callbackURL, err = s.consent.Deny(s.AuthorizeURL(), authorizeURL); err != nil {
		return "", fmt.Errorf("builtbybittest: %w", err)
	}
	return callbackURL, nil
}

// ask reads the query of an authorization request. BuiltByBit documents none
// of its parameters; what is wanted is what RFC 6749 section 4.1.1 wants and
// the clients send that work. Anything else is ignored, code_challenge
// included: nothing says that BuiltByBit knows PKCE.
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
	ask = fakeauth.Ask{
		Application: s.opts.ProjectName,
		Redirect:    p["redirect_uri"],
		Granted:     func(member string) bool { return s.granted(member, scopes) },
		Allow: func(member string) url.Values {
			code := s.issueCode(Grant{Scopes: scopes, RedirectURL: p["redirect_uri"]}, member)
			return withState(p, "code", code.Code.Reveal())
		},
		Denied: withState(p, "error", "access_denied"),
	}
	for _, name := range scopes {
		ask.Scopes = append(ask.Scopes, fakeauth.Scope{Name: name})
	}
	return ask, ""
}

// withState is a parameter of the answer; state is echoed if there is one.
func withState(p map[string]string, name, value string) url.Values {
	v := url.Values{name: {value}}
	if p["state"] != "" {
		v.Set("state", p["state"])
	}
	return v
}

// granted reports whether the page is skipped, as Options.SkipGranted has it.
func (s *Server) granted(member string, scopes []string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opts.SkipGranted &&
		!slices.ContainsFunc(scopes, func(scope string) bool { return !s.grants[member][scope] })
}
