package scorecard

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/wiretest"
)

func TestCheck031_ShortLongAndDoubleDocumentsAreErrors(t *testing.T) {
	n := 0
	for _, op := range operations {
		status := func(body string) faults.Fault { return faults.Status(200, "application/json", body) }
		for _, f := range []faults.Fault{
			faults.LengthTooBig, faults.LengthTooSmall, faults.TruncatedJSON, faults.ResetMidBody,
			faults.TrailingBytes, faults.EmptyBody, faults.BrokenGzip,
			status(op.success + op.success), status(op.success + "\n" + op.success), status(op.success + `garbage`),
			status(op.success + `}`), status(op.success + "\x00"), status(`{}` + op.success), status(`x` + op.success),
			status(op.success[:len(op.success)-1]),
		} {
			s := op.serve(t, nil)
			arm(t, s, f, 1)
			err := op.at(context.Background(), t, s.URL(), (&dialer{}).client())
			if err := typed(err, []string{"example-access"}, grantway.KindMalformed, grantway.KindAmbiguous); err != nil {
				t.Errorf("%s, %s: %v", op.name, f, err)
			}
			if got := len(s.Requests()); got != 1 {
				t.Errorf("%s, %s: %d requests", op.name, f, got)
			}
			s.Close()
			n++
		}
	}
	// Inverse: a decoder that stops behind the first document.
	resp := wiretest.Reply{Body: operations[0].success + operations[1].success}.Response()
	var tok naiveToken
	if err := json.NewDecoder(resp.Body).Decode(&tok); err != nil || tok.AccessToken == "" {
		t.Errorf("inverse: encoding/json's decoder notices: %v", err)
	}
	t.Logf("figure: %d answers are errors", n)
}

// witness is a server that sees what arrives, whatever the client believes.
type witness struct {
	l        net.Listener
	bytes    atomic.Int64 // of requests, after TLS
	requests atomic.Int64 // that arrived whole
	running  sync.WaitGroup

	mu   sync.Mutex
	open []net.Conn
}

// watch serves with behave, which gets each connection and what is to be done
// when the request has been received as far as the fault wants it.
func watch(t testing.TB, config *tls.Config, behave func(c net.Conn, w *witness)) *witness {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{l: l}
	w.running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			w.mu.Lock()
			w.open = append(w.open, c)
			w.mu.Unlock()
			w.running.Go(func() {
				defer c.Close()
				if config == nil {
					behave(&seen{c, w}, w)
					return
				}
				behave(&seen{tls.Server(c, config), w}, w)
			})
		}
	})
	return w
}

// Close breaks off what is still open: it is called when the call is over.
func (w *witness) Close() {
	_ = w.l.Close()
	w.mu.Lock()
	for _, c := range w.open {
		_ = c.Close()
	}
	w.mu.Unlock()
	w.running.Wait()
}

func (w *witness) url(scheme string) string { return scheme + "://" + w.l.Addr().String() }

// seen counts what its witness reads.
type seen struct {
	net.Conn
	w *witness
}

func (s *seen) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	s.w.bytes.Add(int64(n))
	return n, err
}

// reset breaks the connection off with a RST.
func (s *seen) reset() {
	c := s.Conn
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	_ = c.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
}

// whole reads a request to its end.
func (w *witness) whole(c net.Conn) {
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	if _, err := io.Copy(io.Discard, r.Body); err == nil {
		w.requests.Add(1)
	}
}

// sentFault is what goes wrong at one point of a call.
type sentFault struct {
	name string
	// sent is whether a request, or a part of one, can have arrived.
	sent bool
	// early is a connection that ends before anything was read of it, perhaps
	// so soon that dialling fails: of the two, either may be said.
	early bool
	// behave is the server, nil for a port that nobody listens on.
	behave func(c net.Conn, w *witness, cancel context.CancelFunc)
	// secure is the server's TLS, if it has it.
	secure bool
	scheme string
	// client changes the client that trusts the server.
	client func(t *http.Transport)
	// done ends the context before the call.
	done bool
}

func after(read func(c net.Conn, w *witness), answer string, end func(c net.Conn, cancel context.CancelFunc)) func(net.Conn, *witness, context.CancelFunc) {
	return func(c net.Conn, w *witness, cancel context.CancelFunc) {
		read(c, w)
		_, _ = io.WriteString(c, answer)
		end(c, cancel)
	}
}

