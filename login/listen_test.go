package login

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// onlyFamily makes the machine one that has only addresses with this prefix.
func onlyFamily(t *testing.T, prefix string) {
	t.Helper()
	real := listenTCP
	t.Cleanup(func() { listenTCP = real })
	listenTCP = func(ctx context.Context, address string) (net.Listener, error) {
		if !strings.HasPrefix(address, prefix) {
			return nil, &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EADDRNOTAVAIL)}
		}
		return real(ctx, address)
	}
}

// STD-26: a machine with one family of addresses gets that one.
func TestEachFamilyAloneWillDo(t *testing.T) {
	for _, tt := range []struct{ name, prefix, host string }{
		{"IPv4 only", "127.0.0.1:", "127.0.0.1"}, {"IPv6 only", "[::1]:", "::1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			onlyFamily(t, tt.prefix)
			l, err := listenAny(context.Background(), "0", "127.0.0.1", "::1")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			if ip := l.Addr().(*net.TCPAddr).IP.String(); ip != tt.host {
				t.Errorf("it listens on %s", ip)
			}
			_, port, _ := net.SplitHostPort(l.Addr().String())
			if all, err := listenAll(context.Background(), port, "127.0.0.1", "::1"); err == nil {
				t.Errorf("%d listeners on a port that is taken", len(all))
			}
		})
	}
	onlyFamily(t, "nothing")
	if _, err := listenAny(context.Background(), "0", "127.0.0.1", "::1"); !errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Errorf("without any address: %v", err)
	}
	if _, err := listenAll(context.Background(), "0", "127.0.0.1", "::1"); !errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Errorf("without any address: %v", err)
	}
}
