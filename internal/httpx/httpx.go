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
	"net/http/httptrace"
	"sync/atomic"
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

// Op is what the policy must know of an operation.
type Op struct {
	// Name is the spec's operationId.
	Name string
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
	base      string
	scheme    string
	host      string
	transport http.RoundTripper
	userAgent string
	timeout   time.Duration
	retries   int
	gate      gate
	logger    *slog.Logger
	now       func() time.Time
}

// Base is the server URL for the generated request builders, with a trailing
// slash.
func (c *Client) Base() string { return c.base }

// Send sends req and reads the whole answer: once, or, if the caller opted in
// and op is safe to repeat, until it succeeds, fails for good, or its time is
// up. Any status but a 2xx comes back as an *grantway.Error. Of secrets, none
// appears in what is kept of an answer.
func (c *Client) Send(ctx context.Context, op *Op, req *http.Request, secrets ...grantway.Secret) (*Response, error) {
	if ctx == nil {
		return nil, c.Invalid(op, "ctx", "is nil")
	}
	// Without GetBody neither a 307 nor the transport itself can send the
	// body a second time.
	getBody := req.GetBody
	req.GetBody = nil
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)

	deadline := time.Now().Add(c.timeout)
	if c.retries == 0 || !op.RetrySafe {
		resp, err := c.attempt(ctx, op, req, secrets, deadline, 1)
		if err != nil {
			return nil, err
		}
		return resp, nil
	}
	return c.repeat(ctx, op, req, getBody, secrets, deadline)
}

// attempt sends once and logs it.
func (c *Client) attempt(ctx context.Context, op *Op, req *http.Request, secrets []grantway.Secret, deadline time.Time, n int) (*Response, *grantway.Error) {
	began := time.Now()
	resp, err := c.send(ctx, op, req, secrets, deadline)
	if c.logger != nil {
		c.log(ctx, op, resp, err, time.Since(began), n)
	}
	return resp, err
}

var (
	errNoFirstByte = deadlineError("no answer within the time for the first byte")
	errTotal       = deadlineError("no complete answer within the time for a call")
)

func (c *Client) send(ctx context.Context, op *Op, req *http.Request, secrets []grantway.Secret, deadline time.Time) (*Response, *grantway.Error) {
	if err := ctx.Err(); err != nil {
		return nil, c.fail(op, grantway.KindNotSent, "", err)
	}
	// The builders join paths to the base; whatever they made of it, a
	// credential goes to the origin that was checked and to no other.
	if req.URL.Scheme != c.scheme || req.URL.Host != c.host || req.URL.User != nil {
		return nil, c.fail(op, grantway.KindNotSent, "the request would leave the provider's origin", nil)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	limit, cause := firstByteLimit, error(errNoFirstByte)
	if left := time.Until(deadline); left <= limit {
		limit, cause = left, errTotal
	}
	timer := time.AfterFunc(limit, func() { cancel(cause) })
	defer timer.Stop()

	var trace sentTrace
	resp, err := c.transport.RoundTrip(req.WithContext(trace.watch(ctx)))
	if err != nil {
		kind := grantway.KindAmbiguous
		if trace.notSent() || isDialError(err) {
			kind = grantway.KindNotSent
		}
		return nil, c.fail(op, kind, "", harmless(ctx, err))
	}
	defer resp.Body.Close()
	if timer.Stop() {
		timer = time.AfterFunc(time.Until(deadline), func() { cancel(errTotal) })
		defer timer.Stop()
	}

	if headerSize(resp.Header) > MaxHeader {
		return nil, c.answered(op, resp, grantway.KindMalformed, "headers larger than the bound", nil)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	switch {
	case len(body) > MaxBody:
		return nil, c.answered(op, resp, grantway.KindMalformed, "body larger than the bound", nil)
	case err != nil && resp.StatusCode/100 == 2:
		return nil, c.answered(op, resp, grantway.KindAmbiguous, "the answer broke off", harmless(ctx, err))
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

// sentTrace watches how far a request got. A transport that reports nothing
// leaves it at "may have been sent".
type sentTrace struct{ asked, connected atomic.Bool }

func (t *sentTrace) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { t.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { t.connected.Store(true) },
	})
}

func (t *sentTrace) notSent() bool { return t.asked.Load() && !t.connected.Load() }

func headerSize(h http.Header) int {
	n := 0
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	return n
}
