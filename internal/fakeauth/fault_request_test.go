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
)

func TestAResetIsNoOrderlyEnd(t *testing.T) {
	for _, c := range []struct {
		fault   Fault
		carried int64
	}{
		{ResetMidRequest, 0},
		{ResetAfterRequest, 0},
		{CarriedOut(ResetAfterRequest), 1},
		{ResetMidBody, 1},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			wire, carried, err := onTheWire(t, c.fault)
			if err == nil {
				t.Error("the connection ended in order")
			}
			if carried != c.carried {
				t.Errorf("carried out %d times", carried)
			}
			if c.fault != ResetMidBody && wire != "" {
				t.Errorf("something was answered: %q", wire)
			}
			if c.fault == ResetMidBody && strings.HasSuffix(wire, "}") {
				t.Errorf("all was answered: %q", wire)
			}
		})
	}
}

func TestHalfOfTheRequestIsLoggedWhereHalfIsRead(t *testing.T) {
	for _, c := range []struct {
		fault Fault
		want  string
	}{{ReadNothing, ""}, {ResetMidRequest, "abc"}, {ResetAfterRequest, "abcdef"}, {StallBeforeHeaders, "abcdef"}} {
		t.Run(c.fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := onPipe(t, issuing(new(atomic.Int64)))
				if err := s.Arm("", c.fault, 1); err != nil {
					t.Fatal(err)
				}
				conn, err := p.DialContext(t.Context(), "tcp", "")
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
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
		fault   Fault
		request string
		says    string // the end of it
	}{
		{ReadNothing, post("x"), ""},
		{ReadNothing, post("x", "Expect: 100-continue"), ""},
		{StallBeforeHeaders, post("x"), ""},
		{CarriedOut(StallBeforeHeaders), post("x"), ""},
		{StallAfterContinue, post("x"), "HTTP/1.1 100 Continue\r\n\r\n"},
		{StallAfterHeaders, post("x"), "Content-Length: 119\r\nConnection: close\r\n\r\n"},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := onPipe(t, issuing(new(atomic.Int64)))
				if err := s.Arm("issue", c.fault, 1); err != nil {
					t.Fatal(err)
				}
				conn, err := p.DialContext(t.Context(), "tcp", "")
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
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
		s, p := onPipe(t, issuing(new(atomic.Int64)))
		if err := s.Arm("issue", ReadNothing, 1); err != nil {
			t.Fatal(err)
		}
		conn, err := p.DialContext(t.Context(), "tcp", "")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetWriteDeadline(time.Now().Add(time.Hour))
		if n, err := fmt.Fprint(conn, post(strings.Repeat("x", 1<<20))); n > 8<<10 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d bytes were taken, %v", n, err)
		}
	})
}

func TestOneByteASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := onPipe(t, issuing(new(atomic.Int64)))
		if err := s.Arm("issue", SlowBody, 1); err != nil {
			t.Fatal(err)
		}
		conn, err := p.DialContext(t.Context(), "tcp", "")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, post("x"))
		r := bufio.NewReader(conn)
		for line := ""; line != "\r\n"; {
			if line, err = r.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
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
	for _, fault := range []Fault{ReadNothing, StallBeforeHeaders, StallAfterContinue, StallAfterHeaders, SlowBody, EndlessBody, HugeBody, HugeHeaders} {
		t.Run(fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := onPipe(t, issuing(new(atomic.Int64)))
				if err := s.Arm("issue", fault, 1); err != nil {
					t.Fatal(err)
				}
				client, server := net.Pipe()
				ended := make(chan struct{})
				p.dialled <- watched{server, sync.OnceFunc(func() { close(ended) })}
				fmt.Fprint(client, post("x"))
				synctest.Wait()
				client.Close()
				<-ended // a hang here is a deadlock that synctest reports
			})
		})
	}
}

// watched tells when the server has closed its end.
type watched struct {
	net.Conn
	ended func()
}

func (w watched) Close() error {
	w.ended()
	return w.Conn.Close()
}
