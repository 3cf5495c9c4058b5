package httpx

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/grantway/grantway"
)

const (
	acceptJSON  = "application/json"
	mostHeaders = 5 // that a request of ours has
)

// Request is what a call sends beside what its Op says.
type Request struct {
	// Path is the path of an operation that has parameters in it, escaped;
	// empty stands for that of the Op.
	Path string
	// Query is encoded.
	Query string
	// Body is of the Op's content type; empty sends none.
	Body []byte
	// Authorization is a whole header value; the zero value sends none.
	Authorization grantway.Secret
	// Header and Value are one header more, if Value is set. The name is in
	// the canonical form of net/http.
	Header, Value string
}

// outgoing is all that one attempt needs until its answer is read, in one piece
// because the number of allocations is a good part of what a call costs.
type outgoing struct {
	given  *http.Request // of a direct call; what is not given is made of the rest
	method string
	header http.Header
	url    url.URL
	body   bytes.Reader
	size   int                 // of the body
	values [mostHeaders]string // of the header

	// What is going on: a transport may report nothing of it, which leaves a
	// request at "may have been sent".
	asked, connected atomic.Bool // for a connection, and got one
	lastLimit        atomic.Bool // it is the call's deadline that comes next
	cancel           context.CancelCauseFunc
	trace            httptrace.ClientTrace
}

// build makes a request without parsing anything: the base was checked in New
// and Op.Path is the spec's own. Without GetBody neither a 307 nor the
// transport itself can send the body a second time; whoever may try again
// builds again.
func (c *Client) build(op *Op, r *Request) *outgoing {
	out := &outgoing{method: op.Method, url: c.target(op, r), header: make(http.Header, mostHeaders)}
	set := out.values[:0]
	header := func(name, value string) {
		if value != "" {
			set = append(set, value)
			out.header[name] = set[len(set)-1 : len(set) : len(set)]
		}
	}
	header("Accept", acceptJSON)
	header("User-Agent", c.userAgent)
	header("Authorization", r.Authorization.Reveal())
	header(r.Header, r.Value)
	if len(r.Body) > 0 {
		header("Content-Type", op.ContentType)
		out.body.Reset(r.Body)
		out.size = len(r.Body)
	}
	return out
}

// request is what goes to the transport, with the trace that notes how far it
// gets. It exists with its context only: net/http copies a request to give it
// another.
func (o *outgoing) request(ctx context.Context) *http.Request {
	o.trace.GetConn = func(string) { o.asked.Store(true) }
	o.trace.GotConn = func(httptrace.GotConnInfo) { o.connected.Store(true) }
	ctx = httptrace.WithClientTrace(ctx, &o.trace)
	if o.given != nil {
		return o.given.WithContext(ctx)
	}
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

// target is the URL of a call.
func (c *Client) target(op *Op, r *Request) url.URL {
	if r.Path != "" {
		if u, err := c.base.Parse("." + r.Path); err == nil {
			u.RawQuery = r.Query
			return *u
		}
		return url.URL{} // of no origin, which send refuses
	}
	u := *c.base
	u.Path = strings.TrimSuffix(u.Path, "/") + op.Path
	if u.RawPath != "" {
		u.RawPath = strings.TrimSuffix(u.RawPath, "/") + op.Path
	}
	u.RawQuery = r.Query
	return u
}

// target is where the request goes.
func (o *outgoing) target() *url.URL {
	if o.given != nil {
		return o.given.URL
	}
	return &o.url
}

// expire ends the call with the limit that has been reached.
func (o *outgoing) expire() {
	if o.lastLimit.Load() {
		o.cancel(errTotal)
	} else {
		o.cancel(errNoFirstByte)
	}
}

// read reports whether the transport took anything of the body.
func (o *outgoing) read() bool { return o.body.Len() < o.size }

func (o *outgoing) notSent() bool { return o.asked.Load() && !o.connected.Load() }
