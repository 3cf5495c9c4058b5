package fakeauth

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// ConsentConfig is what the package on top says of its provider's authorize
// page.
type ConsentConfig struct {
	// Provider is whom the fake stands for.
	Provider string
	Accent   Accent
	// Path is that of the authorize page. The two forms post below it, such as
	// to Path/squaretest/login and Path/squaretest/decision.
	Path string
	// Kind is what the provider calls a user, such as "seller".
	Kind string
	// Users are those who can log in; the first is the one of Allow and Deny.
	Users []string
	// RedirectURL is the one that the application registered.
	RedirectURL string
	// Read checks the parameters of a request. A why that is not empty is
	// what the error page says.
	Read func(parameters map[string]string) (ask Ask, why string)
}

// Ask is an authorization request that the provider takes.
type Ask struct {
	Application string
	Scopes      []Scope
	// Redirect is where the answer goes.
	Redirect string
	// Note is a line for whoever tests, if it is not empty.
	Note string
	// FreshLogin asks who it is even of somebody who is logged in.
	FreshLogin bool
	// Granted reports whether the user is sent on without being asked; nil asks
	// always.
	Granted func(user string) bool
	// Allow issues the code and says which parameters take it back, besides
	// the state.
	Allow func(user string) url.Values
	// Denied are the parameters of a denial, besides the state.
	Denied url.Values

	state string // as the request has it; empty if it has none
}

// Scope is one of those asked for. About may be empty.
type Scope struct{ Name, About string }

// Consent is the pages on which a user logs in, without a password, and
// agrees. It remembers in a cookie who is logged in; each form is good once,
// in the browser that it was shown to. The lock of the Book guards it, and is
// held when the functions of an Ask are called.
type Consent struct {
	cfg    ConsentConfig
	book   *Book
	pages  *pages
	cookie string
	base   string // URL of the fake, set by Start

	sessions *Recent[string, *session]
	forms    *Recent[string, form]
}

// What the pages remember. A provider's own pages go stale as well; how long
// theirs take is not known.
const (
	maxPages   = 4096 // sessions, and forms
	maxQuery   = 32 << 10
	sessionAge = 30 * 24 * time.Hour // since it was last seen
	formAge    = 24 * time.Hour
)

type session struct {
	user  string // empty until somebody logs in
	fresh string // the query that the last login was for, until it is used
}

// form is a page that waits to be sent back.
type form struct {
	session *session
	query   string
	user    string // who is asked; empty on the login page
}

// NewConsent makes the pages of the fake whose book it is.
func NewConsent(book *Book, cfg ConsentConfig) (*Consent, error) {
	if reason := checkRedirect(cfg.RedirectURL); reason != "" {
		return nil, fmt.Errorf("%s: Options.RedirectURL %s", book.fake, reason)
	}
	for i, user := range cfg.Users {
		if user == "" || slices.Contains(cfg.Users[:i], user) {
			return nil, fmt.Errorf("%s: a %s has no name, or that of another", book.fake, cfg.Kind)
		}
	}
	return &Consent{
		cfg:   cfg,
		book:  book,
		pages: newPages(book.fake, cfg),
		// A browser keeps one set of cookies for all ports of a host: a name
		// of its own keeps two fakes from logging each other's users out.
		cookie:   book.fake + "_" + rand.Text()[:10],
		sessions: NewRecent[string, *session](book, maxPages, sessionAge),
		forms:    NewRecent[string, form](book, maxPages, formAge),
	}, nil
}

// routes are the page and what its forms are sent to.
func (c *Consent) routes() []Route {
	const posted = "application/x-www-form-urlencoded"
	return []Route{
		{Name: "authorize", Method: "GET", Path: c.cfg.Path, Query: true, Handle: c.authorize},
		{Name: "authorizeLogin", Method: "POST", Path: c.path("login"), ContentType: posted, Handle: c.login},
		{Name: "authorizeDecision", Method: "POST", Path: c.path("decision"), ContentType: posted, Handle: c.decide},
	}
}

func (c *Consent) path(form string) string { return c.cfg.Path + "/" + c.book.fake + "/" + form }

