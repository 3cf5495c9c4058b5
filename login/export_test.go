package login

import (
	"context"
	"net"
	"testing"
)

// OnlyFamily is for the tests outside of the package.
var OnlyFamily = onlyFamily

// ListenElsewhere has all listeners take a free port, whatever port they ask
// for, and returns where they listen.
func ListenElsewhere(t *testing.T) <-chan string {
	t.Helper()
	real := listenTCP
	t.Cleanup(func() { listenTCP = real })
	at := make(chan string, 8)
	listenTCP = func(ctx context.Context, address string) (net.Listener, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		l, err := real(ctx, net.JoinHostPort(host, "0"))
		if err == nil {
			at <- l.Addr().String()
		}
		return l, err
	}
	return at
}
