package login

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/grantway/grantway"
)

// page is one result page. Its texts are ours, and the provider's name: none
// of them is from a request.
type page struct {
	Status int
	Good   bool
	Title  string
	Text   string
	// Refresh is after how many seconds the browser asks again; empty for never.
	Refresh string
}

const style = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --text: #1b1f24; --quiet: #57606a; --line: #d8dde3; --good: #1a7f37; --bad: #b35900; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1217; --card: #181c23; --text: #e8ebef; --quiet: #9aa4b0; --line: #2b323c; --good: #3fb950; --bad: #e3a04f; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; }
main { width: 100%; max-width: 27rem; padding: 2.5rem 2rem; text-align: center; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; overflow-wrap: anywhere; }
h1 { margin: 1.25rem 0 .5rem; font-size: 1.375rem; line-height: 1.3; }
p { margin: 0; color: var(--quiet); }
.mark { display: inline-grid; place-items: center; width: 3.5rem; height: 3.5rem; border: 2px solid; border-radius: 50%; font-size: 1.5rem; font-weight: 600; color: var(--bad); }
.good .mark { color: var(--good); }
`

var layout = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>` + style + `</style>
</head>
<body>
<main{{if .Good}} class="good"{{end}}>
<div class="mark" aria-hidden="true">{{if .Good}}✓{{else}}!{{end}}</div>
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
</main>
</body>
</html>
`))
})

// policy allows the page's own style and nothing else: no script, no image, no
// frame, no form.
var policy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

// guard sets what every answer of this package carries. The address of a
// callback holds the code, and no answer may give it to anybody (RFC 9700
// section 4.2.4) or be kept.
func guard(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

func (p page) write(w http.ResponseWriter) {
	var b strings.Builder
	if err := layout().Execute(&b, p); err != nil {
		http.Error(w, p.Title, http.StatusInternalServerError)
		return
	}
	guard(w.Header())
	w.Header().Set("Content-Security-Policy", policy())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if p.Refresh != "" {
		w.Header().Set("Refresh", p.Refresh)
	}
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(p.Status)
	_, _ = w.Write([]byte(b.String())) // a browser that went away needs no page
}

// succeeded is the page for a sign-in that is done; next says what the user
// does now.
func succeeded(name, next string) page {
	return page{Status: http.StatusOK, Good: true, Title: "Signed in to " + name, Text: next}
}

// already is the page for a second callback of a sign-in that worked: a double
// click, or a reload.
func already(name, next string) page {
	return page{Status: http.StatusOK, Good: true, Title: "Already signed in to " + name, Text: "That is done already, and once is enough. " + next}
}

// underWay is the page for a second callback while the first one is at work.
// It looks again by itself; place is where else the user can look.
func underWay(name, place string) page {
	return page{Status: http.StatusAccepted, Title: "One moment", Refresh: "2",
		Text: "This sign-in to " + name + " is being completed. If this page stays, look in " + place + ": it may have worked already."}
}

// stray is the page for a request that is not the answer, while the sign-in
// goes on.
func stray(name string) page {
	return page{Status: http.StatusBadRequest, Title: "That was not the answer",
		Text: "This page belongs to no sign-in to " + name + " that is under way. If you are signing in, go on in the tab that the program opened."}
}

// strayDenial is stray for what may be a denial, whose provider has left out the
// state. Anybody can send that, so that it ends nothing.
func strayDenial(name string) page {
	p := stray(name)
	p.Text = "If you said no on the page of " + name + ", nothing was stored: close this tab and end the program with Ctrl-C. Otherwise go on in the tab that the program opened."
	return p
}

// failed is the page for err; again says how to begin again.
func failed(name string, err error, again string) page {
	p := page{Status: http.StatusBadGateway, Title: "Sign-in to " + name + " did not work", Text: name + " did not complete it. " + again}
	const over = "it was finished before, took too long, or began in another browser. "
	var e *grantway.Error
	switch {
	case errors.Is(err, ErrMaybeDenied):
		p.Status = http.StatusBadRequest
		p.Title, p.Text = "This sign-in is over", "If you said no on the page of "+name+", nothing was stored. Otherwise "+over+again
	case errors.Is(err, ErrNoSignIn):
		p.Status = http.StatusBadRequest
		p.Title, p.Text = "This sign-in is over", "I"+over[1:]+again
	case errors.Is(err, ErrFailedBefore):
		p.Status, p.Text = http.StatusBadRequest, "It was tried before, and did not work. "+again
	case !errors.As(err, &e):
		p.Status, p.Text = http.StatusInternalServerError, "Something went wrong on this side. "+again
	case e.Operation == "callback" && e.Kind == grantway.KindInvalid:
		p.Status = http.StatusBadRequest
		p.Title, p.Text = "This sign-in is over", "I"+over[1:]+again
	case e.Kind == grantway.KindInvalid, e.Operation == "callback" && e.Kind == grantway.KindStore:
		p.Status, p.Text = http.StatusInternalServerError, "Something went wrong on this side. "+again
	case e.Operation == "callback" && e.Kind == grantway.KindRejected:
		p.Status = http.StatusForbidden
		p.Title, p.Text = "Access was not granted", "You said no on the page of "+name+", and nothing was stored. "+again
	case e.Kind == grantway.KindUnavailable || e.Kind == grantway.KindThrottled || e.Kind == grantway.KindNotSent || e.Kind == grantway.KindAmbiguous:
		p.Status, p.Text = http.StatusBadGateway, name+" could not be reached or did not answer. "+again
	case e.Kind == grantway.KindStore || e.Kind == grantway.KindNotPersisted:
		p.Status, p.Text = http.StatusInternalServerError, "You are signed in, but that could not be stored. "+again
	}
	return p
}
