// Package http2 has a server of HTTP/2 that commits the faults of frames: it
// ends connections and streams at the moment it is told, and notes which
// requests it took. It is no server to build on, and speaks no HTTP/1.1.
package http2

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// Server answers each request with its Body, or commits its Fault.
type Server struct {
	// URL is the server's, https on a loopback address.
	URL string
	// Roots trust the server's certificate.
	Roots *x509.CertPool

	listener *net.TCPListener
	config   *tls.Config
	running  sync.WaitGroup

	mu     sync.Mutex
	gone   *sync.Cond // a connection ended
	conns  map[net.Conn]bool
	script Script
	seen   map[string]*Seen
}

// CallHeader is the header in which a request says which call it is of, for a
// request may arrive when its call is over. Without one it is of the call "".
const CallHeader = "X-Call"

// Script is what the server does with each request and each connection.
type Script struct {
	// Fault is committed at each of its moments; the zero value commits none.
	Fault Fault
	// Body is that of the answer, which is JSON.
	Body string
	// Call is which call it is for.
	Call string
}

// Seen is what has arrived of one call.
type Seen struct {
	// Connections that finished their handshake while the call was played.
	Connections int
	// Streams that a request began.
	Streams int
	// Refused counts the streams that the server said, by number, that it did
	// not take.
	Refused int
}

// Start returns a server that runs until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	id, err := identity()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{URL: "https://" + l.Addr().String(), Roots: id.roots, listener: l, conns: map[net.Conn]bool{}, seen: map[string]*Seen{},
		config: &tls.Config{Certificates: []tls.Certificate{id.certificate}, NextProtos: []string{http2.NextProtoTLS}}}
	s.gone = sync.NewCond(&s.mu)
	s.running.Go(s.accept)
	t.Cleanup(func() {
		_ = l.Close()
		s.Disconnect()
		s.running.Wait()
	})
	return s
}

// Play gives the server a script and forgets what it has seen of its call.
func (s *Server) Play(script Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
	delete(s.seen, script.Call)
}

// Seen is what has arrived of a call since it was played.
func (s *Server) Seen(call string) Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seen := s.seen[call]; seen != nil {
		return *seen
	}
	return Seen{}
}

// Open is how many connections are open.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Disconnect closes all connections and waits until nothing more of them is
// counted.
func (s *Server) Disconnect() {
	s.mu.Lock()
	for c := range s.conns {
		_ = c.Close()
	}
	for len(s.conns) > 0 {
		s.gone.Wait()
	}
	s.mu.Unlock()
}

func (s *Server) accept() {
	for {
		raw, err := s.listener.AcceptTCP()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[raw] = true
		s.mu.Unlock()
		s.running.Go(func() {
			s.serve(raw)
			_ = raw.Close()
			s.mu.Lock()
			delete(s.conns, raw)
			s.gone.Broadcast()
			s.mu.Unlock()
		})
	}
}

// conn is one connection.
type conn struct {
	server *Server
	raw    *net.TCPConn
	tls    *tls.Conn
	framer *http2.Framer
	header bytes.Buffer
	hpack  *hpack.Encoder
	// requests are the streams of which something is still to come, with the
	// call that each is of.
	requests map[uint32]string
	// last is the highest stream that is taken: what a GOAWAY named.
	last uint32
}

// errEnded ends a connection of which the script wants no more.
var errEnded = errors.New("ended")

func (s *Server) serve(raw *net.TCPConn) {
	c := &conn{server: s, raw: raw, tls: tls.Server(raw, s.config), requests: map[uint32]string{}, last: highest}
	if c.tls.HandshakeContext(context.Background()) != nil {
		return
	}
	s.mu.Lock()
	call := s.script.Call
	s.mu.Unlock()
	s.count(call, func(seen *Seen) { seen.Connections++ })
	if c.at(Connected, 0) != nil {
		return
	}
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c.tls, preface); err != nil || string(preface) != http2.ClientPreface {
		return
	}
	c.framer = http2.NewFramer(c.tls, c.tls)
	c.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	c.hpack = hpack.NewEncoder(&c.header)
	if c.framer.WriteSettings() != nil || c.at(Settled, 0) != nil {
		return
	}
	for {
		f, err := c.framer.ReadFrame()
		if err != nil || c.frame(f) != nil {
			return
		}
	}
}

func (s *Server) count(call string, f func(*Seen)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[call] == nil {
		s.seen[call] = &Seen{}
	}
	f(s.seen[call])
}

func (c *conn) frame(f http2.Frame) error {
	switch f := f.(type) {
	case *http2.SettingsFrame:
		if !f.IsAck() {
			return c.framer.WriteSettingsAck()
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			return c.framer.WritePing(true, f.Data)
		}
	case *http2.RSTStreamFrame:
		delete(c.requests, f.StreamID)
	case *http2.MetaHeadersFrame:
		call := callOf(f)
		c.server.count(call, func(seen *Seen) { seen.Streams++ })
		if f.StreamID > c.last {
			c.server.count(call, func(seen *Seen) { seen.Refused++ })
			return nil // as the GOAWAY said
		}
		c.requests[f.StreamID] = call
		if err := c.at(RequestHeaders, f.StreamID); err != nil {
			return err
		}
		if f.StreamEnded() {
			return c.answer(f.StreamID)
		}
	case *http2.DataFrame:
		if _, ok := c.requests[f.StreamID]; ok && f.StreamEnded() {
			return c.answer(f.StreamID)
		}
	}
	return nil
}

func callOf(f *http2.MetaHeadersFrame) string {
	for _, h := range f.RegularFields() {
		if strings.EqualFold(h.Name, CallHeader) {
			return h.Value
		}
	}
	return ""
}

// answer goes through the moments of an answer.
func (c *conn) answer(id uint32) error {
	c.server.mu.Lock()
	body := []byte(c.server.script.Body)
	c.server.mu.Unlock()
	for _, step := range []struct {
		write func() error
		then  Moment
	}{
		{func() error { return nil }, Request},
		{func() error { return c.headers(id, "103", "link", "</example>") }, Interim},
		{func() error { return c.headers(id, "200", "content-type", "application/json") }, Headers},
		{func() error { return c.framer.WriteData(id, false, body[:len(body)/2]) }, HalfBody},
		{func() error { return c.framer.WriteData(id, false, body[len(body)/2:]) }, Body},
		{func() error { return c.framer.WriteData(id, true, nil) }, End},
	} {
		if _, ok := c.requests[id]; !ok {
			return nil
		}
		if err := step.write(); err != nil {
			return err
		}
		if err := c.at(step.then, id); err != nil {
			return err
		}
	}
	delete(c.requests, id)
	return nil
}

func (c *conn) headers(id uint32, status, name, value string) error {
	c.header.Reset()
	for _, f := range []hpack.HeaderField{{Name: ":status", Value: status}, {Name: name, Value: value}} {
		if err := c.hpack.WriteField(f); err != nil {
			return err
		}
	}
	return c.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: c.header.Bytes(), EndHeaders: true})
}

// identity is what all servers of a process show.
var identity = sync.OnceValues(newIdentity)

type identified struct {
	certificate tls.Certificate
	roots       *x509.CertPool
}

// newIdentity makes a certificate for 127.0.0.1.
func newIdentity() (identified, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return identified{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return identified{}, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return identified{}, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return identified{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots}, nil
}
