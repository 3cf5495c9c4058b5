package login

import (
	"net"
	"net/http"
	"testing"
)

// STD-30: of the connections that say nothing, the oldest go.
func TestSilentConnectionsAreFew(t *testing.T) {
	s := newServer(&flow{}, "http://127.0.0.1:1/")
	var here, there []net.Conn
	for range maxSilent + 8 {
		a, b := net.Pipe()
		here, there = append(here, a), append(there, b)
		s.connState(a, http.StateNew)
	}
	for i, c := range there {
		go func() { _, _ = here[i].Write([]byte("x")) }() // an error where it was closed
		_, err := c.Read(make([]byte, 1))
		if closed := err != nil; closed != (i < 8) {
			t.Errorf("connection %d: closed %v", i, closed)
		}
	}
	// One that has spoken does not count any more.
	s.connState(here[8], http.StateActive)
	a, b := net.Pipe()
	s.connState(a, http.StateNew)
	go func() { _, _ = here[9].Write([]byte("x")) }()
	if _, err := there[9].Read(make([]byte, 1)); err != nil {
		t.Errorf("the oldest was closed without need: %v", err)
	}
	_, _ = a.Close(), b.Close()
}
