package scorecard

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/grantway/grantway"
)

// once is a server that counts requests and on which connection each came. To
// whatever is not /warm it answers with a RST after it has read the request,
// or, while well is set, with a success.
type once struct {
	*httptest.Server
	mu       sync.Mutex
	well     string
	perConn  map[net.Conn]int // requests of a connection so far
	requests int
	reused   int // of them on a connection that had one before
	headers  []http.Header
}

type connKey struct{}

func newOnce(t testing.TB) *once {
	t.Helper()
	s := &once{perConn: map[net.Conn]int{}}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func (s *once) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	c := r.Context().Value(connKey{}).(net.Conn)
	s.mu.Lock()
	before, well := s.perConn[c], s.well
	s.perConn[c]++
	if r.URL.Path != "/warm" {
		s.requests++
		s.headers = append(s.headers, r.Header)
		if before > 0 {
			s.reused++
		}
	}
	s.mu.Unlock()
	switch {
	case r.URL.Path == "/warm":
	case well != "":
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, well)
	default:
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
		}
	}
}

// warm leaves n idle connections in hc's transport.
func (s *once) warm(t testing.TB, hc *http.Client, n int) {
	t.Helper()
	open := make([]*http.Response, n)
	for i := range open {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/warm", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := hc.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		open[i] = resp
	}
	for _, resp := range open {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

// sawOne fails unless there was one request, on a connection of its own, with
// nothing that asks net/http or a proxy to send it again.
func (s *once) sawOne() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requests != 1 {
		return fmt.Errorf("%d requests", s.requests)
	}
	if s.reused != 0 {
		return fmt.Errorf("%d requests on a connection that had been used", s.reused)
	}
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if _, ok := s.headers[0][name]; ok {
			return fmt.Errorf("it has the header %s", name)
		}
	}
	return nil
}

// seen counts the requests so far.
func (s *once) seen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

func (s *once) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests, s.reused, s.headers = 0, 0, nil
}

func TestCheck034_TheTransportReplaysNothing(t *testing.T) {
	n := 0
	for _, op := range operations {
		for _, c := range []struct {
			name string
			hc   func() *http.Client
		}{
			{"net/http's transport", func() *http.Client { return nil }},
			{"a client of the caller's", func() *http.Client { return &http.Client{} }},
			{"a transport of the caller's with idle connections", func() *http.Client {
				return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 10}}
			}},
		} {
			s := newOnce(t)
			hc := c.hc()
			warmed := hc
			if warmed == nil {
				warmed = http.DefaultClient //nolint:forbidigo // its connections must not serve ours
			}
			s.warm(t, warmed, 3)
			replayable := false
			cfg := grantway.ClientConfig{BaseURL: s.URL, HTTPClient: hc, WrapTransport: func(next http.RoundTripper) http.RoundTripper {
				return roundTripperFunc(func(r *http.Request) (*http.Response, error) {
					replayable = replayable || r.GetBody != nil
					return next.RoundTrip(r)
				})
			}}
			if err := op.call(context.Background(), newClients(t, cfg)); err == nil {
				t.Errorf("%s, %s: no error", op.name, c.name)
			}
			if err := s.sawOne(); err != nil {
				t.Errorf("%s, %s, reset: %v", op.name, c.name, err)
			}
			// And after successes too each call has a connection of its own.
			s.mu.Lock()
			s.well = op.success
			s.mu.Unlock()
			clients := newClients(t, cfg)
			for range 3 {
				s.forget()
				if err := op.call(context.Background(), clients); err != nil {
					t.Errorf("%s, %s: %v", op.name, c.name, err)
				}
				if err := s.sawOne(); err != nil {
					t.Errorf("%s, %s: %v", op.name, c.name, err)
				}
			}
			if replayable {
				t.Errorf("%s, %s: GetBody is set", op.name, c.name)
			}
			warmed.CloseIdleConnections()
			s.Close()
			n += 4
		}
		// A transport of the caller's own making is used as it is, idle
		// connections included. Each operation still goes out once (C7).
		s := newOnce(t)
		tr := &http.Transport{MaxIdleConnsPerHost: 10}
		hc := &http.Client{Transport: roundTripperFunc(tr.RoundTrip)}
		s.warm(t, hc, 3)
		if err := op.at(context.Background(), t, s.URL, hc); err == nil {
			t.Errorf("%s, over idle connections: no error", op.name)
		}
		if got := s.seen(); got != 1 {
			t.Errorf("%s, over idle connections: %d requests", op.name, got)
		}
		tr.CloseIdleConnections()
		s.Close()
		n++
	}
	// Inverse: a header of that name, and net/http sends a POST again.
	s := newOnce(t)
	hc := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 10}}
	s.warm(t, hc, 3)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Idempotency-Key", "example")
	if resp, err := hc.Do(req); err == nil {
		_ = resp.Body.Close()
	}
	if s.sawOne() == nil {
		t.Error("inverse: net/http sends a POST with an Idempotency-Key once")
	}
	hc.CloseIdleConnections()
	t.Logf("figure: %d calls, 1 request each; net/http replays a POST with an Idempotency-Key %d times", n, s.seen()-1)
}

// roundTripperFunc is a transport that leaves the request to the next one.
type roundTripperFunc func(*http.Request) (*http.Response, error)

func (f roundTripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
