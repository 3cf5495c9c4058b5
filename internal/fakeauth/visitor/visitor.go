// Package visitor is a user with a browser, for tests of the fakes' consent
// pages: it keeps cookies, presses buttons and follows redirects until one
// leads to another host. It reads the pages that internal/fakeauth writes and
// no others, runs no script and checks no policy of a page; what a browser
// makes of those is tested with a real one.
package visitor

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// Visitor is one browser.
type Visitor struct {
	t      testing.TB
	client *http.Client
}

// Page is what a visit led to.
type Page struct {
	Status int
	Header http.Header
	Body   string
	// Left is the URL of another host that the page redirects to; empty if it
	// does not.
	Left string

	base *url.URL
}

// New makes a browser without cookies. The transport may be nil.
func New(t testing.TB, transport http.RoundTripper) *Visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	stay := func(next *http.Request, before []*http.Request) error {
		if next.URL.Host != before[0].URL.Host {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return &Visitor{t, &http.Client{Transport: transport, Jar: jar, CheckRedirect: stay}}
}

// Open goes to a URL.
func (v *Visitor) Open(url string) Page {
	v.t.Helper()
	return v.visit("GET", url, nil)
}

// Post sends a form to a URL, from nowhere.
func (v *Visitor) Post(url string, form url.Values) Page {
	v.t.Helper()
	return v.visit("POST", url, form)
}

// Press presses the button of a page with that value.
func (v *Visitor) Press(p Page, value string) Page {
	v.t.Helper()
	action, form := v.Form(p, value)
	return v.visit("POST", action, form)
}

var (
	action = regexp.MustCompile(`<form method="post" action="([^"]*)">`)
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	button = regexp.MustCompile(`<button[^>]* name="([^"]*)" value="([^"]*)">`)
)

// Form is what pressing the button would send, and where to.
func (v *Visitor) Form(p Page, value string) (string, url.Values) {
	v.t.Helper()
	to, token := action.FindStringSubmatch(p.Body), hidden.FindStringSubmatch(p.Body)
	for _, b := range button.FindAllStringSubmatch(p.Body, -1) {
		if html.UnescapeString(b[2]) == value && to != nil && token != nil {
			at, err := p.base.Parse(html.UnescapeString(to[1]))
			if err != nil {
				v.t.Fatal(err)
			}
			return at.String(), url.Values{token[1]: {token[2]}, b[1]: {value}}
		}
	}
	v.t.Fatalf("%d: no button %q in\n%s", p.Status, value, p.Body)
	return "", nil
}

// Buttons are the values of a page's buttons, in order.
func (p Page) Buttons() (values []string) {
	for _, b := range button.FindAllStringSubmatch(p.Body, -1) {
		values = append(values, html.UnescapeString(b[2]))
	}
	return values
}

func (v *Visitor) visit(method, to string, form url.Values) Page {
	v.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, to, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return Page{Status: resp.StatusCode, Header: resp.Header, Body: string(body), Left: resp.Header.Get("Location"), base: resp.Request.URL}
}
