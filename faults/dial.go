package faults

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"time"
)

// DialFault is a network on which no connection to the provider comes to be.
// No listener can show that: the client under test is given the Transport.
type DialFault string

// The faults of dialling. None of them touches a network.
const (
	// DialRefused finds nobody listening on the port.
	DialRefused DialFault = "connection refused"
	// DialBlackHole gets no answer for two minutes, after which a kernel gives
	// up, or until the context is done. net/http dials on when a call has ended:
	// under virtual time, sleep for so long or call CloseIdleConnections.
	DialBlackHole DialFault = "black hole"
	// DialNoSuchHost resolves no name.
	DialNoSuchHost DialFault = "no such host"
	// DialSlowDNS takes a minute to find that the name server does not answer.
	DialSlowDNS DialFault = "slow DNS"
	// DialProxyAuth finds a proxy that wants credentials (407), which for an
	// http URL is an answer and for an https URL is no connection.
	DialProxyAuth DialFault = "proxy 407"
)

// DialFaults lists the faults of dialling.
func DialFaults() []DialFault {
	return []DialFault{DialRefused, DialBlackHole, DialNoSuchHost, DialSlowDNS, DialProxyAuth}
}

// String is the name.
func (f DialFault) String() string { return string(f) }

// Transport makes a transport on that network, for the client's configuration.
func (f DialFault) Transport() *http.Transport {
	t := &http.Transport{DialContext: f.dial}
	if f == DialProxyAuth {
		t.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: "127.0.0.1:1"})
	}
	return t
}

func (f DialFault) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(address)
	var err error
	switch f {
	case DialProxyAuth:
		client, proxy := net.Pipe()
		go refuseProxy(proxy)
		return client, nil
	case DialBlackHole:
		if err = ended(ctx, 2*time.Minute); err == nil {
			err = os.NewSyscallError("connect", syscall.ETIMEDOUT)
		}
	case DialNoSuchHost:
		err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	case DialSlowDNS:
		_ = ended(ctx, time.Minute)
		err = &net.DNSError{Err: "i/o timeout", Name: host, IsTimeout: true}
	default:
		err = os.NewSyscallError("connect", syscall.ECONNREFUSED)
	}
	return nil, &net.OpError{Op: "dial", Net: network, Err: err}
}

// ended waits for d and returns an error if the context is done before.
func ended(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// refuseProxy answers one request and ends when the client hangs up.
func refuseProxy(c net.Conn) {
	defer c.Close()
	if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
		return
	}
	_, _ = io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
