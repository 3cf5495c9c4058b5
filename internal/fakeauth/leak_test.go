package fakeauth

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func dialURL(t *testing.T, url string) net.Conn {
	t.Helper()
	_, address, _ := strings.Cut(url, "://")
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// settle fails unless the number of goroutines comes back to before.
func settle(t *testing.T, before int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}

// The client sends its request, reads a little, and stays: what ends the
// connection is Close.
func TestCloseEndsEveryFault(t *testing.T) {
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	for _, f := range standard() {
		t.Run(f.fault.String(), func(t *testing.T) {
			before := runtime.NumGoroutine()
			s := start(t, issuing(new(atomic.Int64)))
			if err := s.Arm("issue", f.fault, 1); err != nil {
				t.Fatal(err)
			}
			c := dial(t, s)
			fmt.Fprint(c, post("x"))
			if !slices.Contains([]StandardFault{ReadNothing, StallBeforeHeaders}, f.fault) {
				_, _ = io.ReadFull(c, make([]byte, 16))
			}
			s.Close()
			if _, err := io.Copy(io.Discard, c); err != nil && !isReset(err) {
				t.Errorf("%v", err)
			}
			settle(t, before)
		})
	}
}

func isReset(err error) bool { return strings.Contains(err.Error(), "reset") }

func TestCloseEndsEveryTLSFault(t *testing.T) {
	for _, f := range TLSFaults() {
		t.Run(f.String(), func(t *testing.T) {
			before := runtime.NumGoroutine()
			s, err := f.Start(nil)
			if err != nil {
				t.Fatal(err)
			}
			c := dialURL(t, s.URL())
			fmt.Fprint(c, "\x16\x03\x01\x00\x05") // half of a ClientHello
			s.Close()
			s.Close()
			if _, err := io.Copy(io.Discard, c); err != nil && !isReset(err) {
				t.Errorf("%v", err)
			}
			settle(t, before)
		})
	}
}

func TestManyClientsThatGoAwayLeaveNothing(t *testing.T) {
	s := start(t, issuing(new(atomic.Int64)))
	before := runtime.NumGoroutine()
	for range 25 {
		for _, f := range []Fault{ReadNothing, StallBeforeHeaders, StallAfterHeaders, HugeHeaders} {
			if err := s.Arm("", f, 1); err != nil {
				t.Fatal(err)
			}
			c := dial(t, s)
			fmt.Fprint(c, post("x"))
			c.Close()
		}
	}
	settle(t, before)
}
