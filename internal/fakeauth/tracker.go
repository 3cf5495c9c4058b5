package fakeauth

import (
	"net"
	"sync"
)

// tracker knows the connections that net/http does not close for us.
type tracker struct {
	closed chan struct{} // closed by closeAll

	mu   sync.Mutex
	open map[*net.Conn]struct{} // a pointer, for not every Conn can be a key
}

func newTracker() *tracker {
	return &tracker{closed: make(chan struct{}), open: map[*net.Conn]struct{}{}}
}

// hold returns what closes c, which closeAll does too; ok is false, and c
// closed, if everything has been closed already.
func (t *tracker) hold(c net.Conn) (release func(), ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.closed:
		_ = c.Close()
		return nil, false
	default:
	}
	t.open[&c] = struct{}{}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.open, &c)
		_ = c.Close()
	}, true
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
		_ = (*c).Close()
	}
}
