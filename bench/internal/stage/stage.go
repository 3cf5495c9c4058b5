// Package stage is what the measured clients talk to: a token endpoint in
// memory, which costs one allocation a call, or the same answer over a
// loopback socket.
//
// It checks nothing of a request. That the clients all ask for the same is for
// tests to see, before anything is timed.
package stage

import (
	"io"
	"net/http"
	"strings"
)

// Memory is an http.RoundTripper without a socket. It reads the request's body
// to its end, as a transport does, and answers Status with Body.
//
// Every answer shares Header, so that making one costs no client anything: who
// changes it breaks the others' answers, which a test watches for.
type Memory struct {
	Status int
	Header http.Header
	Body   string
}

// Answer returns a Memory that answers 200 with a JSON body.
func Answer(body string) *Memory {
	return &Memory{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   body,
	}
}

// answer is a response and its body in one allocation.
type answer struct {
	http.Response
	body strings.Reader
}

func (a *answer) Read(p []byte) (int, error) { return a.body.Read(p) }
func (a *answer) Close() error               { return nil }

// RoundTrip answers.
func (m *Memory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
	}
	a := &answer{Response: http.Response{
		Status:        http.StatusText(m.Status),
		StatusCode:    m.Status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        m.Header,
		ContentLength: int64(len(m.Body)),
		Request:       r,
	}}
	a.body.Reset(m.Body)
	a.Response.Body = a
	return &a.Response, nil
}

// ServeHTTP answers over a socket.
func (m *Memory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", m.Header.Get("Content-Type"))
	w.WriteHeader(m.Status)
	_, _ = io.WriteString(w, m.Body)
}
