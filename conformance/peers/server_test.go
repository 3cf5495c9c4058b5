package peers_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grantway/grantway/conformance/internal/peer"
)

// goodToken is an answer with nothing wrong in it.
const goodToken = `{"access_token":"example-access","token_type":"bearer","refresh_token":"example-refresh"}`

// request is what a server saw.
type request struct {
	header http.Header
	uri    string
	body   string
}

// server listens on loopback and keeps what it is asked.
type server struct {
	*httptest.Server
	mu          sync.Mutex
	requests    []request
	connections atomic.Int64
}

func serve(t *testing.T, h http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.requests = append(s.requests, request{r.Header.Clone(), r.RequestURI, string(body)})
		s.mu.Unlock()
		h(w, r)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	s.Start()
	return s
}

func (s *server) seen() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// answer is what came of one call.
type answer struct {
	peer.Token
	err      error
	requests []request
	read     int64 // bytes that the client took from its connections
}

// ask makes one exchange with a server that answers with h.
func ask(t *testing.T, c peer.Client, h http.HandlerFunc) answer {
	t.Helper()
	return call(t, h, func(ctx context.Context, base string, hc *http.Client) (peer.Token, error) {
		return c.Exchange(ctx, base, hc)
	})
}

// call makes a call to a server that answers with h. The http.Client is what a
// program gets that sets nothing, but that it counts what it reads.
func call(t *testing.T, h http.HandlerFunc, do func(ctx context.Context, base string, hc *http.Client) (peer.Token, error)) answer {
	t.Helper()
	s := serve(t, h)
	defer s.Close()
	defer s.CloseClientConnections()
	hc, read := countingClient()
	defer hc.CloseIdleConnections()
	// For the machine's sake, should a client hang: no check looks at it.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	token, err := do(ctx, s.URL, hc)
	return answer{token, err, s.seen(), read.Load()}
}

func countingClient() (*http.Client, *atomic.Int64) {
	read := new(atomic.Int64)
	dialer := net.Dialer{}
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			return &countingConn{conn, read}, err
		},
	}}, read
}

type countingConn struct {
	net.Conn
	read *atomic.Int64
}

func (c *countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// reply answers with a status, a content type and a body.
func reply(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType == "" {
			w.Header()["Content-Type"] = nil // or net/http guesses one
		} else {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func replyJSON(status int, body string) http.HandlerFunc {
	return reply(status, "application/json", body)
}

// rawReply writes bytes to the connection and closes it.
func rawReply(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, text)
	}
}

// reset ends the connection with an RST once the request is read.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// refused fails unless the client returned an error and no token.
func (a answer) refused() error {
	if a.err == nil {
		return fmt.Errorf("accepted%s", a.shown())
	}
	return nil
}

// shown tells what a client made of an answer that it should have refused.
func (a answer) shown() string {
	if a.Access == "" {
		return " with an empty token"
	}
	return ""
}
