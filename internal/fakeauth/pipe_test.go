package fakeauth

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// onPipe starts a server on a pipe, inside a bubble.
func onPipe(t *testing.T, routes ...Route) (*Server, *PipeListener) {
	t.Helper()
	p := Pipe()
	s, err := Start(Config{Routes: routes, Listener: p, Refuse: func(status int, why string) Answer { return Text(status, why) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, p
}

func TestAServerOnAPipeAnswersUnderVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := onPipe(t, Route{Name: "a", Method: "POST", Path: "/a", ContentType: "text/plain", Handle: func(c Call) Answer {
			time.Sleep(time.Hour) // no wall time passes
			return echo(c)
		}})
		tr := p.Transport()
		defer tr.CloseIdleConnections()
		req, _ := http.NewRequestWithContext(t.Context(), "POST", s.URL()+"/a", strings.NewReader("x"))
		req.Header.Set("Content-Type", "text/plain")
		began := time.Now()
		resp, err := tr.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if b, _ := io.ReadAll(resp.Body); string(b) != "|x" || time.Since(began) != time.Hour {
			t.Errorf("%q after %v", b, time.Since(began))
		}
		if s.HTTPClient() == nil {
			t.Error("no client for the pipe")
		}
	})
}

func TestAClosedPipeRefusesAndAnUnservedOneWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Pipe()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := p.DialContext(ctx, "tcp", "x"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nobody accepts: %v", err)
		}
		for range 2 {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
		var op *net.OpError
		if _, err := p.DialContext(t.Context(), "tcp", "x"); !errors.As(err, &op) || op.Op != "dial" {
			t.Errorf("closed: %v", err)
		}
		if _, err := p.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("accept: %v", err)
		}
	})
}
