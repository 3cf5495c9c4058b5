package httpx

import (
	"context"
	"net"
	"net/http"
)

// callKey is where the Outgoing of a call is found in the context of a dial.
type callKey struct{}

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// bindDials ends dials and connections with the call that they are for, until
// one turns out to be of HTTP/2. net/http detaches a dial from its request, for
// another request may use the connection; over HTTP/1.1 none does here, and a
// dial into a black hole or a handshake that stalls would outlive its call, each
// with its goroutines.
func bindDials(t *http.Transport) {
	dial := t.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
		if legacy := t.Dial; legacy != nil { //nolint:staticcheck // deprecated, and still heeded
			dial = func(_ context.Context, network, addr string) (net.Conn, error) { return legacy(network, addr) }
		}
	}
	plain := t.Protocols != nil && t.Protocols.UnencryptedHTTP2() && !t.Protocols.HTTP1()
	t.DialContext = bound(dial, plain)
	if t.DialTLSContext != nil {
		t.DialTLSContext = bound(t.DialTLSContext, false)
	}
}

// bound wraps dial. plainHTTP2 says that a connection without TLS is one of
// HTTP/2.
func bound(dial dialFunc, plainHTTP2 bool) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		out, ok := ctx.Value(callKey{}).(*Outgoing)
		if !ok {
			return dial(ctx, network, addr)
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(out.call, cancel)()
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		if !plainHTTP2 || out.url.Scheme != "http" {
			out.watch.bind(out.call, conn)
		}
		return conn, nil
	}
}
