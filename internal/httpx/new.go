package httpx

import (
	"net/http"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/endpoint"
)

// New checks cfg and returns a Client for defaultBase, or for cfg.BaseURL if
// that is set. Its errors name the field.
func New(provider, defaultBase string, cfg grantway.ClientConfig) (*Client, error) {
	base := cfg.BaseURL
	if base == "" {
		base = defaultBase
	}
	u, reason := endpoint.Base(base)
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
	userAgent := cfg.UserAgent
	if userAgent == "" {
		userAgent = "grantway"
	}
	if !printable(userAgent) {
		return nil, InvalidConfig(provider, "UserAgent", "has a character that a header cannot carry")
	}
	if cfg.MaxRetries < 0 || cfg.MaxRetries > maxRetries {
		return nil, InvalidConfig(provider, "MaxRetries", "is not between 0 and 10")
	}
	transport, bound, reason := newTransport(cfg.HTTPClient)
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
	return &Client{
		provider:  provider,
		base:      u.JoinPath("/"), // cleaned, so that a path can be put behind it
		transport: transport,
		bound:     bound,
		userAgent: userAgent,
		timeout:   timeout,
		retries:   cfg.MaxRetries,
		logger:    cfg.Logger,
		now:       now,
	}, nil
}

// newTransport takes over the caller's transport. A *http.Transport is cloned
// to bound headers, to use a connection once (the loss of a reused one cannot
// be told from a lost answer) and to end it with the call. Any other
// RoundTripper is used as it is.
func newTransport(hc *http.Client) (rt http.RoundTripper, bound bool, reason string) {
	rt = http.DefaultTransport
	if hc != nil && hc.Transport != nil {
		rt = hc.Transport
	}
	t, ok := rt.(*http.Transport)
	if !ok {
		return rt, false, ""
	}
	if t == nil {
		return nil, false, "has a transport that is nil"
	}
	t = t.Clone()
	t.DisableKeepAlives = true
	if t.MaxResponseHeaderBytes <= 0 || t.MaxResponseHeaderBytes > MaxHeader {
		t.MaxResponseHeaderBytes = MaxHeader
	}
	bindDials(t)
	return t, true, ""
}

// printable reports whether s is visible ASCII and spaces.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
