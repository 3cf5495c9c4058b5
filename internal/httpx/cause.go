package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
)

// deadlineError is one of our own deadlines; it is a context.DeadlineExceeded
// to whoever asks.
type deadlineError string

func (e deadlineError) Error() string        { return string(e) }
func (e deadlineError) Is(target error) bool { return target == context.DeadlineExceeded }
func (e deadlineError) Timeout() bool        { return true }

// transportError is a failure below HTTP in our own words. net/http puts what
// the server sent into its errors (a status line, a header line, a host), so
// of the original only values that hold no text are kept for errors.Is.
type transportError struct {
	text string
	err  error
}

func (e *transportError) Error() string { return e.text }
func (e *transportError) Unwrap() error { return e.err }

// harmless turns what a transport returned into a cause that can be printed.
func harmless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		switch cause := context.Cause(ctx); cause {
		case errNoFirstByte, errTotal: //nolint:errorlint // what a caller wrapped around it may quote anything
			return cause
		}
		return ctx.Err()
	}
	var (
		errno   syscall.Errno
		dns     *net.DNSError
		op      *net.OpError
		timeout interface{ Timeout() bool }
		badCert *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		record  tls.RecordHeaderError
		alert   tls.AlertError
	)
	switch {
	case errors.As(err, &name):
		return &transportError{text: "TLS: the certificate is for another host"}
	case errors.As(err, &badCert), errors.As(err, &unknown):
		return &transportError{text: "TLS: the certificate is not trusted"}
	case errors.As(err, &record):
		return &transportError{text: "TLS: the server does not speak it"}
	case errors.As(err, &alert), errors.As(err, &op) && op.Op == "remote error":
		return &transportError{text: "TLS: refused by the server"}
	case errors.As(err, &dns):
		return &transportError{text: "the host's name could not be resolved"}
	case errors.As(err, &errno):
		return &transportError{text: errno.Error(), err: errno}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &transportError{text: "timed out", err: context.DeadlineExceeded}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &transportError{text: "the connection was closed too early", err: io.ErrUnexpectedEOF}
	case errors.As(err, &op) && op.Op == "dial":
		return &transportError{text: "no connection"}
	}
	return &transportError{text: "the transport failed"}
}

// isDialError reports whether err proves by itself that no connection came to
// be, for transports that report nothing on the way.
func isDialError(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns)
}
