package faults

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Answer is what Status, Redirect and RetryAfter make: an answer from in front
// of the provider. It is an http.Handler too, for a server that is no fake.
type Answer struct { // without a slice or a map, so that it compares with ==
	name        string
	status      int
	contentType string
	body        string
	header      string // one more header
	values      string // its values, one a line
}

// Status answers with a status of 200 to 999 and any body. An empty
// contentType sends none.
func Status(status int, contentType, body string) Fault {
	name := "status " + strconv.Itoa(status)
	if body != "" {
		name += " with " + contentType + " " + strconv.Quote(abridged(body))
	}
	return Answer{name: name, status: status, contentType: contentType, body: body}
}

// Redirect answers with a status such as 307 and a Location.
func Redirect(status int, location string) Fault {
	return Answer{name: fmt.Sprintf("redirect %d to %s", status, location), status: status, header: "Location", values: location}
}

// RetryAfter answers with a status such as 429 or 503 and one Retry-After
// header for each value. A value is in seconds or an HTTP date, if the provider
// keeps to RFC 9110 section 10.2.3.
func RetryAfter(status int, values ...string) Fault {
	return Answer{name: fmt.Sprintf("status %d with Retry-After %q", status, values), status: status,
		header: "Retry-After", values: strings.Join(values, "\n")}
}

func abridged(body string) string {
	if len(body) > 24 {
		return body[:24] + "…"
	}
	return body
}

// String is a name made of what the answer has.
func (f Answer) String() string { return f.name }

// Check refuses a status that cannot end a request.
func (f Answer) Check() error {
	if f.status < 200 || f.status > 999 {
		return fmt.Errorf("status %d cannot end a request", f.status)
	}
	return nil
}

// ServeHTTP sends the answer, whatever the request is. It panics if Check
// refuses the answer.
func (f Answer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h["Content-Type"] = nil // an empty list keeps net/http from guessing a type
	if f.contentType != "" {
		h.Set("Content-Type", f.contentType)
	}
	if f.header != "" {
		h[f.header] = strings.Split(f.values, "\n")
	}
	w.WriteHeader(f.status)
	_, _ = io.WriteString(w, f.body) // a client may go away
}

func (Answer) fault() {}

// gatewayPage is what a gateway says to a browser.
const gatewayPage = "<!doctype html><title>Example gateway</title><h1>Something went wrong</h1>"

// answers are the part of the catalogue that is made of statuses.
func answers() []Fault {
	var all []Fault
	for _, status := range []int{
		201, 204, 206, 301, 302, 303, 304, 307, 308,
		400, 401, 403, 404, 405, 408, 409, 413, 415, 421, 422, 425, 429, 451,
		500, 501, 502, 503, 504, 520, 524,
	} {
		for _, body := range []struct{ contentType, text string }{
			{"", ""},
			{"application/json", "{}"},
			{"application/json", "null"},
			{"application/json", "[]"},
			{"application/json", `{"error":"temporarily_unavailable","error_description":"example"}`},
			{"application/json", `{"error":"tempor`},
			{"text/plain; charset=utf-8", "example text"},
			{"text/html; charset=utf-8", gatewayPage},
		} {
			all = append(all, Status(status, body.contentType, body.text))
		}
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		all = append(all, Redirect(status, "http://127.0.0.1:1/elsewhere"))
	}
	for _, values := range [][]string{
		{"0"}, {"1"}, {"1500"}, {"1000000000"}, {"-1"}, {"NaN"}, {"1", "2"},
		{"Sun, 06 Nov 1994 08:49:37 GMT"}, {"Fri, 31 Dec 9999 23:59:59 GMT"},
	} {
		all = append(all, RetryAfter(http.StatusTooManyRequests, values...))
	}
	return all
}