func readWhole(c net.Conn, w *witness) { w.whole(c) }
func readPart(c net.Conn, _ *witness)  { _, _ = io.ReadFull(c, make([]byte, 40)) }
func readNone(net.Conn, *witness)      {}
func rst(c net.Conn, _ context.CancelFunc) {
	c.(*seen).reset()
}
func hangUp(c net.Conn, _ context.CancelFunc) { _ = c.Close() }

// giveUp is a client that loses patience while the server says nothing.
func giveUp(c net.Conn, cancel context.CancelFunc) {
	cancel()
	_, _ = io.Copy(io.Discard, c)
}

const headOf200 = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

var sentFaults = []sentFault{
	{name: "nobody listens", scheme: "http"},
	{name: "the dial fails", scheme: "https", client: func(t *http.Transport) {
		t.DialContext = func(_ context.Context, network, _ string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ENETUNREACH}
		}
	}},
	{name: "no such host", scheme: "https", client: func(t *http.Transport) {
		t.DialContext = func(_ context.Context, network, address string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}}
		}
	}},
	{name: "the context is done", scheme: "http", done: true, behave: after(readWhole, headOf200+"Content-Length: 2\r\n\r\n{}", hangUp)},
	{name: "the certificate is not trusted", scheme: "https", secure: true, behave: after(readWhole, "", hangUp),
		client: func(t *http.Transport) { t.TLSClientConfig.RootCAs = nil }},
	{name: "the certificate is for another name", scheme: "https", secure: true, behave: after(readWhole, "", hangUp),
		client: func(t *http.Transport) { t.TLSClientConfig.ServerName = "wrong.example" }},
	{name: "the server's TLS is too old", scheme: "https", secure: true, behave: after(readWhole, "", hangUp),
		client: func(t *http.Transport) { t.TLSClientConfig.MinVersion = tls.VersionTLS13 + 1 }},
	{name: "plain HTTP on the TLS port", scheme: "https", behave: after(readPart, "HTTP/1.1 400 Bad Request\r\n\r\n", hangUp)},
	{name: "the server hangs up before the handshake", scheme: "https", behave: after(readNone, "", rst)},
	{name: "the server hangs up in the handshake", scheme: "https", behave: after(readPart, "", rst)},
	{name: "the client gives up in the handshake", scheme: "https", behave: after(readPart, "", giveUp)},

	{name: "read nothing, then RST", sent: true, early: true, scheme: "http", behave: after(readNone, "", rst)},
	{name: "read a part, then RST", sent: true, scheme: "http", behave: after(readPart, "", rst)},
	{name: "read all, then RST", sent: true, scheme: "http", behave: after(readWhole, "", rst)},
	{name: "read all under TLS, then RST", sent: true, scheme: "https", secure: true, behave: after(readWhole, "", rst)},
	{name: "read all, then FIN", sent: true, scheme: "http", behave: after(readWhole, "", hangUp)},
	{name: "read all, no answer, the client gives up", sent: true, scheme: "http", behave: after(readWhole, "", giveUp)},
	{name: "half a status line", sent: true, scheme: "http", behave: after(readWhole, "HTTP/1.1 2", rst)},
	{name: "a bad status line", sent: true, scheme: "http", behave: after(readWhole, "HTTP/1.1 2OO OK\r\n\r\n", hangUp)},
	{name: "half the headers, then RST", sent: true, scheme: "http", behave: after(readWhole, headOf200, rst)},
	{name: "half the body, then FIN", sent: true, scheme: "http", behave: after(readWhole, headOf200+"Content-Length: 20\r\n\r\n{\"a\":", hangUp)},
	{name: "half the body, then RST", sent: true, scheme: "http", behave: after(readWhole, headOf200+"Content-Length: 20\r\n\r\n{\"a\":", rst)},
	{name: "a chunk without end, then FIN", sent: true, scheme: "http", behave: after(readWhole, headOf200+"Transfer-Encoding: chunked\r\n\r\nff\r\n{\"a\":", hangUp)},
	{name: "headers, no body, the client gives up", sent: true, scheme: "http", behave: after(readWhole, headOf200+"Content-Length: 20\r\n\r\n", giveUp)},
	{name: "answered before anything was read", sent: true, early: true, scheme: "http", behave: after(readNone, "HTTP/1.1 2OO OK\r\n\r\n", rst)},
	{name: "100 Continue, then RST", sent: true, scheme: "http", behave: after(readWhole, "HTTP/1.1 100 Continue\r\n\r\n", rst)},
}

