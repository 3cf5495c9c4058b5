package httpx

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/grantway/grantway"
)

const (
	acceptJSON  = "application/json"
	mostHeaders = 5 // that a request of ours has
)

// Request is one request, before it is built.
type Request struct {
	Method string
	// Path is the operation's own, put behind the path of the base.
	Path string
	// Resolved, if it is not empty, replaces Path: it has parameters in it, is
	// escaped, and is resolved against the base.
	Resolved string
	// Query is encoded.
	Query string
	// ContentType is that of the body.
	ContentType string
	// Body is sent if it is not empty.
	Body []byte
	// Authorization is a whole header value; the zero value sends none.
	Authorization grantway.Secret
	// Headers and Header are others, each a name and a value. The names are in the
	// canonical form of net/http. One without a value is not sent.
	Headers [][2]string
	Header  [2]string
}

// Outgoing is all that one attempt needs until its answer is read, in one piece
// because the number of allocations is a good part of what a call costs.
type Outgoing struct {
	method string
	header http.Header
	url    url.URL
	body   bytes.Reader
	size   int                 // of the body
	values [mostHeaders]string // of the header

	call      context.Context // of the attempt; only for dials
	lastLimit atomic.Bool     // it is the call's deadline that comes next
	watch     watch
}

// Build makes a request without parsing anything: the base was checked before
// and Path is the spec's own. An Outgoing is sent once: whoever may try again
// builds again.
func (s *Sender) Build(r *Request) *Outgoing {
	out := &Outgoing{method: r.Method, url: s.locate(r), header: make(http.Header, mostHeaders)}
	set := out.values[:0]
	header := func(name, value string) {
		if value != "" {
			set = append(set, value)
			out.header[name] = set[len(set)-1 : len(set) : len(set)]
		}
	}
	header("Accept", acceptJSON)
	header("User-Agent", s.UserAgent)
	header("Authorization", r.Authorization.Reveal())
	for _, h := range r.Headers {
		header(h[0], h[1])
	}
	header(r.Header[0], r.Header[1])
	if len(r.Body) > 0 {
		header("Content-Type", r.ContentType)
		out.body.Reset(r.Body)
		out.size = len(r.Body)
	}
	return out
}

// request is what goes to the transport. It exists with its context only:
// net/http copies a request to give it another. Without GetBody neither a 307 nor the
// transport itself can send the body a second time.
func (o *Outgoing) request(ctx context.Context) *http.Request {
	req := http.Request{
		Method: o.method, URL: &o.url, Host: o.url.Host, Header: o.header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if o.body.Len() > 0 {
		// A NopCloser over a bytes.Reader is what net/http knows to be in
		// memory, and sends in one write with the header.
		req.Body = io.NopCloser(&o.body)
		req.ContentLength = int64(o.body.Len())
	}
	return req.WithContext(ctx)
}

// locate returns the URL of a request.
func (s *Sender) locate(r *Request) url.URL {
	if r.Resolved != "" {
		if u, err := s.Base.Parse("." + r.Resolved); err == nil {
			u.RawQuery = r.Query
			return *u
		}
		return url.URL{} // of no origin, which Send refuses
	}
	u := *s.Base
	u.Path = strings.TrimSuffix(u.Path, "/") + r.Path
	if u.RawPath != "" {
		u.RawPath = strings.TrimSuffix(u.RawPath, "/") + r.Path
	}
	u.RawQuery = r.Query
	return u
}

// expire ends the call with the limit that has been reached.
func (o *Outgoing) expire() {
	if o.lastLimit.Load() {
		o.watch.cancel(errTotal)
	} else {
		o.watch.cancel(errNoFirstByte)
	}
}

// read reports whether the transport took anything of the body.
func (o *Outgoing) read() bool { return o.body.Len() < o.size }
