package http2_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	xhttp2 "golang.org/x/net/http2"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/conformance/http2"
)

// A way is how a client comes by its transport. Both must send once.
type way struct {
	name string
	// mine is false for a transport that grantway does not know and so cannot
	// tell what to do.
	mine bool
	wrap func(*http.Transport) http.RoundTripper
}

var ways = []way{
	{"grantway's clone of a transport", true, func(t *http.Transport) http.RoundTripper { return t }},
	{"another RoundTripper around one", false, func(t *http.Transport) http.RoundTripper { return struct{ http.RoundTripper }{t} }},
}

// transport is what a caller who wants HTTP/2 has.
func transport(config *tls.Config) *http.Transport {
	return &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4}
}

// tally counts what became of the calls.
type tally struct {
	calls, requests, taken                 atomic.Int64
	succeeded, notSent, ambiguous, refused atomic.Int64
	refusedAmbiguous                       atomic.Int64 // of requests without a body
	faultless                              atomic.Int64 // successes for want of a fault
}

func (n *tally) String() string {
	return fmt.Sprintf("%d calls put %d requests on the wire, of which the server took %d: %d succeeded, %d outcomes unknown, %d not sent; "+
		"%d refused by number, of which %d without a body count as unknown",
		n.calls.Load(), n.requests.Load(), n.taken.Load(), n.succeeded.Load(), n.ambiguous.Load(), n.notSent.Load(),
		n.refused.Load(), n.refusedAmbiguous.Load())
}

// outcome is what a call said of itself.
type outcome int

const (
	succeeded outcome = iota
	notSent
	unknown
)

func outcomeOf(err error) (outcome, error) {
	switch {
	case err == nil:
		return succeeded, nil
	case errors.Is(err, grantway.ErrNotSent):
		return notSent, nil
	case errors.Is(err, grantway.ErrAmbiguous):
		return unknown, nil
	}
	return 0, fmt.Errorf("it is neither a success, not sent nor unknown: %w", err)
}

// judge compares what a call said with what the server saw of it.
func (n *tally) judge(o outcome, seen http2.Seen, f http2.Fault, hasBody bool) error {
	n.calls.Add(1)
	n.requests.Add(int64(seen.Streams))
	taken := seen.Streams - seen.Refused
	n.taken.Add(int64(taken))
	n.refused.Add(int64(seen.Refused))
	switch o {
	case succeeded:
		n.succeeded.Add(1)
	case notSent:
		n.notSent.Add(1)
	case unknown:
		n.ambiguous.Add(1)
	}
	if f.At == http2.Never && o == succeeded {
		n.faultless.Add(1)
	}
	switch {
	case seen.Streams > 1:
		return fmt.Errorf("%d requests", seen.Streams)
	case seen.Connections > 4:
		return fmt.Errorf("%d connections", seen.Connections)
	case o == notSent && taken > 0:
		return errors.New("not sent, and the server took it")
	case o == succeeded && taken == 0:
		return errors.New("a success that the server did not take")
	case seen.Refused == 0 || o == notSent:
		return nil
	case hasBody:
		return errors.New("the server refused it by number, and it is not called not sent")
	}
	n.refusedAmbiguous.Add(1)
	return nil
}

// lane is one server with the clients that call it, one call at a time.
type lane struct {
	server  server
	call    atomic.Int64
	clients []clients // one per way
	said    []said
}

// server is of HTTP/2, or of HTTP/1.1.
type server interface {
	Play(http2.Script)
	Seen(call string) http2.Seen
	Disconnect()
}

// said is what one call said of itself.
type said struct {
	call  string
	way   string
	op    operation
	fault http2.Fault
	err   error
}

func newLane(t testing.TB) *lane {
	t.Helper()
	s := http2.Start(t)
	return laneTo(t, s, s.URL, &tls.Config{RootCAs: s.Roots})
}

// laneTo makes the clients of a server.
func laneTo(t testing.TB, s server, url string, config *tls.Config) *lane {
	t.Helper()
	l := &lane{server: s}
	for _, w := range ways {
		tr := transport(config.Clone())
		t.Cleanup(tr.CloseIdleConnections)
		l.clients = append(l.clients, newClients(t, grantway.ClientConfig{BaseURL: url, HTTPClient: &http.Client{Transport: w.wrap(tr)},
			WrapTransport: func(next http.RoundTripper) http.RoundTripper {
				return roundTripper(func(r *http.Request) (*http.Response, error) {
					r.Header.Set(http2.CallHeader, strconv.FormatInt(l.call.Load(), 10))
					return next.RoundTrip(r)
				})
			}}))
	}
	return l
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// do makes one call under one fault.
func (l *lane) do(w int, op operation, f http2.Fault) {
	call := strconv.FormatInt(l.call.Add(1), 10)
	l.server.Play(http2.Script{Fault: f, Body: op.success, Call: call})
	l.said = append(l.said, said{call, ways[w].name, op, f, op.call(context.Background(), l.clients[w])})
}

// judge waits for what the calls may have left on the wire, and judges them all.
func (l *lane) judge(t testing.TB, n *tally) {
	t.Helper()
	l.server.Disconnect()
	wrong := 0
	for _, s := range l.said {
		o, err := outcomeOf(s.err)
		if err == nil {
			err = n.judge(o, l.server.Seen(s.call), s.fault, s.op.hasBody)
		}
		if err != nil && wrong < 20 {
			t.Errorf("%s, %s, %s: %v (%v)", s.op, s.way, s.fault, err, s.err)
			wrong++
		}
	}
}

// work spreads tasks over one lane per processor.
func work(t *testing.T, n *tally, open func(testing.TB) *lane, tasks []int, do func(l *lane, task int)) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		l := open(t)
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(tasks) {
					break
				}
				do(l, tasks[i])
			}
			l.judge(t, n)
		})
	}
	wg.Wait()
}

