// Package wiretest stands in for the network in this module's own tests: a
// transport that records what would have gone out and answers what the test
// says. It refuses nothing; the fakes of the providers do that.
package wiretest

import (
	"io"
	"net/http"
	"strings"
	"sync"
)

// Request is one request as the transport got it.
type Request struct {
	Method string
	// URL is the whole of it, with the query.
	URL    string
	Host   string
	Header http.Header
	Body   string
	// Replayable reports whether the body could be sent again (GetBody).
	Replayable bool
}

// Reply is a canned answer.
type Reply struct {
	Status int // 0 is 200
	// Type is the content type; empty is application/json, "-" none at all.
	Type   string
	Header map[string]string
	Body   string
}

// Transport is an http.RoundTripper. The zero value answers 200 and {}.
type Transport struct {
	// Answer gets each request in turn; nil answers Reply.
	Answer func(Request) (*http.Response, error)
	Reply  Reply

	mu  sync.Mutex
	got []Request
}

// RoundTrip records and answers.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	got := Request{
		Method: r.Method, URL: r.URL.String(), Host: r.Host,
		Header: r.Header.Clone(), Body: string(body), Replayable: r.GetBody != nil,
	}
	t.mu.Lock()
	t.got = append(t.got, got)
	t.mu.Unlock()
	if t.Answer != nil {
		return t.Answer(got)
	}
	return t.Reply.Response(), nil
}

// Requests returns what came so far.
func (t *Transport) Requests() []Request {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Request(nil), t.got...)
}

// Client returns an http.Client over t.
func (t *Transport) Client() *http.Client { return &http.Client{Transport: t} }

// Response makes a fresh response.
func (r Reply) Response() *http.Response {
	h := http.Header{}
	switch r.Type {
	case "":
		h.Set("Content-Type", "application/json")
	case "-":
	default:
		h.Set("Content-Type", r.Type)
	}
	for k, v := range r.Header {
		h.Set(k, v)
	}
	status := r.Status
	if status == 0 {
		status = http.StatusOK
	}
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(strings.NewReader(r.Body)), ContentLength: int64(len(r.Body)),
	}
}
