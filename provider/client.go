package provider

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/address"
	"github.com/grantway/grantway/internal/httpx"
	"github.com/grantway/grantway/internal/limit"
)

const maxTimeout = 30 * time.Second

// The bounds of ClientConfig.RefreshesPerSecond: a refresh in a quarter of an
// hour, and more than anybody sends.
const (
	leastPerSecond = 0.001
	mostPerSecond  = 1e6
)

// Client sends the requests of one provider. It is safe for concurrent use.
type Client struct {
	provider string
	http     *httpx.Sender
	base     string // http.Base in words
	timeout  time.Duration
	retries  int
	gate     *gate
	limiter  *limit.Limiter
	logger   *slog.Logger
	now      func() time.Time
	// testClock is what the configuration has as Now; nil for none.
	testClock func() time.Time

	judgement Judgement
}

// New checks cfg and returns a Client for defaultBase, or for cfg.BaseURL if
// that is set. provider is the package's name, which every error carries. The
// errors of New are of grantway.KindInvalid and name the field.
func New(provider, defaultBase string, cfg grantway.ClientConfig) (*Client, error) {
	base := cfg.BaseURL
	if base == "" {
		base = defaultBase
	}
	u, reason := address.Base(base)
	if reason != "" {
		return nil, InvalidConfig(provider, "BaseURL", reason)
	}
	timeout := cfg.Timeout
	switch {
	case timeout < 0:
		return nil, InvalidConfig(provider, "Timeout", "is negative")
	case timeout > maxTimeout:
		return nil, InvalidConfig(provider, "Timeout", "is longer than 30 seconds")
	case timeout == 0:
		timeout = maxTimeout
	}
	if hc := cfg.HTTPClient; hc != nil && hc.Timeout > 0 {
		timeout = min(timeout, hc.Timeout)
	}
	userAgent := cmp.Or(cfg.UserAgent, defaultUserAgent)
	if !printable(userAgent) {
		return nil, InvalidConfig(provider, "UserAgent", "has a character that a header cannot carry")
	}
	if cfg.MaxRetries < 0 || cfg.MaxRetries > maxRetries {
		return nil, InvalidConfig(provider, "MaxRetries", "is not between 0 and 10")
	}
	atOnce, perSecond := cmp.Or(cfg.RefreshesAtOnce, limit.DefaultAtOnce), cmp.Or(cfg.RefreshesPerSecond, limit.DefaultPerSecond)
	if atOnce < 0 {
		return nil, InvalidConfig(provider, "RefreshesAtOnce", "is negative")
	}
	if !(perSecond >= leastPerSecond && perSecond <= mostPerSecond) { // NaN is neither
		return nil, InvalidConfig(provider, "RefreshesPerSecond", "is not between 0.001 and a million")
	}
	transport, bound, reason := httpx.NewTransport(cfg.HTTPClient)
	if reason != "" {
		return nil, InvalidConfig(provider, "HTTPClient", reason)
	}
	if cfg.WrapTransport != nil {
		if transport = cfg.WrapTransport(transport); transport == nil {
			return nil, InvalidConfig(provider, "WrapTransport", "returned nil")
		}
	}
	now := cfg.Now
	if now == nil {
		now = time.Now
	}
	u = u.JoinPath("/") // cleaned, so that a path can be put behind it
	return &Client{
		provider: provider,
		base:     u.String(),
		http: &httpx.Sender{
			Base:      u,
			Transport: transport,
			Bound:     bound,
			UserAgent: userAgent,
		},
		gate:    &gate{},
		limiter: limit.New(atOnce, perSecond),
		timeout: timeout,
		retries: cfg.MaxRetries,
		logger:  cfg.Logger,
		now:     now,

		testClock: cfg.Now,
	}, nil
}

// BaseURL is the server's URL, with a trailing slash.
func (c *Client) BaseURL() string { return c.base }

// RefreshLimiter brakes the refreshes of the client's token sources. That of nil is
// a new one. It is for package tokens.
func (c *Client) RefreshLimiter() *limit.Limiter {
	if c == nil {
		return limit.New(limit.DefaultAtOnce, limit.DefaultPerSecond)
	}
	return c.limiter
}

// Call sends r and reads the whole answer: once, or, if the user opted in and
// op is safe to repeat, until it succeeds, fails for good, or its time is up.
// Any status but 200 and 201 comes back as a *grantway.Error. Error codes and
// request ids that contain one of secrets are dropped from it.
func (c *Client) Call(ctx context.Context, op *Operation, r *Request, secrets ...grantway.Secret) (*Response, error) {
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

func (c *Client) build(op *Operation, r *Request) *httpx.Outgoing {
	return c.http.Build(&httpx.Request{
		Method: op.Method, Path: op.Path, Resolved: r.Path, Query: r.Query,
		ContentType: op.ContentType, Body: r.Body,
		Authorization: r.Authorization,
		Headers:       r.Headers,
		Header:        [...]string{c.judgement.Header, c.judgement.Value},
	})
}

// attempt sends once and logs it.
func (c *Client) attempt(ctx context.Context, op *Operation, out *httpx.Outgoing, secrets []grantway.Secret, deadline time.Time, n int) (*Response, *grantway.Error) {
	if c.logger == nil {
		return c.send(ctx, op, out, secrets, deadline)
	}
	began := time.Now()
	resp, err := c.send(ctx, op, out, secrets, deadline)
	c.log(ctx, op, resp, err, time.Since(began), n)
	return resp, err
}

func (c *Client) send(ctx context.Context, op *Operation, out *httpx.Outgoing, secrets []grantway.Secret, deadline time.Time) (*Response, *grantway.Error) {
	answer, failure := c.http.Send(ctx, out, deadline)
	if failure.Kind == 0 && answer.Status/100 == 2 && !op.succeeds(answer.Status) {
		failure = httpx.Failure{Kind: grantway.KindMalformed, Reason: "a success that no provider documents", Status: answer.Status}
	}
	if failure.Kind != 0 {
		e := c.fail(op, failure.Kind, failure.Reason, failure.Cause)
		e.Status = failure.Status
		if e.Kind == grantway.KindInvalid {
			e.Field = "HTTPClient" // its proxy, or that of the environment
		}
		return nil, e
	}
	r := &Response{Status: answer.Status, Header: answer.Header, Body: answer.Body, At: c.now().UTC(), secrets: secrets}
	if r.Status/100 != 2 {
		return nil, c.refusal(op, r)
	}
	return r, nil
}

// log writes one record; nothing in it comes from a header, body or query but
// the request id, which has been checked.
func (c *Client) log(ctx context.Context, op *Operation, resp *Response, e *grantway.Error, took time.Duration, attempt int) {
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
