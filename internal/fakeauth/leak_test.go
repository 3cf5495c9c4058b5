package fakeauth

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

// The client sends its request, reads a little, and stays: what ends the
// connection is Close.
func TestCloseEndsEveryFault(t *testing.T) {
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	for _, f := range slices.Sorted(maps.Keys(commits)) {
		t.Run(f.String(), func(t *testing.T) {
			before := runtime.NumGoroutine()
			s := start(t, issuing(new(atomic.Int64)))
			if err := s.Arm("issue", f, 1); err != nil {
				t.Fatal(err)
			}
			c := faketest.Dial(t, s.URL())
			fmt.Fprint(c, post("x"))
			if !slices.Contains([]faults.Named{faults.ReadNothing, faults.StallBeforeHeaders}, f) {
				_, _ = io.ReadFull(c, make([]byte, 16))
			}
			s.Close()
			if _, err := io.Copy(io.Discard, c); err != nil && !faketest.IsReset(err) {
				t.Errorf("%v", err)
			}
			faketest.Settle(t, before)
		})
	}
}

func TestManyClientsThatGoAwayLeaveNothing(t *testing.T) {
	s := start(t, issuing(new(atomic.Int64)))
	before := runtime.NumGoroutine()
	for range 25 {
		for _, f := range []faults.Fault{faults.ReadNothing, faults.StallBeforeHeaders, faults.StallAfterHeaders, faults.HugeHeaders} {
			if err := s.Arm("", f, 1); err != nil {
				t.Fatal(err)
			}
			c := faketest.Dial(t, s.URL())
			fmt.Fprint(c, post("x"))
			c.Close()
		}
	}
	faketest.Settle(t, before)
}
