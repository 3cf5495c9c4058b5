package fakeauth

import (
	"errors"
	"io"
	"net"
	"testing"
)

func TestWhatIsHeldClosesOnceAndWithTheRest(t *testing.T) {
	tr := newTracker()
	held := func() (other net.Conn, release func(), ok bool) {
		other, c := net.Pipe()
		release, ok = tr.hold(struct {
			net.Conn
			noKey func()
		}{Conn: c})
		return other, release, ok
	}
	closed := func(c net.Conn) bool {
		_, err := c.Write([]byte("x"))
		return errors.Is(err, io.ErrClosedPipe)
	}
	a, release, ok := held()
	if !ok {
		t.Fatal("nothing is closed yet")
	}
	release()
	b, _, _ := held()
	if !closed(a) || len(tr.open) != 1 {
		t.Errorf("released: closed %v, %d left", closed(a), len(tr.open))
	}
	tr.closeAll()
	tr.closeAll()
	if !closed(b) {
		t.Error("closeAll left one open")
	}
	if c, _, ok := held(); ok || !closed(c) {
		t.Error("one is held after closeAll")
	}
}
