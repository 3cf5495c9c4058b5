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
	// HTTPClient is never changed. Its Transport is used, and its Timeout if
	// that is shorter; no redirect is followed and no cookie kept, whatever it
	// says. nil stands for http.DefaultTransport, which heeds the standard proxy
	// settings.
	//
	// An *http.Transport is cloned. The clone bounds headers, keeps connections
	// of HTTP/2 for at most 30 idle seconds and those of HTTP/1.1 not at all,
	// and resumes TLS sessions. What the transport says of protocols, TLS,
	// dialling and proxies holds. Any other RoundTripper is used as it is.
	HTTPClient *http.Client
	// UserAgent is sent as it is; empty means "grantway".
	UserAgent string
	// Timeout bounds one call from dialling to the last byte of the body. 0
	// means 30 seconds, which is also the longest allowed: shorten a single
	// call with its context.
	Timeout time.Duration
	// MaxRetries is how often a call is repeated that spends nothing (the spec
	// marks it x-retry: safe: Square's token status, ByteNite's key exchange
	// and skip), after a lost connection, a 429 or a 5xx, within Timeout and
	// with a back-off that all calls of the client share. 0, the default,
	// repeats nothing; 10 is the most. No other call is ever repeated.
	MaxRetries int
	// RefreshesAtOnce is how many refreshes the token sources of the client have
	// under way at once, and RefreshesPerSecond how many begin in a second,
	// evenly spread: after an outage ten thousand credentials are due, and the
	// provider has just come back. 0 means 16, and 50. What is too many waits its
	// turn; a token that is still good is handed out meanwhile.
	RefreshesAtOnce    int
	RefreshesPerSecond float64
	// WrapTransport, if set, is given the transport that the package made and
	// returns the one to use: the place for OpenTelemetry's and the like. What
	// it wraps sees the credentials of every request.
	WrapTransport func(http.RoundTripper) http.RoundTripper
	// Logger gets one record per request sent: operation, status, duration,
	// kind, request id and attempt; never a header, a body or a query. A
	// failure is at level Warn, anything else at Debug. nil logs nothing.
	Logger *slog.Logger
	// Now tells the time at which an answer arrived; nil means time.Now. It
	// is for tests that own a clock.
	Now func() time.Time
}
