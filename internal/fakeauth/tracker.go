package fakeauth

import (
	"net"
	"sync"
)

// tracker knows the connections that net/http does not close for us.
type tracker struct {
	mu     sync.Mutex
	closed chan struct{} // made by newTracker, closed by closeAll
	open   map[net.Conn]struct{}
}

func newTracker() *tracker {
	return &tracker{closed: make(chan struct{}), open: map[net.Conn]struct{}{}}
}

// hold reports false, and closes c, if everything has been closed already.
func (t *tracker) hold(c net.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.closed:
		_ = c.Close()
		return false
	default:
		t.open[c] = struct{}{}
		return true
	}
}

func (t *tracker) drop(c net.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, c)
	_ = c.Close()
}

// closeAll ends what is open now and later. A second call does nothing.
func (t *tracker) closeAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.closed:
		return
	default:
	}
	close(t.closed)
	for c := range t.open {
		_ = c.Close()
	}
}
