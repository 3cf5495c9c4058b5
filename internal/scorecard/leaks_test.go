package scorecard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/wiretest"
)

// state is what a call must leave as it was.
type state struct {
	goroutines  int
	connections int64
	objects     uint64 // a timer that was not stopped keeps its own alive
}

func now(open *atomic.Int64) state {
	runtime.GC()
	runtime.GC() // what finalizers and pools held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return state{runtime.NumGoroutine(), open.Load(), m.HeapObjects}
}

// settle waits until no connection is open and the number of goroutines has
// stopped falling.
func settle(open *atomic.Int64) {
	deadline := time.Now().Add(10 * time.Second)
	for n, same := runtime.NumGoroutine(), 0; same < 1000 && time.Now().Before(deadline); same++ {
		runtime.Gosched()
		if m := runtime.NumGoroutine(); m < n || open.Load() > 0 {
			n, same = m, 0
		}
	}
}

// left fails if more is there than before, less than one object a call apart;
// what is still ending is given ten seconds.
func left(before state, open *atomic.Int64, calls int) error {
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		if runtime.NumGoroutine() <= before.goroutines && open.Load() <= before.connections || time.Now().After(deadline) {
			break
		}
	}
	after := now(open)
	switch {
	case after.goroutines > before.goroutines:
		return fmt.Errorf("%d goroutines are left", after.goroutines-before.goroutines)
	case after.connections > before.connections:
		return fmt.Errorf("%d connections are left", after.connections-before.connections)
	case after.objects > before.objects+uint64(calls):
		return fmt.Errorf("%d objects are left of %d calls", after.objects-before.objects, calls)
	}
	return nil
}

// answering is a server on a pipe that reads a request, writes what it is
// told, and leaves the connection to end.
func answering(t testing.TB, answer string, end func(net.Conn)) *faults.PipeListener {
	t.Helper()
	p := faults.Pipe()
	go func() {
		for {
			c, err := p.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 4<<10)
				if _, err := c.Read(buf); err != nil {
					return
				}
				// The rest of the request goes on being read, for a pipe has
				// no buffer that could take it.
				go func() { _, _ = io.Copy(io.Discard, c) }()
				if _, err := io.WriteString(c, answer); err == nil {
					end(c)
				}
			}()
		}
	}()
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// countedBody is open until it is closed.
type countedBody struct {
	io.ReadCloser
	d *dialer
}

func (b *countedBody) Close() error {
	b.d.open.Add(-1)
	return b.ReadCloser.Close()
}

func TestCheck038_TenThousandFailuresLeaveNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: ten thousand failures of each kind")
	}
	const calls, workers = 10_000, 16
	type kind struct {
		name string
		dial func(context.Context, string, string) (net.Conn, error)
		base string
		// hc is for kinds without a connection.
		hc *http.Client
		// ctx makes the context of a call.
		ctx func() (context.Context, context.CancelFunc)
	}
	plain := func() (context.Context, context.CancelFunc) { return context.Background(), func() {} }
	done := func() (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		return ctx, cancel
	}
	onPipe := func(answer string) func(context.Context, string, string) (net.Conn, error) {
		return answering(t, answer, func(net.Conn) {}).DialContext
	}
	reset := count(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = c.(*net.TCPConn).SetLinger(0) // no TIME_WAIT: ten thousand of them would use up the ports
			_ = c.Close()
		}
	}))
	// Bodies of a transport in memory count as connections do.
	var bodies dialer
	inMemory := func(r wiretest.Reply) *http.Client {
		return &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			resp := r.Response()
			bodies.open.Add(1)
			resp.Body = &countedBody{resp.Body, &bodies}
			return resp, nil
		})}
	}
	kinds := []kind{
		{name: "connection refused", base: "https://127.0.0.1:1", dial: func(_ context.Context, network, _ string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
		}},
		{name: "reset after the request, on sockets", base: reset.URL},
		{name: "half a body", dial: onPipe(headOf200 + "Content-Length: 20\r\n\r\n{\"a\":")},
		{name: "503", hc: inMemory(wiretest.Reply{Status: 503})},
		{name: "no JSON", hc: inMemory(wiretest.Reply{Body: "x"})},
		{name: "headers beyond the bound", hc: inMemory(wiretest.Reply{Header: map[string]string{"X": strings.Repeat("x", 66<<10)}})},
		{name: "401", hc: inMemory(wiretest.Reply{Status: 401, Body: `{"error":"invalid_grant"}`})},
		{name: "a redirect", hc: inMemory(wiretest.Reply{Status: 307, Header: map[string]string{"Location": "https://example.com"}})},
		{name: "a context that is done", base: reset.URL, ctx: done},
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			d, hc := &dialer{dial: k.dial}, k.hc
			if hc == nil {
				hc = d.client()
			} else {
				d = &bodies
			}
			if k.base == "" {
				k.base = "http://127.0.0.1:1"
			}
			if k.ctx == nil {
				k.ctx = plain
			}
			c := newClients(t, grantway.ClientConfig{BaseURL: k.base, HTTPClient: hc})
			var next atomic.Int64
			run := func(n int) {
				next.Store(0)
				var wg sync.WaitGroup
				for range workers {
					wg.Go(func() {
						for {
							i := int(next.Add(1)) - 1
							if i >= n {
								return
							}
							ctx, cancel := k.ctx()
							if err := operations[i%len(operations)].call(ctx, c); err == nil {
								t.Error("no error")
							}
							cancel()
						}
					})
				}
				wg.Wait()
			}
			run(2 * workers) // what is made once
			settle(&d.open)
			before := now(&d.open)
			run(calls)
			if err := left(before, &d.open, calls); err != nil {
				t.Error(err)
			}
		})
	}
	// Inverse: a client that forgets to close what it got, and to stop its
	// timer.
	d := &dialer{dial: onPipe(headOf200 + "Content-Length: 20\r\n\r\n{\"a\":")}
	before := now(&d.open)
	hc := d.client()
	var open []io.Closer
	for range 20 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:1", nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := hc.Do(req); err == nil {
			open = append(open, resp.Body)
		}
	}
	if d.open.Load() <= before.connections && runtime.NumGoroutine() <= before.goroutines {
		t.Error("inverse: bodies left open leave nothing")
	}
	for _, c := range open {
		_ = c.Close()
	}
	timers := make([]*time.Timer, 0, 2*calls)
	before = now(&d.open)
	for range 2 * calls {
		timers = append(timers, time.AfterFunc(time.Hour, func() { _ = d.open.Load() }))
	}
	if err := left(before, &d.open, calls); err == nil || !strings.Contains(err.Error(), "objects") {
		t.Errorf("inverse: timers left running leave nothing: %v", err)
	}
	for _, timer := range timers {
		timer.Stop()
	}
	t.Logf("figure: %d kinds of %d calls, 0 goroutines, 0 connections, 0 timers left", len(kinds), calls)
}

// The calls that are given up in the middle: while the headers stall, and
// while the body does.
func TestCheck038_CallsGivenUpLeaveNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: ten thousand calls are given up")
	}
	const calls = 10_000
	for name, answer := range map[string]string{
		"before the headers": "", "after the headers": headOf200 + "Content-Length: 20\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			answered := make(chan struct{})
			p := answering(t, answer, func(c net.Conn) {
				answered <- struct{}{}
				_, _ = c.Read(make([]byte, 1)) // until the client is gone
			})
			d := &dialer{dial: p.DialContext}
			c := newClients(t, grantway.ClientConfig{BaseURL: "http://127.0.0.1:1", HTTPClient: d.client()})
			call := func(i int) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				ended := make(chan error, 1)
				go func() { ended <- operations[i%len(operations)].call(ctx, c) }()
				<-answered
				cancel()
				if err := <-ended; !errors.Is(err, context.Canceled) || !errors.Is(err, grantway.ErrAmbiguous) {
					t.Errorf("%v", err)
				}
			}
			call(0)
			settle(&d.open)
			before := now(&d.open)
			for i := range calls {
				call(i)
			}
			if err := left(before, &d.open, calls); err != nil {
				t.Error(err)
			}
		})
	}
	t.Logf("figure: 2 kinds of %d calls, 0 goroutines, 0 connections, 0 timers left", calls)
}
