package faults

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/grantway/grantway/internal/conns"
)

// TLSFault is what is wrong with a server that a TLS client connects to. No
// request gets through to such a server, so it is no fake of anybody: Start runs
// one, and the client under test is given its URL and its HTTPClient.
type TLSFault string

// The faults of TLS. The client that TLSServer.HTTPClient returns trusts the
// certificate, except for a self-signed one.
const (
	// TLSSelfSigned has a certificate that nobody vouches for.
	TLSSelfSigned TLSFault = "self-signed certificate"
	// TLSWrongName has a certificate for example.com.
	TLSWrongName TLSFault = "certificate for another name"
	// TLSExpired has a certificate that ended yesterday.
	TLSExpired TLSFault = "expired certificate"
	// TLS11Only speaks TLS 1.1 and nothing newer.
	TLS11Only TLSFault = "TLS 1.1 only"
	// TLSHandshakeStall takes the ClientHello and says nothing.
	TLSHandshakeStall TLSFault = "handshake stall"
	// TLSCloseAfterHello takes the ClientHello and hangs up.
	TLSCloseAfterHello TLSFault = "close after ClientHello"
	// TLSPlainHTTP answers the ClientHello in plain HTTP.
	TLSPlainHTTP TLSFault = "plain HTTP on the TLS port"
)

// TLSFaults lists the faults of TLS.
func TLSFaults() []TLSFault {
	return []TLSFault{TLSSelfSigned, TLSWrongName, TLSExpired, TLS11Only, TLSHandshakeStall, TLSCloseAfterHello, TLSPlainHTTP}
}

// String is the name.
func (f TLSFault) String() string { return string(f) }

// TLSServer is a running server with a TLSFault.
type TLSServer struct {
	fault   TLSFault
	l       net.Listener
	config  *tls.Config
	roots   *x509.CertPool
	conns   *conns.Set
	running sync.WaitGroup
	got     atomic.Int64
}

// Start serves l until Close; nil means a free port of 127.0.0.1. A Pipe, for
// virtual time, does for TLSHandshakeStall: in the other handshakes both sides
// may write at once, and a pipe holds nothing in between.
func (f TLSFault) Start(l net.Listener) (*TLSServer, error) {
	if !slices.Contains(TLSFaults(), f) {
		return nil, fmt.Errorf("there is no TLS fault %q", string(f))
	}
	certificate, err := f.certificate()
	if err != nil {
		return nil, err
	}
	if l == nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, err
		}
	}
	s := &TLSServer{fault: f, l: l, conns: conns.New(), roots: x509.NewCertPool(),
		config: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}}
	if f == TLS11Only {
		s.config.MinVersion, s.config.MaxVersion = tls.VersionTLS11, tls.VersionTLS11
	}
	if f != TLSSelfSigned {
		s.roots.AddCert(certificate.Leaf)
	}
	s.running.Go(s.serve)
	return s, nil
}

// URL is "https://127.0.0.1:PORT".
func (s *TLSServer) URL() string { return "https://" + s.l.Addr().String() }

// HTTPClient reaches the server and trusts its certificate where trust is not
// what is wrong.
func (s *TLSServer) HTTPClient() *http.Client {
	t := &http.Transport{}
	if p, ok := s.l.(*PipeListener); ok {
		t = p.Transport()
	}
	t.TLSClientConfig = &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12}
	return &http.Client{Transport: t}
}

// Requests counts what got through all the same, from a client that does not
// check.
func (s *TLSServer) Requests() int { return int(s.got.Load()) }

// Close returns when nothing of the server runs any more.
func (s *TLSServer) Close() {
	_ = s.l.Close()
	s.conns.CloseAll()
	s.running.Wait()
}

func (s *TLSServer) serve() {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return
		}
		if release, ok := s.conns.Hold(c); ok {
			s.running.Go(func() {
				defer release()
				s.meet(c)
			})
		}
	}
}

func (s *TLSServer) meet(c net.Conn) {
	switch s.fault {
	case TLSHandshakeStall:
		_, _ = io.Copy(io.Discard, c) // until the client goes away or Close
	case TLSCloseAfterHello:
		readHello(c)
	case TLSPlainHTTP:
		readHello(c)
		_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	default:
		c = tls.Server(c, s.config)
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			s.got.Add(1)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
			_ = c.Close()
		}
	}
}

// readHello reads one record: 5 bytes of header, the last two its length.
func readHello(c net.Conn) {
	var header [5]byte
	if _, err := io.ReadFull(c, header[:]); err == nil {
		_, _ = io.CopyN(io.Discard, c, int64(header[3])<<8|int64(header[4]))
	}
}

// certificate makes one that vouches for itself.
func (f TLSFault) certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotBefore:             now.Add(-48 * time.Hour),
		NotAfter:              now.Add(24 * time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	switch f {
	case TLSWrongName:
		template.IPAddresses, template.DNSNames = nil, []string{"example.com"}
	case TLSExpired:
		template.NotAfter = now.Add(-24 * time.Hour)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}