// some is a share of the numbers below n, spread over all of them: fewer where
// a call costs more.
func some(n int, share float64) []int {
	if testing.Short() || raceEnabled {
		share /= 8
	}
	return rand.New(rand.NewPCG(87, 87)).Perm(n)[:int(float64(n)*share)]
}

func TestCheck087_OneCallIsOneRequestOverHTTP2(t *testing.T) {
	faults := http2.Faults()
	tasks := some(len(operations)*len(faults)*len(ways), 0.4)
	var n tally
	work(t, &n, newLane, tasks, func(l *lane, task int) {
		w, op, f := task%len(ways), operations[task/len(ways)%len(operations)], faults[task/len(ways)/len(operations)]
		// On a connection that has carried a request, and then on whatever the
		// fault left.
		for _, f := range []http2.Fault{{}, f, f} {
			l.do(w, op, f)
		}
	})
	t.Logf("figure: HTTP/2, %d faults × %d operations × %d transports: %s", len(faults), len(operations), len(ways), &n)
	if n.notSent.Load() == 0 || n.refused.Load() == 0 || n.ambiguous.Load() == 0 || n.faultless.Load() < n.calls.Load()*3/10 {
		t.Error("the faults do not do what they are for")
	}
}

// The inverse of the count: net/http alone, with a server that refuses.
func TestCheck087_InverseNetHTTPAloneSendsMore(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault http2.Fault
	}{
		{"REFUSED_STREAM", http2.Fault{At: http2.Request, Do: http2.EndStream, Code: xhttp2.ErrCodeRefusedStream}},
		{"PROTOCOL_ERROR", http2.Fault{At: http2.Request, Do: http2.EndStream, Code: xhttp2.ErrCodeProtocol}},
		{"GOAWAY 0", http2.Fault{At: http2.Request, Do: http2.GoAwayZero}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := http2.Start(t)
			s.Play(http2.Script{Fault: c.fault, Body: "{}"})
			tr := transport(&tls.Config{RootCAs: s.Roots})
			defer tr.CloseIdleConnections()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() { // it would go on
				for s.Seen("").Streams < 2 && ctx.Err() == nil {
					runtime.Gosched()
				}
				cancel()
			}()
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if resp, err := tr.RoundTrip(req); err == nil {
				_ = resp.Body.Close()
			}
			seen := s.Seen("")
			if new(tally).judge(unknown, seen, c.fault, false) == nil {
				t.Errorf("inverse: net/http alone passes with %+v", seen)
			}
		})
	}
}

// The inverse of the outcomes: whoever believes every text of net/http that
// begins alike, or says what is said of no connection of any error.
func TestCheck087_InverseTheOutcomesAreTold(t *testing.T) {
	var n tally
	protocol := http2.Fault{At: http2.Request, Do: http2.EndStream, Code: xhttp2.ErrCodeProtocol}
	refused := http2.Fault{At: http2.Request, Do: http2.EndStream, Code: xhttp2.ErrCodeRefusedStream}
	for _, c := range []struct {
		name  string
		o     outcome
		seen  http2.Seen
		fault http2.Fault
	}{
		{"not sent, and taken", notSent, http2.Seen{Streams: 1}, protocol},
		{"unknown, and refused", unknown, http2.Seen{Streams: 1, Refused: 1}, refused},
		{"sent twice", unknown, http2.Seen{Streams: 2}, protocol},
		{"a success of nothing", succeeded, http2.Seen{}, protocol},
		{"dialled for ever", notSent, http2.Seen{Connections: 100}, protocol},
	} {
		if n.judge(c.o, c.seen, c.fault, true) == nil {
			t.Errorf("inverse: %s passes", c.name)
		}
	}
}

