package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
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
		case errNoFirstByte, errTotal, errAgain, errNoneUsable: //nolint:errorlint // what a caller wrapped around it may quote anything
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
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		err = op.Err
	}
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
	if strings.HasPrefix(err.Error(), "tls: ") { // crypto/tls has no type for most of what can go wrong
		return &transportError{text: "TLS: no agreement with the other end"}
	}
	return errFailed
}

var (
	errFailed          = &transportError{text: "the transport failed"}
	errAgain           = &transportError{text: "the connection was lost, and the transport was about to send the request again"}
	errNoneUsable      = &transportError{text: "no connection that the server offers can be used"}
	errRefusedByNumber = &transportError{text: "HTTP/2: the server named the request as one that it did not take"}
)

// refusedByNumber reports whether err says that the server did not process the
// request's stream: REFUSED_STREAM, or a GOAWAY whose last stream is an earlier
// one (RFC 9113 sections 8.7 and 6.8). net/http has neither a type nor a value
// for that, and so its text is read, all of it: other texts look alike and prove
// nothing, PROTOCOL_ERROR among them, and one of them quotes the server.
func refusedByNumber(err error) bool {
	text := err.Error()
	if code, ok := strings.CutPrefix(text, "http2: Transport received GOAWAY from server ErrCode:"); ok {
		return isErrorCode(code)
	}
	text, ok := strings.CutPrefix(text, "http2: Transport: cannot retry err [")
	if !ok {
		return false
	}
	text, ok = strings.CutSuffix(text, "] after Request.Body was written; define Request.GetBody to avoid this error")
	if !ok {
		return false
	}
	if text == "http2: Transport received Server's graceful shutdown GOAWAY" { // whatever its code was
		return true
	}
	text, ok = strings.CutPrefix(text, "stream error: stream ID ")
	if !ok {
		return false
	}
	id, ok := strings.CutSuffix(text, "; REFUSED_STREAM; received from peer")
	_, bad := strconv.ParseUint(id, 10, 31)
	return ok && bad == nil
}

// isErrorCode reports whether code is how net/http prints an error code of
// HTTP/2.
func isErrorCode(code string) bool {
	if hex, ok := strings.CutPrefix(code, "unknown error code 0x"); ok {
		_, bad := strconv.ParseUint(hex, 16, 32)
		return bad == nil
	}
	return code != "" && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_1") == ""
}

// isDialError reports whether err proves by itself that no connection came to
// be, for transports that report nothing on the way.
func isDialError(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect" || op.Op == "socks connect") || errors.As(err, &dns)
}
