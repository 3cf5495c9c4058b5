// Package wirelog records what goes over the wire: as a RoundTripper under one
// of our clients, or as a proxy in front of a fake for a client that runs in
// another process. It changes nothing of what it passes on.
package wirelog

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"github.com/grantway/grantway/conformance/internal/spec"
)

// Log holds the exchanges in the order of their answers. It is safe for
// concurrent use.
type Log struct {
	// as is the server that the exchanges are logged under: the provider's,
	// whichever server on loopback answers in its place.
	as        *url.URL
	next      http.RoundTripper
	mu        sync.Mutex
	exchanges []*spec.Exchange
}

// New logs what next carries. A server other than "" replaces scheme and host
// in the log.
func New(t testing.TB, server string, next http.RoundTripper) *Log {
	t.Helper()
	l := &Log{next: next}
	if server != "" {
		u, err := url.Parse(server)
		if err != nil {
			t.Fatal(err)
		}
		l.as = u
	}
	return l
}

// Exchanges returns what has been logged so far.
func (l *Log) Exchanges() []*spec.Exchange {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*spec.Exchange(nil), l.exchanges...)
}

// Last returns the latest exchange.
func (l *Log) Last(t testing.TB) *spec.Exchange {
	t.Helper()
	all := l.Exchanges()
	if len(all) == 0 {
		t.Fatal("nothing went over the wire")
	}
	return all[len(all)-1]
}

// RoundTrip sends req with the transport below and logs the exchange.
func (l *Log) RoundTrip(req *http.Request) (*http.Response, error) {
	x := &spec.Exchange{Method: req.Method, RequestHeader: req.Header.Clone()}
	u := *req.URL
	if l.as != nil {
		u.Scheme, u.Host = l.as.Scheme, l.as.Host
	}
	x.URL = &u
	if req.Body != nil {
		var err error
		if x.RequestBody, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(x.RequestBody))
	}
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if x.Body, err = io.ReadAll(resp.Body); err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	x.Status, x.Header = resp.StatusCode, resp.Header.Clone()
	resp.Body = io.NopCloser(bytes.NewReader(x.Body))
	l.mu.Lock()
	l.exchanges = append(l.exchanges, x)
	l.mu.Unlock()
	return resp, nil
}

// Proxy starts a server on loopback that passes everything on to target and
// logs it under server. It ends with the test.
func Proxy(t testing.TB, target, server string) (*Log, string) {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	l := New(t, server, http.DefaultTransport)
	front := httptest.NewServer(&httputil.ReverseProxy{
		Transport: l,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = to.Host
		},
	})
	t.Cleanup(front.Close)
	return l, front.URL
}
