package fakeauth

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

// Accent is the one colour that a fake's pages have of their own.
type Accent uint8

// The accents.
const (
	Teal Accent = iota
	Plum
)

// accents are on a light and on a dark ground. What stands on them is white on
// the first, near black on the second.
var accents = map[Accent]struct{ light, dark string }{
	Teal: {"#0b6b5d", "#5ed3bf"},
	Plum: {"#7a3b8f", "#d7a3e8"},
}

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string

	pageTemplate = template.Must(template.New("page").Parse(pageHTML))
)

// pages writes the pages: one layout, one style, no script, nothing from
// outside.
type pages struct {
	fake  string
	cfg   ConsentConfig
	style string
	csp   string
}

// view is what the template takes. What a page has not is empty.
type view struct {
	Fake, Provider, Kind string
	Style                template.CSS
	Title, Text          string

	Ask          Ask
	Host         string // that the answer goes to
	Action, Form string // where the form goes, and its token
	Users        []string
	User         string
}

func newPages(fake string, cfg ConsentConfig) *pages {
	style := strings.NewReplacer("ACCENT-LIGHT", accents[cfg.Accent].light, "ACCENT-DARK", accents[cfg.Accent].dark).Replace(pageCSS)
	sum := sha256.Sum256([]byte(style))
	return &pages{
		fake:  fake,
		cfg:   cfg,
		style: style,
		// Without form-action: Chromium holds it against every redirect that a
		// form leads to, and where the application sends its user after the
		// callback is not for a fake to forbid.
		csp: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; base-uri 'none'; frame-ancestors 'none'",
	}
}

func (p *pages) login(ask Ask, action, form string) Answer {
	return p.write(http.StatusOK, view{
		Title:  "Log in",
		Ask:    ask,
		Action: action,
		Form:   form,
		Users:  p.cfg.Users,
	})
}

func (p *pages) consent(ask Ask, user, action, form string) Answer {
	return p.write(http.StatusOK, view{
		Title:  "Allow access for " + ask.Application + "?",
		Ask:    ask,
		Action: action,
		Form:   form,
		User:   user,
	})
}

func (p *pages) refused(why string) Answer {
	return p.write(http.StatusBadRequest, view{Title: "This request cannot go on", Text: why})
}

func (p *pages) startAgain() Answer {
	return p.write(http.StatusBadRequest, view{
		Title: "Please start again",
		Text:  p.fake + ": this page was used before, or shown to another browser or another " + p.cfg.Kind + ". Go back to the application and start again.",
	})
}

func (p *pages) write(status int, v view) Answer {
	v.Fake, v.Provider, v.Kind, v.Style = p.fake, p.cfg.Provider, p.cfg.Kind, template.CSS(p.style)
	if u, err := url.Parse(v.Ask.Redirect); err == nil {
		v.Host = u.Host
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		return Text(http.StatusInternalServerError, fmt.Sprintf("%s: %v", p.fake, err))
	}
	a := p.guard(answer(status, "text/html; charset=utf-8", b.Bytes()))
	return a.WithHeader("Content-Security-Policy", p.csp).WithHeader("X-Frame-Options", "DENY")
}

// redirect answers 303, so that a form is not sent on (RFC 9700 section 4.12).
func (p *pages) redirect(location string) Answer {
	a := Answer{Status: http.StatusSeeOther, Header: http.Header{"Cache-Control": {"no-store"}}}
	return p.guard(a).WithHeader("Location", location)
}

func (p *pages) guard(a Answer) Answer {
	return a.WithHeader("Referrer-Policy", "no-referrer").WithHeader("X-Content-Type-Options", "nosniff")
}