// read checks what holds for every provider: no parameter comes twice, and one
// without a value counts as left out (RFC 6749 section 3.1), which an empty
// text says as well.
func (c *Consent) read(query string) (ask Ask, why string) {
	if len(query) > maxQuery {
		return Ask{}, c.book.fake + ": the query is longer than 32 KiB"
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return Ask{}, c.book.fake + ": the query is not form-encoded"
	}
	parameters := map[string]string{}
	for name, v := range values {
		if len(v) > 1 {
			return Ask{}, c.book.fake + ": a parameter comes twice"
		}
		parameters[name] = v[0]
	}
	ask, why = c.cfg.Read(parameters)
	ask.state = parameters["state"]
	return ask, why
}

// authorize is the page: whoever is not logged in is asked who it is, whoever
// has agreed before is sent on, anybody else is asked to agree.
func (c *Consent) authorize(call Call) Answer {
	ask, why := c.read(call.RawQuery)
	if why != "" {
		return c.pages.refused(why)
	}
	id, s := c.session(call.Request)
	if s == nil {
		id, s = rand.Text(), &session{}
		c.sessions.Put(id, s)
	}
	var a Answer
	switch {
	case s.user == "" || ask.FreshLogin && s.fresh != call.RawQuery:
		a = c.pages.login(ask, c.path("login"), c.form(form{session: s, query: call.RawQuery}))
	case ask.granted(s.user):
		a = c.pages.redirect(ask.allowed(s.user))
	default:
		a = c.pages.consent(ask, s.user, c.path("decision"), c.form(form{s, call.RawQuery, s.user}))
	}
	s.fresh = ""
	cookie := http.Cookie{Name: c.cookie, Value: id, Path: c.cfg.Path, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	return a.WithHeader("Set-Cookie", cookie.String())
}

// login is what the login page is sent to.
func (c *Consent) login(call Call) Answer {
	f, sent := c.take(call.Request)
	if f.session == nil || f.user != "" || !slices.Contains(c.cfg.Users, sent["user"]) {
		return c.pages.startAgain()
	}
	f.session.user, f.session.fresh = sent["user"], f.query
	return c.pages.redirect(c.cfg.Path + "?" + f.query)
}

// decide is what the consent page is sent to.
func (c *Consent) decide(call Call) Answer {
	f, sent := c.take(call.Request)
	// Somebody else may have logged in meanwhile, on another page.
	if f.session == nil || f.user == "" || f.user != f.session.user {
		return c.pages.startAgain()
	}
	ask, why := c.read(f.query)
	switch {
	case why != "":
		return c.pages.refused(why)
	case sent["decision"] == "allow":
		return c.pages.redirect(ask.allowed(f.user))
	case sent["decision"] == "deny":
		return c.pages.redirect(ask.denied())
	case sent["decision"] == "switch":
		f.session.user = ""
		return c.pages.redirect(c.cfg.Path + "?" + f.query)
	}
	return c.pages.startAgain()
}

// session is that of the request's cookie, nil if it has none of ours. It is
// kept for longer now that it was seen.
func (c *Consent) session(req Request) (id string, s *session) {
	cookie, err := (&http.Request{Header: req.Header}).Cookie(c.cookie)
	if err != nil {
		return "", nil
	}
	s, ok := c.sessions.Get(cookie.Value)
	if ok {
		c.sessions.Put(cookie.Value, s)
	}
	return cookie.Value, s
}

// form remembers f and returns the token of it.
func (c *Consent) form(f form) string {
	token := rand.Text()
	c.forms.Put(token, f)
	return token
}

// take spends the token of a form. The form's session is nil if the token is
// unknown, spent or that of another browser.
func (c *Consent) take(req Request) (f form, sent map[string]string) {
	sent, err := Form(req.Body)
	if err != nil {
		return form{}, nil
	}
	f, _ = c.forms.Get(sent["form"])
	c.forms.Delete(sent["form"])
	if _, s := c.session(req); s == nil || s != f.session {
		return form{}, nil
	}
	return f, sent
}
