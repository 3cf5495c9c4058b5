package httpx

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grantway/grantway/internal/address"
)

// sender is one over the clone of theirs, to a server that answers with the
// protocol it was asked in.
func sender(t *testing.T, server *httptest.Server, theirs *http.Transport) *Sender {
	t.Helper()
	base, reason := address.Base(server.URL)
	if reason != "" {
		t.Fatal(reason)
	}
	rt, bound, reason := NewTransport(&http.Client{Transport: theirs})
	if reason != "" || !bound {
		t.Fatalf("%q, %v", reason, bound)
	}
	if tr, ok := rt.(*http.Transport); ok {
		t.Cleanup(tr.CloseIdleConnections)
	}
	return &Sender{Base: base.JoinPath("/"), Transport: rt, Bound: bound, UserAgent: "example"}
}

// echo answers with the request's protocol, and counts connections and resumed
// sessions.
type echo struct {
	*httptest.Server
	connections, resumed atomic.Int32
}

func newEcho(t *testing.T, http2 bool) *echo {
	t.Helper()
	e := &echo{}
	e.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.TLS != nil && r.TLS.DidResume {
			e.resumed.Add(1)
		}
		_, _ = io.WriteString(w, r.Proto)
	}))
	e.EnableHTTP2 = http2
	e.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			e.connections.Add(1)
		}
	}
	e.StartTLS()
	t.Cleanup(e.Close)
	return e
}

func (e *echo) trusted(t *testing.T) *tls.Config {
	t.Helper()
	tr, ok := e.Client().Transport.(*http.Transport)
	if !ok {
		t.Fatal("no *http.Transport")
	}
	return &tls.Config{RootCAs: tr.TLSClientConfig.RootCAs}
}

func post(t *testing.T, s *Sender) string {
	t.Helper()
	answer, failure := s.Send(t.Context(), s.Build(&Request{Method: http.MethodPost, Path: "/x", ContentType: "text/plain", Body: []byte("x")}), time.Now().Add(time.Minute))
	if failure.Kind != 0 {
		t.Fatalf("%v", failure)
	}
	return string(answer.Body)
}

func TestWhatBecomesOfAConnection(t *testing.T) {
	used := func(set func(*http.Transport)) func(*echo, *tls.Config) *http.Transport {
		return func(e *echo, c *tls.Config) *http.Transport {
			tr := &http.Transport{TLSClientConfig: c, MaxIdleConnsPerHost: 4}
			set(tr)
			if resp, err := (&http.Client{Transport: tr}).Get(e.URL); err == nil { //nolint:noctx // it warms the transport
				_ = resp.Body.Close()
			}
			tr.CloseIdleConnections()
			e.connections.Store(0)
			e.resumed.Store(0)
			return tr
		}
	}
	made := func(set func(*http.Transport)) func(*echo, *tls.Config) *http.Transport {
		return func(_ *echo, c *tls.Config) *http.Transport {
			tr := &http.Transport{TLSClientConfig: c, MaxIdleConnsPerHost: 4}
			set(tr)
			return tr
		}
	}
	only := func(set func(*http.Protocols)) func(*http.Transport) {
		return func(tr *http.Transport) {
			tr.Protocols = new(http.Protocols)
			set(tr.Protocols)
		}
	}
	http2 := func(tr *http.Transport) { tr.ForceAttemptHTTP2 = true }
	for _, c := range []struct {
		name                 string
		server               bool // speaks HTTP/2
		theirs               func(*echo, *tls.Config) *http.Transport
		proto                string
		connections, resumed int32 // of five calls
	}{
		{"HTTP/2 is kept", true, made(http2), "HTTP/2.0", 1, 0},
		{"of a transport that was used before too", true, used(http2), "HTTP/2.0", 1, 0},
		{"and where it was asked for as a protocol", true, made(only(func(p *http.Protocols) { p.SetHTTP1(true); p.SetHTTP2(true) })), "HTTP/2.0", 1, 0},
		{"and with a dialer of the caller's", true, made(func(tr *http.Transport) { http2(tr); tr.DialContext = (&net.Dialer{}).DialContext }), "HTTP/2.0", 1, 0},
		{"and with TLS of the caller's", true, func(_ *echo, c *tls.Config) *http.Transport {
			c.NextProtos = []string{"h2"}
			return &http.Transport{ForceAttemptHTTP2: true, DialTLSContext: (&tls.Dialer{Config: c}).DialContext}
		}, "HTTP/2.0", 1, 0},
		{"not if the caller keeps nothing", true, made(func(tr *http.Transport) { http2(tr); tr.DisableKeepAlives = true }), "HTTP/2.0", 5, 4},
		{"HTTP/1.1 is fresh and resumes its session", false, made(http2), "HTTP/1.1", 5, 4},
		{"also where the transport was used before", false, used(http2), "HTTP/1.1", 5, 4},
		{"and not if the caller wants no tickets", false, func(_ *echo, c *tls.Config) *http.Transport {
			c.SessionTicketsDisabled = true
			return &http.Transport{TLSClientConfig: c}
		}, "HTTP/1.1", 5, 0},
		{"a caller who has not enabled HTTP/2 stays on HTTP/1.1", true, made(func(*http.Transport) {}), "HTTP/1.1", 5, 4},
		{"also where the transport was used", true, used(func(*http.Transport) {}), "HTTP/1.1", 5, 4},
		{"who disabled it too", true, made(func(tr *http.Transport) {
			http2(tr)
			tr.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
		}), "HTTP/1.1", 5, 4},
		{"who wants HTTP/1.1 alone too", true, made(only(func(p *http.Protocols) { p.SetHTTP1(true) })), "HTTP/1.1", 5, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEcho(t, c.server)
			s := sender(t, e.Server, c.theirs(e, e.trusted(t)))
			for range 5 {
				if got := post(t, s); got != c.proto {
					t.Fatalf("it speaks %s", got)
				}
			}
			if n, m := e.connections.Load(), e.resumed.Load(); n != c.connections || m != c.resumed {
				t.Errorf("%d connections, %d resumed; want %d, %d", n, m, c.connections, c.resumed)
			}
		})
	}
}

