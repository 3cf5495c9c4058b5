package faults

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// PipeListener is a listener in memory, for the Listener of a fake's Options or
// for any server. It has the address of a loopback port that nothing listens on.
type PipeListener struct {
	dialled chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

// Pipe makes a PipeListener for a test under testing/synctest, where a real
// socket would keep the virtual time from going on. Make it inside the bubble.
// What Config of the fake returns reaches the fake; any other client does
// through Transport.
func Pipe() *PipeListener {
	return &PipeListener{dialled: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept waits for DialContext.
func (p *PipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialled:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close refuses whoever dials from now on.
func (p *PipeListener) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr is 127.0.0.1:1.
func (p *PipeListener) Addr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
}

// DialContext connects to the listener, whatever address is asked for.
func (p *PipeListener) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	err := errors.New("connection refused")
	select {
	case p.dialled <- server:
		return client, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-p.closed:
	}
	return nil, &net.OpError{Op: "dial", Net: network, Addr: p.Addr(), Err: err}
}

// Transport makes a transport that dials the listener and nothing else.
func (p *PipeListener) Transport() *http.Transport {
	return &http.Transport{DialContext: p.DialContext}
}
