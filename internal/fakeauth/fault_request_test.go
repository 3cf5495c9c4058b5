package fakeauth

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway/faults"
)

// meeting is a connection in a bubble, whose first request meets the fault.
func meeting(t *testing.T, fault faults.Fault) (*Fake, net.Conn) {
	t.Helper()
	s, p := onPipe(t, issuing(new(atomic.Int64)))
	if err := s.Arm("issue", fault, 1); err != nil {
		t.Fatal(err)
	}
	conn, err := p.DialContext(t.Context(), "tcp", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return s, conn
}

func TestAResetIsNoOrderlyEnd(t *testing.T) {
	for _, c := range []struct {
		fault   faults.Fault
		carried int64
	}{
		{faults.ResetMidRequest, 0},
		{faults.ResetAfterRequest, 0},
		{faults.CarriedOut(faults.ResetAfterRequest), 1},
		{faults.ResetMidBody, 1},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			wire, carried, err := onTheWire(t, c.fault)
			if err == nil {
				t.Error("the connection ended in order")
			}
			if carried != c.carried {
				t.Errorf("carried out %d times", carried)
			}
			if c.fault != faults.ResetMidBody && wire != "" {
				t.Errorf("something was answered: %q", wire)
			}
			if c.fault == faults.ResetMidBody && strings.HasSuffix(wire, "}") {
				t.Errorf("all was answered: %q", wire)
			}
		})
	}
}

func TestHalfOfTheRequestIsLoggedWhereHalfIsRead(t *testing.T) {
	for _, c := range []struct {
		fault faults.Fault
		want  string
	}{{faults.ReadNothing, ""}, {faults.ResetMidRequest, "abc"}, {faults.ResetAfterRequest, "abcdef"}, {faults.StallBeforeHeaders, "abcdef"}} {
		t.Run(c.fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, conn := meeting(t, c.fault)
				fmt.Fprint(conn, post("abcdef"))
				synctest.Wait()
				if log := s.Requests(); len(log) != 1 || string(log[0].Body) != c.want {
					t.Errorf("logged: %v", log)
				}
			})
		})
	}
}

// A stall sends what it sends at once and then nothing, for a virtual hour.
func TestAStallSaysNothingMore(t *testing.T) {
	for _, c := range []struct {
		fault   faults.Fault
		request string
		says    string // the end of it
	}{
		{faults.ReadNothing, post("x"), ""},
		{faults.ReadNothing, post("x", "Expect: 100-continue"), ""},
		{faults.StallBeforeHeaders, post("x"), ""},
		{faults.CarriedOut(faults.StallBeforeHeaders), post("x"), ""},
		{faults.StallAfterContinue, post("x"), "HTTP/1.1 100 Continue\r\n\r\n"},
		{faults.StallAfterHeaders, post("x"), "Content-Length: 119\r\nConnection: close\r\n\r\n"},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, conn := meeting(t, c.fault)
				fmt.Fprint(conn, c.request)
				_ = conn.SetReadDeadline(time.Now().Add(time.Hour))
				b, err := io.ReadAll(conn)
				if !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("the connection ended: %v", err)
				}
				if got := string(b); !strings.HasSuffix(got, c.says) || c.says == "" && got != "" {
					t.Errorf("%q", got)
				}
			})
		})
	}
}

func TestReadNothingLeavesALongBodyUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, conn := meeting(t, faults.ReadNothing)
		_ = conn.SetWriteDeadline(time.Now().Add(time.Hour))
		if n, err := fmt.Fprint(conn, post(strings.Repeat("x", 1<<20))); n > 8<<10 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d bytes were taken, %v", n, err)
		}
	})
}

func TestOneByteASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, conn := meeting(t, faults.SlowBody)
		fmt.Fprint(conn, post("x"))
		r := bufio.NewReader(conn)
		for line := ""; line != "\r\n"; {
			next, err := r.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			line = next
		}
		began := time.Now()
		for i := range len(issuedBody) {
			if b, err := r.ReadByte(); err != nil || b != issuedBody[i] || time.Since(began) != time.Duration(i+1)*time.Second {
				t.Fatalf("byte %d: %q, %v, after %v", i, b, err, time.Since(began))
			}
		}
	})
}

// Whatever stalls ends with the client, without the server closing.
func TestAStallEndsWhenTheClientGoesAway(t *testing.T) {
	for _, fault := range []faults.Fault{faults.ReadNothing, faults.StallBeforeHeaders, faults.StallAfterContinue, faults.StallAfterHeaders,
		faults.SlowBody, faults.EndlessBody, faults.HugeBody, faults.HugeHeaders} {
		t.Run(fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &watchedListener{PipeListener: faults.Pipe(), ended: make(chan struct{})}
				s := startOn(t, l, issuing(new(atomic.Int64)))
				if err := s.Arm("issue", fault, 1); err != nil {
					t.Fatal(err)
				}
				client, err := l.DialContext(t.Context(), "tcp", "")
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprint(client, post("x"))
				synctest.Wait()
				client.Close()
				<-l.ended // a hang here is a deadlock that synctest reports
			})
		})
	}
}

// watchedListener tells when the server has closed its end of the one
// connection.
type watchedListener struct {
	*faults.PipeListener
	ended chan struct{}
}

func (l *watchedListener) Accept() (net.Conn, error) {
	c, err := l.PipeListener.Accept()
	if err != nil {
		return nil, err
	}
	return watched{c, sync.OnceFunc(func() { close(l.ended) })}, nil
}

type watched struct {
	net.Conn
	ended func()
}

func (w watched) Close() error {
	w.ended()
	return w.Conn.Close()
}
