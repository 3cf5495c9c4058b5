package fakeauth

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// statusFault is an answer from in front of the provider. It has no slice, so
// that faults can be compared.
type statusFault struct {
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
	return statusFault{name: name, status: status, contentType: contentType, body: body}
}

// Redirect answers with a status such as 307 and a Location.
func Redirect(status int, location string) Fault {
	return statusFault{name: fmt.Sprintf("redirect %d to %s", status, location), status: status, header: "Location", values: location}
}

// RetryAfter answers with a status such as 429 or 503 and one Retry-After
// header for each value.
func RetryAfter(status int, values ...string) Fault {
	return statusFault{name: fmt.Sprintf("status %d with Retry-After %q", status, values), status: status,
		header: "Retry-After", values: strings.Join(values, "\n")}
}

func abridged(body string) string {
	if len(body) > 24 {
		return body[:24] + "…"
	}
	return body
}

func (f statusFault) String() string { return f.name }

func (f statusFault) check() error {
	if f.status < 200 || f.status > 999 {
		return fmt.Errorf("status %d cannot end a request", f.status)
	}
	return nil
}

func (f statusFault) serve(x *exchange) {
	if !x.swallow() {
		return
	}
	a := Answer{Status: f.status, Header: http.Header{"Cache-Control": {"no-store"}}, Body: []byte(f.body)}
	// An empty list of types keeps net/http from guessing one.
	a.Header["Content-Type"] = nil
	if f.contentType != "" {
		a.Header.Set("Content-Type", f.contentType)
	}
	if f.header != "" {
		a.Header[f.header] = strings.Split(f.values, "\n")
	}
	a.write(x.w)
}

// statusFaults are the part of the catalogue that is made of statuses.
func statusFaults() []Fault {
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
			{"text/html; charset=utf-8", page},
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
