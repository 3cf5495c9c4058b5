package scorecard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
)

const (
	totalLimit     = 30 * time.Second
	firstByteLimit = 15 * time.Second
)

// slowly pads a success, so that at a byte a second it is not there in time.
func (op operation) slowly() operation {
	op.success += strings.Repeat(" ", 120)
	return op
}

// took is how much virtual time f takes, and fails if it is over the limit or
// the call's error does not say what it was.
func took(limit time.Duration, f func() error, kinds ...grantway.Kind) (time.Duration, error) {
	began := time.Now()
	err := f()
	d := time.Since(began)
	switch typedErr := typed(err, nil, kinds...); {
	case typedErr != nil:
		return d, typedErr
	case !errors.Is(err, context.DeadlineExceeded):
		return d, fmt.Errorf("%v is no deadline exceeded", err)
	case d > limit:
		return d, fmt.Errorf("it took %v", d)
	}
	return d, nil
}

// hangs reports whether f is still under way after an hour of virtual time.
func hangs(f func()) (still bool, ended <-chan struct{}) {
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
		return false, done
	case <-time.After(time.Hour):
		return true, done
	}
}

func TestCheck029_ACallEndsInThirtySecondsBodyIncluded(t *testing.T) {
	var longest time.Duration
	n := 0
	for _, op := range operations {
		for _, fault := range []faults.Fault{faults.StallAfterHeaders, faults.SlowBody} {
			for _, c := range []struct {
				name  string
				limit time.Duration
				set   func(*grantway.ClientConfig)
			}{
				{"by default", totalLimit, func(*grantway.ClientConfig) {}},
				{"with a shorter Timeout", 5 * time.Second, func(c *grantway.ClientConfig) { c.Timeout = 5 * time.Second }},
				{"with a shorter one in the caller's client", 3 * time.Second, func(c *grantway.ClientConfig) { c.HTTPClient.Timeout = 3 * time.Second }},
				{"with a longer one in the caller's client", totalLimit, func(c *grantway.ClientConfig) { c.HTTPClient.Timeout = time.Hour }},
			} {
				synctest.Test(t, func(t *testing.T) {
					op := op.slowly()
					s := op.serve(t, faults.Pipe())
					arm(t, s, fault, 1)
					cfg := grantway.ClientConfig{BaseURL: s.URL(), HTTPClient: s.HTTPClient()}
					c.set(&cfg)
					d, err := took(c.limit, func() error { return op.call(context.Background(), newClients(t, cfg)) }, grantway.KindAmbiguous)
					if err != nil || d != c.limit {
						t.Errorf("%s, %v, %s: after %v: %v", op.name, fault, c.name, d, err)
					}
					longest = max(longest, d)
					n++
				})
			}
			// The caller's context wins at once.
			synctest.Test(t, func(t *testing.T) {
				op := op.slowly()
				s := op.serve(t, faults.Pipe())
				arm(t, s, fault, 1)
				ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
				defer cancel()
				d, err := took(2*time.Second, func() error { return op.at(ctx, t, s.URL(), s.HTTPClient()) }, grantway.KindAmbiguous)
				if err != nil {
					t.Errorf("%s, %v, a context of 2 s: after %v: %v", op.name, fault, d, err)
				}
				n++
			})
		}
	}
	synctest.Test(t, func(t *testing.T) {
		s := operations[0].serve(t, faults.Pipe())
		arm(t, s, faults.StallAfterHeaders, 1)
		still, ended := hangs(func() { _, _ = naive{s.HTTPClient(), s.URL()}.exchange() })
		if !still {
			t.Error("inverse: the naive client gives up")
		}
		s.Close()
		<-ended
	})
	t.Logf("figure: %d calls, the longest by default %v", n, longest)
}

// silent is a listener that takes connections, drops what it gets, and never
// answers. It hangs up when the test ends.
func silent(t testing.TB) *faults.PipeListener {
	t.Helper()
	p, ended := faults.Pipe(), make(chan struct{})
	go func() {
		for {
			c, err := p.Accept()
			if err != nil {
				return
			}
			go func() { <-ended; _ = c.Close() }()
			go func() { _, _ = io.Copy(io.Discard, c) }()
		}
	}()
	t.Cleanup(func() { _ = p.Close(); close(ended) })
	return p
}

// blackHole is a client whose dialling never ends before the test does.
func blackHole(t testing.TB) *dialer {
	t.Helper()
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended) })
	return &dialer{dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		select {
		case <-ctx.Done():
		case <-ended:
		}
		return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("no answer")}
	}}
}

func TestCheck030_StalledHeadersEndInFifteenSeconds(t *testing.T) {
	var longest time.Duration
	n := 0
	record := func(t *testing.T, name string, f func() error, kind grantway.Kind) {
		t.Helper()
		d, err := took(firstByteLimit, f, kind)
		if err != nil || d != firstByteLimit {
			t.Errorf("%s: after %v: %v", name, d, err)
		}
		longest = max(longest, d)
		n++
	}
	for _, op := range operations {
		for _, fault := range []faults.Fault{faults.ReadNothing, faults.StallBeforeHeaders, faults.StallAfterContinue} {
			synctest.Test(t, func(t *testing.T) {
				s := op.serve(t, faults.Pipe())
				arm(t, s, fault, 1)
				record(t, op.name+", "+fault.String(), func() error { return op.at(context.Background(), t, s.URL(), s.HTTPClient()) }, grantway.KindAmbiguous)
			})
		}
		// A handshake or a dial without end counts too; nothing was sent.
		synctest.Test(t, func(t *testing.T) {
			hc := &http.Client{Transport: silent(t).Transport()}
			record(t, op.name+", a stalled handshake", func() error { return op.at(context.Background(), t, "https://127.0.0.1:1", hc) }, grantway.KindNotSent)
		})
		synctest.Test(t, func(t *testing.T) {
			record(t, op.name+", a black hole", func() error { return op.at(context.Background(), t, "https://127.0.0.1:1", blackHole(t).client()) }, grantway.KindNotSent)
		})
	}
	// Headers that come late, but in time, leave the rest of the 30 s to the
	// body.
	synctest.Test(t, func(t *testing.T) {
		op := operations[0]
		p := faults.Pipe()
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(14 * time.Second)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			time.Sleep(14 * time.Second)
			_, _ = w.Write([]byte(op.success))
		})}
		go func() { _ = s.Serve(p) }()
		defer s.Close()
		if err := op.at(context.Background(), t, "http://127.0.0.1:1", &http.Client{Transport: p.Transport()}); err != nil {
			t.Errorf("14 s to the headers and 14 s to the body: %v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := operations[0].serve(t, faults.Pipe())
		arm(t, s, faults.StallBeforeHeaders, 1)
		still, ended := hangs(func() { _, _ = naive{s.HTTPClient(), s.URL()}.exchange() })
		if !still {
			t.Error("inverse: the naive client gives up")
		}
		s.Close()
		<-ended
	})
	t.Logf("figure: %d calls, the longest %v", n, longest)
}
