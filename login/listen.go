package login

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// listenTCP is net's, and a test's.
var listenTCP = func(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", address)
}

// listenAny listens on the first of hosts that this machine has.
func listenAny(ctx context.Context, port string, hosts ...string) (net.Listener, error) {
	var errs []error
	for _, host := range hosts {
		l, err := listenTCP(ctx, net.JoinHostPort(host, port))
		if err == nil {
			return l, nil
		}
		errs = append(errs, err)
	}
	return nil, fmt.Errorf("login: this machine has no loopback address to listen on: %w", errors.Join(errs...))
}

// listenAll listens on every one of hosts that this machine has. One that
// somebody else listens on is an error: the browser might go there.
func listenAll(ctx context.Context, port string, hosts ...string) ([]net.Listener, error) {
	var listeners []net.Listener
	var errs []error
	for _, host := range hosts {
		l, err := listenTCP(ctx, net.JoinHostPort(host, port))
		if err == nil {
			listeners = append(listeners, l)
			continue
		}
		errs = append(errs, err)
		if isMissing(err) {
			continue
		}
		for _, l := range listeners {
			_ = l.Close()
		}
		return nil, fmt.Errorf("login: the port of the redirect URL cannot be listened on: %w", err)
	}
	if listeners == nil {
		return nil, fmt.Errorf("login: this machine has no loopback address to listen on: %w", errors.Join(errs...))
	}
	return listeners, nil
}

// isMissing reports whether err says that the machine has no such address.
func isMissing(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) ||
		errors.Is(err, syscall.EPROTONOSUPPORT)
}
