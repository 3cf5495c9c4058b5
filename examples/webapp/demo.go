package main

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// demo is what an app of yours has not: buttons that make a fake provider fail, so
// that a person sees what comes of it. newApp without one has none of this.
type demo struct {
	fakes []*demoFake
	now   func() time.Time
	later func(time.Duration)
}

// demoFake is one fake, and what stands between the app and it.
type demoFake struct {
	Path, Name string
	weather    weather
	revoke     func(t *grantway.Token)
}

// eightDays is later than the week after which Square wants a token refreshed.
const eightDays = 8 * 24 * time.Hour

// outages are the answers that come in place of the fake's, by the last part of
// their address.
var outages = map[string]*outage{
	"up":   nil,
	"503":  {http.StatusServiceUnavailable, "text/plain", "example: down for maintenance"},
	"page": {http.StatusForbidden, "text/html", "<!doctype html><title>Example gateway</title><h1>Forbidden</h1>"},
}

type outage struct {
	status      int
	contentType string
	body        string
}

// weather is a transport that answers itself while there is an outage.
type weather struct {
	next http.RoundTripper
	now  atomic.Pointer[outage]
}

func (w *weather) over(next http.RoundTripper) http.RoundTripper {
	w.next = next
	return w
}

// RoundTrip is for http.RoundTripper.
func (w *weather) RoundTrip(r *http.Request) (*http.Response, error) {
	o := w.now.Load()
	if o == nil {
		return w.next.RoundTrip(r)
	}
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return &http.Response{
		Status: http.StatusText(o.status), StatusCode: o.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {o.contentType}}, Body: io.NopCloser(strings.NewReader(o.body)),
		ContentLength: int64(len(o.body)), Request: r,
	}, nil
}

// Answers says how the fake answers now, for the page.
func (f *demoFake) Answers(name string) bool { return f.weather.now.Load() == outages[name] }

// Fakes are those of the page.
func (d *demo) Fakes() []*demoFake { return d.fakes }

// Clock is the time that the fakes and the app go by.
func (d *demo) Clock() string { return on(d.now()) }

// handle adds the buttons to the app's own. They are behind the same guard.
func (d *demo) handle(mux *http.ServeMux, connections []connection) {
	back := http.RedirectHandler("/", http.StatusSeeOther)
	mux.HandleFunc("POST /demo/later", func(w http.ResponseWriter, r *http.Request) {
		d.later(eightDays)
		back.ServeHTTP(w, r)
	})
	source := map[string]*tokens.Source{}
	for _, c := range connections {
		source[c.Path] = c.source
	}
	for _, f := range d.fakes {
		for name, o := range outages {
			mux.HandleFunc("POST /demo/"+f.Path+"/"+name, func(w http.ResponseWriter, r *http.Request) {
				f.weather.now.Store(o)
				back.ServeHTTP(w, r)
			})
		}
		mux.HandleFunc("POST /demo/"+f.Path+"/revoke", func(w http.ResponseWriter, r *http.Request) {
			if token, err := source[f.Path].TokenContext(r.Context()); err == nil {
				f.revoke(token)
			}
			back.ServeHTTP(w, r)
		})
	}
}
