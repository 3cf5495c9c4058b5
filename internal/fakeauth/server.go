package fakeauth

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// maxBody bounds a request's body. The longest real one is a few KiB.
const maxBody = 1 << 20

// Config is what Start takes.
type Config struct {
	// Now tells the time; nil means time.Now.
	Now func() time.Time
	// Routes are the operations. Anything else is refused.
	Routes []Route
	// Refuse is the provider's answer for what the engine itself refuses:
	// 400 (a query or a body where none belongs), 404, 405, 413 and 415.
	Refuse func(status int, why string) Answer
}

// Server is a running fake. It is safe for concurrent use.
type Server struct {
	cfg   Config
	http  *http.Server
	url   string
	done  chan struct{}  // closed when Serve has returned
	conns sync.WaitGroup // connections that net/http still serves

	mu     sync.Mutex
	log    []Request
	queued []Answer
}

// Start listens on a free port of 127.0.0.1 and serves until Close.
func Start(cfg Config) (*Server, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, url: "http://" + l.Addr().String(), done: make(chan struct{})}
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: time.Minute,
		ConnState:         s.connState,
		ErrorLog:          log.New(io.Discard, "", 0), // broken requests are what a fake is for
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l) // returns http.ErrServerClosed
	}()
	return s, nil
}

// connState counts the connections, so that Close can wait for them.
func (s *Server) connState(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	}
}

// URL is the base URL, "http://127.0.0.1:PORT", without a trailing slash.
func (s *Server) URL() string { return s.url }

// Now is the server's clock, in UTC.
func (s *Server) Now() time.Time { return s.cfg.Now().UTC() }

// Close stops listening, breaks off what is under way, and returns when
// nothing of the server runs any more. A second call does nothing.
func (s *Server) Close() {
	_ = s.http.Close()
	<-s.done
	s.conns.Wait()
}

// Requests returns what has arrived so far, refused requests included, in
// order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// AnswerNext gives the next n requests the answer a, whatever they ask for
// and before anything is spent. Calls add up.
func (s *Server) AnswerNext(n int, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queued = append(s.queued, slices.Repeat([]Answer{a}, max(n, 0))...)
}

// ServeHTTP logs the request, then answers it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); err != nil && !errors.As(err, &tooLarge) {
		return // the client went away in the middle of its request
	}
	req := Request{
		Method:   r.Method,
		Path:     r.URL.EscapedPath(),
		RawQuery: r.URL.RawQuery,
		Header:   r.Header.Clone(),
		Body:     body,
		At:       s.Now(),
	}
	queued, ok := s.record(req)
	switch {
	case ok:
		queued.write(w)
	case err != nil:
		s.cfg.Refuse(http.StatusRequestEntityTooLarge, "the body is too large").write(w)
	default:
		s.answer(req).write(w)
	}
}

// record logs req and takes the answer that AnswerNext queued, if any.
func (s *Server) record(req Request) (a Answer, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, req)
	if len(s.queued) == 0 {
		return Answer{}, false
	}
	a, s.queued = s.queued[0], s.queued[1:]
	return a, true
}
