package httpx

import (
	"context"
	"net"
	"net/http"
)

// callKey is where the context of a call is found in that of a dial.
type callKey struct{}

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// bindDials ends dials and connections with the call that they are for.
// net/http detaches a dial from its request, for another request may use the
// connection; here none does, and a dial into a black hole or a handshake that
// stalls would outlive its call, each with its goroutines.
func bindDials(t *http.Transport) {
	dial := t.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
		if legacy := t.Dial; legacy != nil { //nolint:staticcheck // deprecated, and still heeded
			dial = func(_ context.Context, network, addr string) (net.Conn, error) { return legacy(network, addr) }
		}
	}
	t.DialContext = bound(dial)
	if t.DialTLSContext != nil {
		t.DialTLSContext = bound(t.DialTLSContext)
	}
}

func bound(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		call, ok := ctx.Value(callKey{}).(context.Context)
		if !ok {
			return dial(ctx, network, addr)
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(call, cancel)()
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(call, func() { _ = conn.Close() })
		return conn, nil
	}
}