// What is read in the texts of net/http, on each version that this runs on.
func TestC7_WhatTheServerRefusesByNumberIsNotSent(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: each fault meets each operation")
	}
	for _, c := range []struct {
		name  string
		fault http2.Fault
		want  outcome
		// bodiless is what is said where there is no body, and net/http tells
		// less.
		bodiless outcome
	}{
		{"REFUSED_STREAM", http2.Fault{At: http2.Request, Do: http2.EndStream, Code: xhttp2.ErrCodeRefusedStream}, notSent, notSent},
		{"REFUSED_STREAM before the body is read", http2.Fault{At: http2.RequestHeaders, Do: http2.EndStream, Code: xhttp2.ErrCodeRefusedStream}, notSent, notSent},
		{"GOAWAY 0", http2.Fault{At: http2.Request, Do: http2.GoAwayZero}, notSent, unknown},
		{"GOAWAY 0 with ENHANCE_YOUR_CALM", http2.Fault{At: http2.Request, Do: http2.GoAwayZero, Code: xhttp2.ErrCodeEnhanceYourCalm}, notSent, unknown},
		{"GOAWAY below", http2.Fault{At: http2.Request, Do: http2.GoAwayBelow}, notSent, unknown},
		{"GOAWAY with the stream's own number", http2.Fault{At: http2.Request, Do: http2.GoAwayAt}, unknown, unknown},
		{"PROTOCOL_ERROR", http2.Fault{At: http2.Request, Do: http2.EndStream, Code: xhttp2.ErrCodeProtocol}, unknown, unknown},
		{"CANCEL", http2.Fault{At: http2.Request, Do: http2.EndStream, Code: xhttp2.ErrCodeCancel}, unknown, unknown},
		{"a connection lost", http2.Fault{At: http2.Request, Do: http2.Close}, unknown, unknown},
		{"a connection lost that names itself refused", http2.Fault{At: http2.Request, Do: http2.GoAwayAbove, Code: xhttp2.ErrCodeRefusedStream}, unknown, unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			for w, way := range ways {
				for _, op := range operations {
					// The first stream of a connection, and a later one.
					for _, prelude := range []bool{false, true} {
						l := newLane(t)
						if prelude {
							l.do(w, op, http2.Fault{})
						}
						l.do(w, op, c.fault)
						call := l.said[len(l.said)-1]
						err := call.err
						o, odd := outcomeOf(err)
						want := c.want
						if !op.hasBody {
							want = c.bodiless
						}
						if !op.hasBody && !prelude && c.fault.Code != 0 && c.fault.Do == http2.GoAwayZero {
							want = notSent // net/http says so of the first stream
						}
						l.server.Disconnect()
						seen := l.server.Seen(call.call)
						if odd != nil || o != want || seen.Streams != 1 {
							t.Errorf("%s, %s, %v: %v, want %v; %+v: %v", op, way.name, prelude, o, want, seen, err)
						}
						if err != nil && strings.Contains(err.Error(), "REFUSED") {
							t.Errorf("the text has words of the server: %v", err)
						}
					}
				}
			}
		})
	}
}

func TestC7_AConnectionOfHTTP2IsKept(t *testing.T) {
	l := newLane(t)
	for w, way := range ways {
		for _, op := range operations {
			l.server.Play(http2.Script{Body: op.success, Call: "0"})
			for range 10 {
				ctx, cancel := context.WithCancel(t.Context())
				if err := op.call(ctx, l.clients[w]); err != nil {
					t.Errorf("%s, %s: %v", op, way.name, err)
				}
				cancel() // its call's end does not end the connection
			}
			if seen := l.server.Seen("0"); seen.Streams != 10 || seen.Connections > 1 {
				t.Errorf("%s, %s: %+v", op, way.name, seen)
			}
		}
	}
	if open := l.server.(*http2.Server).Open(); open > 3*len(ways) {
		t.Errorf("%d connections of %d clients", open, 3*len(ways))
	}
}

// A call that is given up ends its stream and leaves the connection to others,
// with no goroutine of its own.
func TestC7_CallsGivenUpLeaveTheConnectionAndNothingElse(t *testing.T) {
	const calls, ending = 100, 10 // what is still ending is no leak
	l := newLane(t)
	giveUp := func(w int, op operation) {
		call := strconv.FormatInt(l.call.Add(1), 10)
		l.server.Play(http2.Script{Fault: http2.Fault{At: http2.Request, Do: http2.Silence}, Body: op.success, Call: call})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- op.call(ctx, l.clients[w]) }()
		for l.server.Seen(call).Streams == 0 {
			runtime.Gosched()
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) || !errors.Is(err, grantway.ErrAmbiguous) {
			t.Errorf("%s: %v", op, err)
		}
	}
	for w := range ways {
		for _, op := range operations {
			giveUp(w, op) // what is made once
		}
	}
	settled := func(most int) int {
		n := runtime.NumGoroutine()
		for same := 0; same < 1000 && n > most; same++ {
			runtime.Gosched()
			if m := runtime.NumGoroutine(); m < n {
				n, same = m, 0
			}
		}
		return n
	}
	before := settled(0)
	open := l.server.(*http2.Server).Open()
	for i := range calls {
		giveUp(i%len(ways), operations[i%len(operations)])
	}
	if after := settled(before); after > before+ending {
		t.Errorf("%d goroutines are left", after-before)
	}
	if now := l.server.(*http2.Server).Open(); now > open {
		t.Errorf("%d connections are left", now-open)
	}
}
