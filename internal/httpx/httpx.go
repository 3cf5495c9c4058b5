// Package httpx is the policy for every call that carries a credential: https
// or loopback only, one request on the wire, no redirect, a deadline that
// covers the body, bounded answers, and typed errors without the server's
// text.
//
// It refuses to send twice what spends a credential, to keep cookies, and to
// read anything from the environment except what the caller's own transport
// reads (its proxy).
package httpx

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/grantway/grantway"
)

const (
	// MaxBody bounds an answer, counted after decompression.
	MaxBody = 1 << 20
	// MaxHeader bounds the answer's headers.
	MaxHeader = 64 << 10

	maxTimeout     = 30 * time.Second
	firstByteLimit = 15 * time.Second
)

// Op is what the spec says of an operation and what the policy must know of it.
type Op struct {
	// Name is the spec's operationId.
	Name string
	// Method and Path are the spec's; a path with parameters is in
	// Request.Path.
	Method, Path string
	// ContentType is that of the request's body, if it has one.
	ContentType string
	// RetrySafe is the spec's x-retry: false where a call spends or changes a
	// credential, so that a gateway error leaves its outcome unknown.
	RetrySafe bool
	// Refine reads a provider's error body into e, which the status alone has
	// classified so far, and reports whether e.Code is one the provider is
	// known to send.
	Refine func(body []byte, e *grantway.Error) (known bool)
	// RetryAfter reads the header of that name; nil means ParseRetryAfter.
	RetryAfter func(value string, now time.Time) time.Duration
}

// Response is an answer with a 2xx status, read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	// At is when it had arrived, by the caller's clock, in UTC.
	At time.Time

	secrets []grantway.Secret // what the request carried and no error may repeat
}

// Client sends requests of one provider under the policy.
type Client struct {
	provider  string
	base      *url.URL // its path ends with a slash
	transport http.RoundTripper
	bound     bool // transport ends its connections with the call
	userAgent string
	timeout   time.Duration
	retries   int
	gate      gate
	logger    *slog.Logger
	now       func() time.Time
}

// Base is the server URL for the generated request builders, with a trailing
// slash.
func (c *Client) Base() string { return c.base.String() }

// Call makes a request and reads the whole answer: once, or, if the caller
// opted in and op is safe to repeat, until it succeeds, fails for good, or its
// time is up. Any status but a 2xx comes back as an *grantway.Error. Of
// secrets, none appears in what is kept of an answer.
func (c *Client) Call(ctx context.Context, op *Op, r *Request, secrets ...grantway.Secret) (*Response, error) {
	if ctx == nil {
		return nil, c.Invalid(op, "ctx", "is nil")
	}
	deadline := time.Now().Add(c.timeout)
	if c.retries > 0 && op.RetrySafe {
		return c.repeat(ctx, op, r, secrets, deadline)
	}
	resp, err := c.attempt(ctx, op, c.build(op, r), secrets, deadline, 1)
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// attempt sends once and logs it.
func (c *Client) attempt(ctx context.Context, op *Op, out *outgoing, secrets []grantway.Secret, deadline time.Time, n int) (*Response, *grantway.Error) {
	if c.logger == nil {
		return c.send(ctx, op, out, secrets, deadline)
	}
	began := time.Now()
	resp, err := c.send(ctx, op, out, secrets, deadline)
	c.log(ctx, op, resp, err, time.Since(began), n)
	return resp, err
}

var (
	errNoFirstByte = deadlineError("no answer within the time for the first byte")
	errTotal       = deadlineError("no complete answer within the time for a call")
)

func (c *Client) send(ctx context.Context, op *Op, out *outgoing, secrets []grantway.Secret, deadline time.Time) (*Response, *grantway.Error) {
	if err := ctx.Err(); err != nil {
		return nil, c.fail(op, grantway.KindNotSent, "", err)
	}
	// Whatever a builder made of the base and a path, a credential goes to the
	// origin that was checked and to no other.
	if u := out.target(); u == nil || u.Scheme != c.base.Scheme || u.Host != c.base.Host || u.User != nil {
		return nil, c.fail(op, grantway.KindNotSent, "the request would leave the provider's origin", nil)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out.cancel = cancel
	limit := firstByteLimit
	if left := time.Until(deadline); left <= limit {
		limit = left
		out.lastLimit.Store(true)
	}
	timer := time.AfterFunc(limit, out.expire)
	defer timer.Stop()

	if c.bound {
		ctx = context.WithValue(ctx, callKey{}, ctx)
	}
	resp, err := c.transport.RoundTrip(out.request(ctx))
	if err != nil {
		kind := grantway.KindAmbiguous
		if out.notSent() || isDialError(err) && !out.connected.Load() && !out.read() {
			kind = grantway.KindNotSent
		}
		return nil, c.fail(op, kind, "", harmless(ctx, err))
	}
	defer resp.Body.Close()
	if timer.Stop() {
		out.lastLimit.Store(true)
		timer.Reset(time.Until(deadline))
	}

	if headerSize(resp.Header) > MaxHeader {
		return nil, c.answered(op, resp, grantway.KindMalformed, "headers larger than the bound", nil)
	}
	body, err := readBounded(resp.Body, resp.ContentLength)
	switch {
	case len(body) > MaxBody:
		return nil, c.answered(op, resp, grantway.KindMalformed, "body larger than the bound", nil)
	case err != nil && resp.StatusCode/100 == 2:
		return nil, c.answered(op, resp, grantway.KindAmbiguous, "the answer broke off", harmless(ctx, err))
	case resp.StatusCode/100 == 2 && resp.StatusCode > http.StatusCreated:
		return nil, c.answered(op, resp, grantway.KindMalformed, "a success that no provider documents", nil)
	}
	// A refusal whose body broke off is still a refusal: its status tells.
	r := &Response{Status: resp.StatusCode, Header: resp.Header, Body: body, At: c.now().UTC(), secrets: secrets}
	if resp.StatusCode/100 != 2 {
		return nil, c.Refused(op, r)
	}
	return r, nil
}

// log writes one record; nothing in it comes from a header, body or query but
// the request id, which has been checked.
func (c *Client) log(ctx context.Context, op *Op, resp *Response, e *grantway.Error, took time.Duration, attempt int) {
	level, status, kind, id := slog.LevelDebug, 0, "ok", ""
	if e != nil {
		level, status, kind, id = slog.LevelWarn, e.Status, e.Kind.String(), e.RequestID
	} else {
		status = resp.Status
	}
	c.logger.LogAttrs(ctx, level, "grantway: call",
		slog.String("provider", c.provider),
		slog.String("operation", op.Name),
		slog.Int("status", status),
		slog.String("kind", kind),
		slog.String("request_id", id),
		slog.Duration("duration", took),
		slog.Int("attempt", attempt),
	)
}

// readBounded reads to the end, but no more than one byte beyond MaxBody. The
// size that the server announced is a hint for the first buffer and no more;
// each further one is twice as large, so that all of them together are at most
// twice the bound.
func readBounded(r io.Reader, announced int64) ([]byte, error) {
	first := int64(4 << 10)
	if announced >= 0 && announced < first {
		first = announced + 1 // one more, to find the end
	}
	b := make([]byte, 0, first)
	for {
		if len(b) == cap(b) {
			if len(b) > MaxBody {
				return b, nil
			}
			b = append(make([]byte, 0, min(2*cap(b), MaxBody+1)), b...)
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}

func headerSize(h http.Header) int {
	n := 0
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	return n
}