// truth fails if err says "not sent" of a request of which the witness got a
// part or net/http wrote one, or says anything else of one that cannot have
// left.
func truth(f sentFault, err error, arrived int64, wrote bool) error {
	notSent, ambiguous := errors.Is(err, grantway.ErrNotSent), errors.Is(err, grantway.ErrAmbiguous)
	switch {
	case notSent && (arrived > 0 && f.sent || wrote):
		return fmt.Errorf("%v, but the server got %d bytes (written: %v)", err, arrived, wrote)
	case !f.sent && !notSent:
		return fmt.Errorf("%v, want not sent", err)
	case f.sent && !ambiguous && !(f.early && notSent):
		return fmt.Errorf("%v, want ambiguous", err)
	}
	return nil
}

// meets runs call against f; it gets the address, the client and the context.
func (f sentFault) meets(t testing.TB, certificate tls.Certificate, trusted *http.Client, call func(context.Context, string, *http.Client) error) (arrived int64, wrote bool, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	tr := trusted.Transport.(*http.Transport).Clone()
	if f.client != nil {
		f.client(tr)
	}
	var config *tls.Config
	if f.secure {
		config = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	w := watch(t, config, func(c net.Conn, w *witness) {
		if f.behave != nil {
			f.behave(c, w, cancel)
		}
	})
	if f.behave == nil {
		w.Close()
	}
	if f.done {
		cancel()
	}
	err = call(traced, w.url(f.scheme), &http.Client{Transport: tr})
	w.Close()
	return w.bytes.Load(), sent.Load(), err
}

func TestCheck032_NotSentIsSaidOnlyOfWhatWasNotSent(t *testing.T) {
	trusting := httptest.NewTLSServer(nil) // for its certificate
	defer trusting.Close()
	certificate, trusted := trusting.TLS.Certificates[0], trusting.Client()
	n, said := 0, map[bool]int{}
	for _, op := range operations {
		for _, f := range sentFaults {
			arrived, wrote, err := f.meets(t, certificate, trusted, func(ctx context.Context, base string, hc *http.Client) error {
				return op.at(ctx, t, base, hc)
			})
			if err := truth(f, err, arrived, wrote); err != nil {
				t.Errorf("%s, %s: %v", op.name, f.name, err)
			}
			if err := typed(err, nil); err != nil {
				t.Errorf("%s, %s: %v", op.name, f.name, err)
			}
			n++
			said[f.sent]++
		}
	}
	// Without a fault the same servers are reached: the table is about them.
	well := sentFault{scheme: "https", secure: true, behave: after(readWhole, headOf200+"Content-Length: 16\r\n\r\n{\"revoked\":true}", hangUp)}
	op := find(t, "builtbybit.revokeToken")
	if arrived, wrote, err := well.meets(t, certificate, trusted, func(ctx context.Context, base string, hc *http.Client) error { return op.at(ctx, t, base, hc) }); err != nil || arrived == 0 || !wrote {
		t.Errorf("no fault: %v, %d bytes arrived", err, arrived)
	}
	// Inverse: whoever takes a failed connection for a request that did not
	// leave.
	for _, f := range sentFaults {
		if f.name != "read all, then RST" && f.name != "read all, then FIN" {
			continue
		}
		arrived, wrote, err := f.meets(t, certificate, trusted, func(_ context.Context, base string, hc *http.Client) error {
			if _, err := (naive{hc, base}).exchange(); err == nil {
				return nil
			}
			return grantway.ErrNotSent
		})
		if truth(f, err, arrived, wrote) == nil {
			t.Errorf("inverse: %s passes for not sent", f.name)
		}
	}
	t.Logf("figure: %d calls over %d faults, %d not sent, %d ambiguous, 0 wrong", n, len(sentFaults), said[false], said[true])
}
