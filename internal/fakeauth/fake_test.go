package fakeauth

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func start(t *testing.T, routes ...Route) *Fake {
	t.Helper()
	return startOn(t, nil, routes...)
}

func startOn(t *testing.T, l net.Listener, routes ...Route) *Fake {
	t.Helper()
	s, err := Start(Config{Routes: routes, Listener: l, Refuse: Text})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func echo(c Call) Answer { return Text(200, c.Segment("")+"|"+string(c.Body)) }

// plain is the header line of the bodies of these tests.
const plain = "Content-Type: text/plain"

func TestRequestsAreLoggedInOrderWithAllThatArrived(t *testing.T) {
	s, err := Start(Config{
		Book:   NewBook("toytest", faketest.Standing),
		Routes: []Route{{Method: "POST", Path: "/a", ContentType: "text/plain", Handle: echo}},
		Refuse: Text,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	faketest.Send(t, "POST", s.URL()+"/a", "one", plain)
	faketest.Send(t, "GET", s.URL()+"/b%2Fc?x=1", "")
	log := s.Requests()
	if len(log) != 2 {
		t.Fatalf("%d requests are logged", len(log))
	}
	if r := log[0]; r.Method != "POST" || r.Path != "/a" || string(r.Body) != "one" || r.Header.Get("Content-Type") != "text/plain" || !r.At.Equal(faketest.Standing()) {
		t.Errorf("first: %s, body %q, at %v", r, r.Body, r.At)
	}
	if r := log[1]; r.Path != "/b%2Fc" || r.RawQuery != "x=1" {
		t.Errorf("second: path %q, query %q", r.Path, r.RawQuery)
	}
}

func TestQueuedAnswersComeFirstAndOnce(t *testing.T) {
	s := start(t, Route{Method: "POST", Path: "/a", ContentType: "text/plain", Handle: echo})
	AnswerNext(s, 2, Text(429, "slow").WithHeader("Retry-After", "7"))
	AnswerNext(s, 1, Text(503, "down"))
	for i, want := range []int{429, 429, 503, 200} {
		r := faketest.Send(t, "POST", s.URL()+"/a", "", plain)
		if r.Status != want {
			t.Errorf("answer %d has status %d, want %d", i, r.Status, want)
		}
		if want == 429 && r.Header.Get("Retry-After") != "7" {
			t.Errorf("answer %d has no Retry-After", i)
		}
	}
}

func TestABodyBeyondTheBoundIsRefused(t *testing.T) {
	s := start(t, Route{Method: "POST", Path: "/a", ContentType: "text/plain", Handle: echo})
	r := faketest.Send(t, "POST", s.URL()+"/a", strings.Repeat("x", maxBody+1), plain)
	if r.Status != 413 {
		t.Errorf("status %d", r.Status)
	}
}

func TestManyClientsAtOnceAreAllLogged(t *testing.T) {
	s := start(t, Route{Method: "POST", Path: "/a", ContentType: "text/plain", Handle: echo})
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			req, _ := http.NewRequestWithContext(t.Context(), "POST", s.URL()+"/a", strings.NewReader("x"))
			req.Header.Set("Content-Type", "text/plain")
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			s.Requests()
		})
	}
	wg.Wait()
	if n := len(s.Requests()); n != 50 {
		t.Errorf("%d requests are logged", n)
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	s := start(t)
	var conns []net.Conn
	for i := range 3 { // idle, half a request, an answered request kept alive
		c := faketest.Dial(t, s.URL())
		conns = append(conns, c)
		fmt.Fprint(c, [...]string{"", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"}[i])
	}
	if _, err := http.ReadResponse(bufio.NewReader(conns[2]), nil); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s.Close()
	faketest.Settle(t, before)
	if _, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "http://")); err == nil {
		t.Error("the port is still open")
	}
}

func TestCloseWaitsForAHandler(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := start(t, Route{Method: "GET", Path: "/a", Handle: func(Call) Answer {
		close(entered)
		<-release
		return Text(200, "")
	}})
	c := faketest.Dial(t, s.URL())
	fmt.Fprint(c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	closed := make(chan struct{})
	go func() { defer close(closed); s.Close() }()
	_, _ = io.ReadAll(c) // ends when Close has cut the connection
	for range 1000 {
		runtime.Gosched()
	}
	select {
	case <-closed:
		t.Error("Close returned while a handler ran")
	default:
	}
	close(release)
	<-closed
}
