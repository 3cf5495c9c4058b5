package conns

import (
	"errors"
	"io"
	"net"
	"testing"
)

func TestWhatIsHeldClosesOnceAndWithTheRest(t *testing.T) {
	set := New()
	held := func() (other net.Conn, release func(), ok bool) {
		other, c := net.Pipe()
		release, ok = set.Hold(struct {
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
	if !closed(a) || len(set.open) != 1 {
		t.Errorf("released: closed %v, %d left", closed(a), len(set.open))
	}
	set.CloseAll()
	set.CloseAll()
	if !closed(b) {
		t.Error("CloseAll left one open")
	}
	if c, _, ok := held(); ok || !closed(c) {
		t.Error("one is held after CloseAll")
	}
}