func TestTheCallersSettingsHoldWhereTheyAreStricter(t *testing.T) {
	cache := tls.NewLRUClientSessionCache(1)
	for _, c := range []struct {
		name   string
		theirs *http.Transport
		ok     func(*http.Transport) bool
	}{
		{"a longer idle time is cut", &http.Transport{IdleConnTimeout: time.Hour}, func(tr *http.Transport) bool { return tr.IdleConnTimeout == idleLimit }},
		{"none is one too", &http.Transport{}, func(tr *http.Transport) bool { return tr.IdleConnTimeout == idleLimit }},
		{"a shorter idle time holds", &http.Transport{IdleConnTimeout: time.Second}, func(tr *http.Transport) bool { return tr.IdleConnTimeout == time.Second }},
		{"PINGs are sent", &http.Transport{}, func(tr *http.Transport) bool {
			return tr.HTTP2.SendPingTimeout == pingAfter && tr.HTTP2.PingTimeout == pingLimit && tr.HTTP2.SendPingTimeout < tr.IdleConnTimeout
		}},
		{"as the caller wants them", &http.Transport{HTTP2: &http.HTTP2Config{SendPingTimeout: time.Hour, MaxReadFrameSize: 1 << 16}}, func(tr *http.Transport) bool {
			return tr.HTTP2.SendPingTimeout == time.Hour && tr.HTTP2.PingTimeout == pingLimit && tr.HTTP2.MaxReadFrameSize == 1<<16
		}},
		{"the caller's sessions are used", &http.Transport{TLSClientConfig: &tls.Config{ClientSessionCache: cache}}, func(tr *http.Transport) bool {
			return tr.TLSClientConfig.ClientSessionCache == cache
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt, _, _ := NewTransport(&http.Client{Transport: c.theirs})
			if tr, ok := rt.(*http.Transport); !ok || !c.ok(tr) {
				t.Errorf("%+v", rt)
			}
		})
	}
}

// A wrapper may ask for something in the context of the call first; that is no
// second attempt of the call.
func TestC7_AnotherRequestInTheCallsContextIsNone(t *testing.T) {
	e, side := newEcho(t, true), newEcho(t, false)
	s := sender(t, e.Server, &http.Transport{TLSClientConfig: e.trusted(t), ForceAttemptHTTP2: true})
	next := s.Transport
	s.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		for range 2 * mostConns {
			ask, err := http.NewRequestWithContext(r.Context(), http.MethodGet, side.URL, nil)
			if err != nil {
				return nil, err
			}
			resp, err := side.Client().Do(ask)
			if err != nil {
				return nil, err
			}
			_ = resp.Body.Close()
			side.Client().CloseIdleConnections()
		}
		return next.RoundTrip(r)
	})
	for range 3 {
		answer, failure := s.Send(t.Context(), s.Build(&Request{Method: http.MethodGet, Path: "/x"}), time.Now().Add(time.Minute))
		if failure.Kind != 0 || string(answer.Body) != "HTTP/2.0" {
			t.Errorf("%v, %s", failure, answer.Body)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A wrapper that sends again what has no body is stopped as net/http is.
func TestC7_AWrapperThatTriesAgainIsStopped(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = c.Close()
		}
	}))
	defer server.Close()
	s := sender(t, server, &http.Transport{})
	next := s.Transport
	s.Transport = roundTripper(func(r *http.Request) (resp *http.Response, err error) {
		for range 3 {
			if resp, err = next.RoundTrip(r); err == nil {
				return resp, nil
			}
		}
		return nil, err
	})
	_, failure := s.Send(t.Context(), s.Build(&Request{Method: http.MethodGet, Path: "/x"}), time.Now().Add(time.Minute))
	if requests.Load() != 1 || failure.Kind == 0 || failure.Cause == nil || strings.Contains(failure.Cause.Error(), "canceled") {
		t.Errorf("%d requests, %v", requests.Load(), failure)
	}
}

// The end of a call ends its dial, and a handshake that stalls.
func TestAConnectionOfACallThatIsGivenUpIsClosed(t *testing.T) {
	closed := make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = c.Read(make([]byte, 1)) // the handshake has begun
		cancel()
		_, _ = io.Copy(io.Discard, c)
		close(closed)
	}()
	base, _ := address.Base("https://" + l.Addr().String())
	rt, bound, _ := NewTransport(&http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true}})
	s := &Sender{Base: base.JoinPath("/"), Transport: rt, Bound: bound}
	if _, failure := s.Send(ctx, s.Build(&Request{Method: http.MethodGet, Path: "/x"}), time.Now().Add(time.Minute)); failure.Kind == 0 {
		t.Error("no failure")
	}
	<-closed
}
