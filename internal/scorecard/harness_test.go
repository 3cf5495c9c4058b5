package scorecard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth"
)

// maxErrorText is what an error may print, whatever the server sent.
const maxErrorText = 2 << 10

// at calls op over hc at a server other than the provider's.
func (op operation) at(ctx context.Context, t testing.TB, base string, hc *http.Client) error {
	t.Helper()
	return op.call(ctx, newClients(t, grantway.ClientConfig{BaseURL: base, HTTPClient: hc}))
}

// serve answers whatever it is asked with op's success, until a fault is
// armed. It is no provider: what a fault does to the transport is the same for
// every one of them.
func (op operation) serve(t testing.TB, l net.Listener) *fakeauth.Fake {
	t.Helper()
	s, err := fakeauth.Start(fakeauth.Config{Listener: l, Refuse: func(int, string) fakeauth.Answer {
		return fakeauth.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(op.success)}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// arm is Arm for the nth request, whatever it asks for.
func arm(t testing.TB, s *fakeauth.Fake, f faults.Fault, nth int) {
	t.Helper()
	if err := s.Arm("", f, nth); err != nil {
		t.Fatal(err)
	}
}

// allocated is how many bytes f allocates, those of the servers of this
// process included.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// roundTripper is a transport that is no *http.Transport.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return f(r)
}

// dialer counts what comes in over its connections, and which of them are
// still open.
type dialer struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error) // nil: a net.Dialer
	read atomic.Int64
	open atomic.Int64
	all  atomic.Int64
}

func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	dial := d.dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	c, err := dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.open.Add(1)
	d.all.Add(1)
	return &countedConn{Conn: c, d: d}, nil
}

func (d *dialer) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: d.DialContext}}
}

type countedConn struct {
	net.Conn
	d      *dialer
	closed atomic.Bool
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.d.read.Add(int64(n))
	return n, err
}

func (c *countedConn) Close() error {
	if !c.closed.Swap(true) {
		c.d.open.Add(-1)
	}
	return c.Conn.Close()
}

// typed fails unless err is an *grantway.Error of one of the kinds whose text
// is short, shows no credential, and none of what the server wrote.
func typed(err error, echoes []string, kinds ...grantway.Kind) error {
	var e *grantway.Error
	if err == nil {
		return errors.New("no error")
	}
	if !errors.As(err, &e) {
		return fmt.Errorf("a %T", err)
	}
	fits := len(kinds) == 0
	for _, k := range kinds {
		fits = fits || e.Kind == k
	}
	if !fits {
		return fmt.Errorf("its kind is %v: %v", e.Kind, err)
	}
	if n := len(err.Error()); n > maxErrorText {
		return fmt.Errorf("its text has %d bytes", n)
	}
	if err := shows(prints(err), echoes...); err != nil {
		return err
	}
	return shows(prints(err), canaries...)
}
