package login

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
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

// L11: what is held up is bounded, in number and in time.
func TestFewRequestsAreHeldUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(&flow{}, "http://127.0.0.1:1/")
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		began := time.Now()
		for range maxSlowed {
			go s.slow(r)
		}
		synctest.Wait()
		if s.slow(r) || time.Since(began) != 0 {
			t.Errorf("one more was held up for %v", time.Since(began))
		}
		time.Sleep(slowdown)
		synctest.Wait()
		if !s.slow(r) {
			t.Error("there is no room again")
		}
	})
}

// L4: a second callback waits for the first, and not for ever.
func TestARepeatDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(&flow{Config: Config{Client: named{}}}, "http://127.0.0.1:1/")
		began, w := time.Now(), httptest.NewRecorder()
		s.repeat(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if time.Since(began) != repeatWait || w.Code != http.StatusAccepted || w.Header().Get("Refresh") == "" {
			t.Errorf("after %v: status %d", time.Since(began), w.Code)
		}
		go func() { time.Sleep(time.Second); close(s.ended) }()
		began, w = time.Now(), httptest.NewRecorder()
		s.repeat(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if time.Since(began) != time.Second || w.Code != http.StatusOK {
			t.Errorf("after %v: status %d", time.Since(began), w.Code)
		}
	})
}

type named struct{ Client }

func (named) Name() string { return "Acme" }
