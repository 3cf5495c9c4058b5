package fakeauth

import (
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/conns"
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
	// Listener is served, and closed by Close; nil means a free port of
	// 127.0.0.1.
	Listener net.Listener
	// Seed decides what is random about a fault.
	Seed uint64
}

// Server is a running fake. It is safe for concurrent use.
type Server struct {
	cfg   Config
	http  *http.Server
	l     net.Listener
	done  chan struct{}  // closed when Serve has returned
	conns sync.WaitGroup // connections that are still served
	taken *conns.Set     // those that a fault took from net/http
	bomb  func() bomb

	mu     sync.Mutex
	log    []Request
	queued []Answer
	armed  []armed
	random *rand.Rand
}

// Start listens and serves until Close.
func Start(cfg Config) (*Server, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Listener == nil {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		cfg.Listener = l
	}
	s := &Server{
		cfg:    cfg,
		l:      cfg.Listener,
		done:   make(chan struct{}),
		taken:  conns.New(),
		bomb:   sync.OnceValue(newBomb),
		random: rand.New(rand.NewPCG(cfg.Seed, 0)),
	}
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: time.Minute,
		ConnState:         s.connState,
		ErrorLog:          log.New(io.Discard, "", 0), // broken requests are what a fake is for
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(s.l) // returns http.ErrServerClosed
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

// URL is the base URL, such as "http://127.0.0.1:PORT", without a trailing
// slash.
func (s *Server) URL() string { return "http://" + s.l.Addr().String() }

// HTTPClient reaches a server that listens on a Pipe; nil, which is any
// client, if it listens on something else.
func (s *Server) HTTPClient() *http.Client {
	if p, ok := s.l.(*faults.PipeListener); ok {
		return &http.Client{Transport: p.Transport()}
	}
	return nil
}

// Now is the server's clock, in UTC.
func (s *Server) Now() time.Time { return s.cfg.Now().UTC() }

// Close stops listening, breaks off what is under way, and returns when
// nothing of the server runs any more. A second call does nothing.
func (s *Server) Close() {
	_ = s.http.Close()
	s.taken.CloseAll()
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
// and before anything is spent. Calls add up. A request that an armed fault
// leaves without an answer does not count.
func (s *Server) AnswerNext(n int, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queued = append(s.queued, slices.Repeat([]Answer{a}, max(n, 0))...)
}

// ServeHTTP logs the request, then answers it, or does what was armed for it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{s: s, w: w, r: r}
	if fault := s.disarm(s.operation(r)); fault != nil {
		commit(fault, x)
		return
	}
	if a, ok := x.answer(); ok {
		a.write(w)
	}
}

// request copies what is logged of r.
func (s *Server) request(r *http.Request, body []byte) Request {
	return Request{
		Method:   r.Method,
		Path:     r.URL.EscapedPath(),
		RawQuery: r.URL.RawQuery,
		Header:   r.Header.Clone(),
		Body:     body,
		At:       s.Now(),
	}
}

func (s *Server) record(req Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, req)
}

// queuedAnswer takes the answer that AnswerNext queued, if any.
func (s *Server) queuedAnswer() (a Answer, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queued) == 0 {
		return Answer{}, false
	}
	a, s.queued = s.queued[0], s.queued[1:]
	return a, true
}

// randomBelow is a number from 0 to n-1, by the seed.
func (s *Server) randomBelow(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.random.IntN(n)
}
