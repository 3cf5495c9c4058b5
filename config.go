package grantway

import (
	"log/slog"
	"net/http"
	"time"
)

// ClientConfig is what the configuration of every provider shares. The zero
// value is right for production.
type ClientConfig struct {
	// BaseURL replaces the provider's own: https, or http on a loopback IP
	// literal such as http://127.0.0.1:8080 (a fake). No user info, query or
	// fragment. It wins over the environment chosen beside it.
	BaseURL string
	// HTTPClient is never changed. Its Transport is used (a clone of it that
	// bounds headers and keeps no idle connection, if it is an
	// *http.Transport), and its Timeout if that is shorter; no redirect is
	// followed and no cookie kept, whatever it says. nil stands for
	// http.DefaultTransport, which heeds the standard proxy settings.
	HTTPClient *http.Client
	// UserAgent is sent as it is; empty means "grantway".
	UserAgent string
	// Timeout bounds one call from dialling to the last byte of the body. 0
	// means 30 seconds, which is also the longest allowed: shorten a single
	// call with its context.
	Timeout time.Duration
	// Logger gets one record per call: operation, status, duration, kind and
	// request id; never a header, a body or a query. nil logs nothing.
	Logger *slog.Logger
	// Now tells the time at which an answer arrived; nil means time.Now. It
	// is for tests that own a clock.
	Now func() time.Time
}
