package fakeauth

import (
	"fmt"
	"net/url"
	"strings"
)

// AuthorizeURL is the URL of the consent page, without a query: what stands for
// the page of the provider.
func (c *Consent) AuthorizeURL() string { return c.base + c.cfg.Path }

// Allow is the consent page without a browser: it returns the URL that the browser
// would be sent to if the first of the users in the Options were logged in and
// allowed what the authorizeURL asks for. It sends no request. The error says what
// the page refuses.
func (c *Consent) Allow(authorizeURL string) (callbackURL string, err error) {
	c.book.Lock()
	defer c.book.Unlock()
	ask, err := c.open(authorizeURL)
	if err != nil {
		return "", err
	}
	return ask.allowed(c.cfg.Users[0]), nil
}

// Deny is Allow for a user who denies. One who is not asked, having granted these
// scopes before, cannot: that is an error too.
func (c *Consent) Deny(authorizeURL string) (callbackURL string, err error) {
	c.book.Lock()
	defer c.book.Unlock()
	ask, err := c.open(authorizeURL)
	if err != nil {
		return "", err
	}
	if ask.granted(c.cfg.Users[0]) {
		return "", fmt.Errorf("%s: authorize: nothing to deny: the %s has granted these scopes before and is not asked", c.book.fake, c.cfg.Kind)
	}
	return ask.denied(), nil
}

// open reads the request in authorizeURL.
func (c *Consent) open(authorizeURL string) (Ask, error) {
	page, query, _ := strings.Cut(authorizeURL, "?")
	if page != c.AuthorizeURL() {
		return Ask{}, fmt.Errorf("%s: authorize: the URL is not that of this fake's page", c.book.fake)
	}
	ask, why := c.read(query)
	if why != "" {
		return Ask{}, fmt.Errorf("%s: authorize: %s", c.book.fake, strings.TrimPrefix(why, c.book.fake+": "))
	}
	return ask, nil
}

func (a Ask) granted(user string) bool { return a.Granted != nil && a.Granted(user) }

// allowed and denied are where the answer goes. The state is echoed if there is
// one (RFC 6749 section 4.1.2).
func (a Ask) allowed(user string) string { return back(a.Redirect, a.withState(a.Allow(user))) }

func (a Ask) denied() string { return back(a.Redirect, a.withState(a.Denied)) }

func (a Ask) withState(parameters url.Values) url.Values {
	if a.state != "" {
		parameters.Set("state", a.state)
	}
	return parameters
}
