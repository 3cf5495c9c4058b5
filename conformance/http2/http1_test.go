package http2_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/grantway/grantway/conformance/http2"
)

// oneFault is a fault of HTTP/1.1: a connection that ends at a moment.
type oneFault struct {
	at    int // of the moments below; 0 is never
	reset bool
}

var oneMoments = []string{"never", "after the handshake", "after the first byte of the request", "after the request's header",
	"after the request", "after a 103", "after the status line", "after the answer's header", "after half a body", "after the body"}

// oneServer speaks HTTP/1.1 and keeps connections.
type oneServer struct {
	l       *net.TCPListener
	config  *tls.Config // nil for none
	running sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
	body  string
	call  string
	fault oneFault
	seen  map[string]*http2.Seen
}

func startOne(t testing.TB, config *tls.Config) *oneServer {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s := &oneServer{l: l, config: config, conns: map[net.Conn]bool{}, seen: map[string]*http2.Seen{}}
	s.running.Go(func() {
		for {
			c, err := l.AcceptTCP()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns[c] = true
			s.mu.Unlock()
			s.running.Go(func() {
				s.serve(c)
				_ = c.Close()
			})
		}
	})
	t.Cleanup(s.Disconnect)
	return s
}

// Play takes the moment of a fault for one of its own, and its code for how the
// connection ends.
func (s *oneServer) Play(script http2.Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body, s.call, s.fault = script.Body, script.Call, oneFault{int(script.Fault.At), script.Fault.Do == http2.Reset}
}

func (s *oneServer) Seen(call string) http2.Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seen := s.seen[call]; seen != nil {
		return *seen
	}
	return http2.Seen{}
}

// Disconnect ends the server.
func (s *oneServer) Disconnect() {
	_ = s.l.Close()
	s.mu.Lock()
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *oneServer) count(call string, f func(*http2.Seen)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[call] == nil {
		s.seen[call] = &http2.Seen{}
	}
	f(s.seen[call])
}

// over reports whether the connection ends here.
func (s *oneServer) over(c *net.TCPConn, moment int) bool {
	s.mu.Lock()
	f := s.fault
	s.mu.Unlock()
	if f.at != moment {
		return false
	}
	if f.reset {
		_ = c.SetLinger(0)
		_ = c.Close()
	}
	return true
}

func (s *oneServer) serve(raw *net.TCPConn) {
	var c net.Conn = raw
	s.mu.Lock()
	call := s.call
	s.mu.Unlock()
	if s.config != nil {
		secure := tls.Server(raw, s.config)
		if secure.HandshakeContext(context.Background()) != nil {
			return
		}
		c = secure
	}
	s.count(call, func(seen *http2.Seen) { seen.Connections++ })
	if s.over(raw, 1) {
		return
	}
	in := bufio.NewReader(c)
	for {
		first, err := in.ReadByte()
		if err != nil {
			return
		}
		s.mu.Lock()
		call, body := s.call, s.body
		s.mu.Unlock()
		s.count(call, func(seen *http2.Seen) { seen.Streams++ })
		if s.over(raw, 2) {
			return
		}
		head := []byte{first}
		for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
			b, err := in.ReadByte()
			if err != nil {
				return
			}
			head = append(head, b)
		}
		if s.over(raw, 3) {
			return
		}
		req, err := http.ReadRequest(bufio.NewReader(io.MultiReader(bytes.NewReader(head), in)))
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, io.LimitReader(in, req.ContentLength)); err != nil || s.over(raw, 4) {
			return
		}
		for i, part := range []string{"HTTP/1.1 103 Early Hints\r\nLink: </example>\r\n\r\n", "HTTP/1.1 200 OK\r\n",
			fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body)), body[:len(body)/2], body[len(body)/2:]} {
			if _, err := io.WriteString(c, part); err != nil || s.over(raw, 5+i) {
				return
			}
		}
	}
}

func TestCheck087_OneCallIsOneRequestOverHTTP1(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	for _, c := range []struct {
		name string
		tls  *tls.Config
		url  func(*oneServer) string
	}{
		{"without TLS", nil, func(s *oneServer) string { return "http://" + s.l.Addr().String() }},
		{"over TLS", &tls.Config{Certificates: secure.TLS.Certificates}, func(s *oneServer) string { return "https://" + s.l.Addr().String() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			open := func(t testing.TB) *lane {
				s := startOne(t, c.tls)
				return laneTo(t, s, c.url(s), secure.Client().Transport.(*http.Transport).TLSClientConfig)
			}
			const ends = 2
			tasks := some(len(operations)*len(oneMoments)*ends*len(ways), 1)
			var n tally
			work(t, &n, open, tasks, func(l *lane, task int) {
				w, op, f := task%len(ways), operations[task/len(ways)%len(operations)], task/len(ways)/len(operations)
				fault := http2.Fault{At: http2.Moment(f / ends), Do: http2.Act(f % ends)}
				for _, f := range []http2.Fault{{}, fault, fault} {
					l.do(w, op, f)
				}
			})
			t.Logf("figure: HTTP/1.1 %s, %d ends of a connection × %d operations × %d transports: %s",
				c.name, (len(oneMoments)-1)*ends, len(operations), len(ways), &n)
			if n.ambiguous.Load() == 0 || n.faultless.Load() < n.calls.Load()*3/10 {
				t.Error("the faults do not do what they are for")
			}
		})
	}
}

// The inverse: net/http alone replays a GET on a connection that it kept.
func TestCheck087_InverseNetHTTPAloneReplaysAGet(t *testing.T) {
	s := startOne(t, nil)
	tr := transport(nil)
	defer tr.CloseIdleConnections()
	for i, f := range []http2.Fault{{}, {At: 4}} {
		s.Play(http2.Script{Fault: f, Body: "{}", Call: strconv.Itoa(i)})
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+s.l.Addr().String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := tr.RoundTrip(req); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		} else if !strings.Contains(err.Error(), "EOF") {
			t.Fatal(err)
		}
	}
	if err := new(tally).judge(unknown, s.Seen("1"), http2.Fault{}, false); err == nil {
		t.Errorf("inverse: net/http alone passes with %+v", s.Seen("1"))
	}
}
