// Package conns remembers the connections that a server of the tests has to
// close by itself, because net/http does not. It reads and writes nothing.
package conns

import (
	"net"
	"sync"
)

// Set is the connections that are open. It is safe for concurrent use.
type Set struct {
	closed chan struct{}

	mu   sync.Mutex
	open map[*net.Conn]struct{} // a pointer, for not every Conn can be a key
}

// New makes an empty Set.
func New() *Set {
	return &Set{closed: make(chan struct{}), open: map[*net.Conn]struct{}{}}
}

// Hold adds c and returns what removes and closes it. CloseAll closes it too.
// After CloseAll, Hold closes c at once and ok is false.
func (s *Set) Hold(c net.Conn) (release func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.closed:
		_ = c.Close()
		return nil, false
	default:
	}
	s.open[&c] = struct{}{}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, &c)
		_ = c.Close()
	}, true
}

// CloseAll closes what is open now and whatever comes later. A second call does
// nothing.
func (s *Set) CloseAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.closed:
		return
	default:
	}
	close(s.closed)
	for c := range s.open {
		_ = (*c).Close()
	}
}

// Closed is closed by CloseAll.
func (s *Set) Closed() <-chan struct{} { return s.closed }
