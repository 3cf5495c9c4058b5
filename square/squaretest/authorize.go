package squaretest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/grantway/grantway/internal/fakeauth"
	"github.com/grantway/grantway/square"
)

// newConsent makes the page that Square shows at GET /oauth2/authorize.
func (s *Server) newConsent() (*fakeauth.Consent, error) {
	registered := s.opts.RedirectURL
	if s.opts.DynamicLocalhost {
		if !strings.HasPrefix(registered, dynamicLocalhost) {
			return nil, fmt.Errorf("Options.RedirectURL does not begin with %s, as DynamicLocalhost has it", dynamicLocalhost)
		}
		registered = strings.Replace(registered, anyPort, ":1", 1)
	}
	return fakeauth.NewConsent(s.book, fakeauth.ConsentConfig{
		Provider:    "Square",
		Accent:      fakeauth.Teal,
		Path:        "/oauth2/authorize",
		Kind:        "seller",
		Users:       s.opts.Sellers,
		RedirectURL: registered,
		Read:        s.ask,
	})
}

// locales are all that Square documents; any other one is ignored.
var locales = []string{"en-IE", "en-US", "en-CA", "es-US", "fr-CA", "ja-JP"}

// ask reads the query of an authorization request. Parameters that Square does
// not document are ignored, as Square was seen to do, but for two that mean
// the same to every server: response_type and code_challenge_method.
func (s *Server) ask(p map[string]string) (ask fakeauth.Ask, why string) {
	scopes, ok := fakeauth.Scopes(p["scope"])
	switch {
	case p["client_id"] == "":
		return ask, ours + "client_id is missing"
	case !s.knows(p["client_id"]):
		return ask, ours + "client_id is not that of the application in this environment"
	}
	given, redirect := p["redirect_uri"], s.opts.RedirectURL
	switch {
	case s.opts.DynamicLocalhost && !isDynamic(redirect, given):
		return ask, ours + "redirect_uri is not the registered one with a port of localhost in place of <port>"
	case s.opts.DynamicLocalhost && p["code_challenge"] == "":
		return ask, ours + "a dynamic port of localhost goes with the PKCE flow only"
	case s.opts.DynamicLocalhost:
		redirect = given
	case given != "":
		if !fakeauth.SameRedirect(redirect, given, s.opts.AnyLoopbackPort) {
			if s.opts.Environment == square.Production && !strings.HasPrefix(given, "https://") {
				return ask, ours + "redirect_uri is not the registered one; in production it has to begin with https://"
			}
			return ask, ours + "redirect_uri is not the registered one"
		}
		redirect = given
	}
	challenge, method := p["code_challenge"], p["code_challenge_method"]
	switch {
	case p["response_type"] != "" && p["response_type"] != "code":
		return ask, ours + "response_type is not code"
	case !ok:
		return ask, ours + "scope has a character that no scope has (RFC 6749 section 3.3)"
	case utf8.RuneCountInString(p["state"]) > 2048:
		return ask, ours + "state is longer than 2048 characters"
	case method != "" && method != "S256":
		return ask, ours + "code_challenge_method is not S256"
	case challenge != "" && !fakeauth.IsChallenge(challenge):
		return ask, ours + "code_challenge is not 43 characters of base64url, the S256 of a verifier"
	}
	grant := Grant{Scopes: scopes, RedirectURL: given, CodeChallenge: challenge}.complete()
	ask = fakeauth.Ask{
		Application: s.opts.ApplicationName,
		Redirect:    redirect,
		FreshLogin:  s.opts.Environment == square.Production && strings.EqualFold(p["session"], "false"),
		Granted:     func(seller string) bool { return s.book.Granted(seller, grant.Scopes) },
		Allow: func(seller string) url.Values {
			grant.MerchantID = seller
			return url.Values{"code": {s.issueCode(grant)}, "response_type": {"code"}}
		},
		Denied: url.Values{"error": {"access_denied"}, "error_description": {"user_denied"}},
	}
	for _, name := range grant.Scopes {
		ask.Scopes = append(ask.Scopes, fakeauth.Scope{Name: name, About: about(name)})
	}
	if slices.Contains(locales, p["locale"]) {
		ask.Note = "Locale asked for: " + p["locale"] + ". This page is in English all the same."
	}
	return ask, ""
}

const (
	anyPort          = ":<port>"
	dynamicLocalhost = "http://localhost" + anyPort
)

// isDynamic reports whether given is registered with a port in place of
// "<port>".
func isDynamic(registered, given string) bool {
	_, rest, _ := strings.Cut(registered, anyPort)
	port, ok := strings.CutPrefix(given, "http://localhost:")
	port, tail := strings.CutSuffix(port, rest)
	n, err := strconv.ParseUint(port, 10, 16)
	return ok && tail && err == nil && n > 0 && strconv.FormatUint(n, 10) == port
}
