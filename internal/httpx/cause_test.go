package httpx

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

func TestNoCauseHoldsTextOfTheServer(t *testing.T) {
	const canary = "canary"
	read := func(answer string) error {
		resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), nil)
		if err == nil {
			_ = resp.Body.Close()
			t.Fatalf("net/http takes %q", answer)
		}
		return err
	}
	for _, c := range []struct {
		name string
		err  error
		is   error // what errors.Is still finds
	}{
		{"a malformed status line", read("HTTP/1.1 " + canary + "\r\n\r\n"), nil},
		{"a malformed version", read(canary + " 200 OK\r\n\r\n"), nil},
		{"a malformed header line", read("HTTP/1.1 200 OK\r\n" + canary + "\r\n\r\n"), nil},
		{"a bad length", read("HTTP/1.1 200 OK\r\nContent-Length: " + canary + "\r\n\r\n"), nil},
		{"a URL", &url.Error{Op: "Post", URL: "https://example.com/" + canary, Err: errors.New(canary)}, nil},
		{"an unknown host", &net.OpError{Op: "dial", Err: &net.DNSError{Err: canary, Name: canary, Server: canary}}, nil},
		{"a refused connection", &net.OpError{Op: "dial", Err: fmt.Errorf("%s: %w", canary, syscall.ECONNREFUSED)}, syscall.ECONNREFUSED},
		{"a dial that failed otherwise", &net.OpError{Op: "dial", Err: errors.New(canary)}, nil},
		{"a reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, syscall.ECONNRESET},
		{"an early end", fmt.Errorf("%s: %w", canary, io.EOF), io.ErrUnexpectedEOF},
		{"a certificate for another host", x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{canary}}, Host: canary}, nil},
		{"a certificate of nobody", &tls.CertificateVerificationError{Err: errors.New(canary)}, nil},
		{"an unknown authority", x509.UnknownAuthorityError{Cert: &x509.Certificate{}}, nil},
		{"no TLS at all", tls.RecordHeaderError{Msg: canary}, nil},
		{"an alert", tls.AlertError(40), nil},
		{"anything else", errors.New(canary), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := harmless(t.Context(), c.err)
			if got == nil || got.Error() == "" {
				t.Fatal("no cause")
			}
			for e := got; e != nil; e = errors.Unwrap(e) {
				if text := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(text, canary) {
					t.Errorf("%s", text)
				}
			}
			if c.is != nil && !errors.Is(got, c.is) {
				t.Errorf("%v is no %v", got, c.is)
			}
		})
	}
}

func TestTheContextsEndIsTheCause(t *testing.T) {
	for _, cause := range []error{errTotal, errNoFirstByte} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		if got := harmless(ctx, errors.New("canary")); got != cause || !errors.Is(got, context.DeadlineExceeded) { //nolint:errorlint // itself, in no wrapping
			t.Errorf("%v", got)
		}
	}
	// A cause that the caller gave may hold anything.
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("canary"))
	if got := harmless(ctx, errors.New("x")); got != context.Canceled { //nolint:errorlint // itself, in no wrapping
		t.Errorf("%v", got)
	}
}

// The texts of net/http, of which conformance/http2 shows that they are those
// of the Go that is in use.
func TestC7_OnlyWholeTextsOfNetHTTPSayThatTheServerTookNothing(t *testing.T) {
	const (
		retry = "http2: Transport: cannot retry err ["
		after = "] after Request.Body was written; define Request.GetBody to avoid this error"
	)
	for _, c := range []struct {
		name, text string
		refused    bool
	}{
		{"REFUSED_STREAM", retry + "stream error: stream ID 7; REFUSED_STREAM; received from peer" + after, true},
		{"GOAWAY below", retry + "http2: Transport received Server's graceful shutdown GOAWAY" + after, true},
		{"GOAWAY 0 with a code to the first stream", "http2: Transport received GOAWAY from server ErrCode:ENHANCE_YOUR_CALM", true},
		{"and a code that nobody knows", "http2: Transport received GOAWAY from server ErrCode:unknown error code 0x2a", true},
		{"and one with digits", "http2: Transport received GOAWAY from server ErrCode:HTTP_1_1_REQUIRED", true},
		{"PROTOCOL_ERROR", retry + "stream error: stream ID 7; PROTOCOL_ERROR; received from peer" + after, false},
		{"REFUSED_STREAM of our own", retry + "stream error: stream ID 7; REFUSED_STREAM" + after, false},
		{"no number", retry + "stream error: stream ID x; REFUSED_STREAM; received from peer" + after, false},
		{"REFUSED_STREAM outside", "stream error: stream ID 7; REFUSED_STREAM; received from peer", false},
		{"a text around it", "example: " + retry + "stream error: stream ID 7; REFUSED_STREAM; received from peer" + after, false},
		{"a text behind it", retry + "stream error: stream ID 7; REFUSED_STREAM; received from peer" + after + ".", false},
		{"a connection that was closed with GOAWAY", `http2: server sent GOAWAY and closed the connection; LastStreamID=7, ErrCode=NO_ERROR, debug="` + retry + `"`, false},
		{"text of the server for a code", "http2: Transport received GOAWAY from server ErrCode:no, really", false},
		{"no code", "http2: Transport received GOAWAY from server ErrCode:", false},
		{"a connection lost", "unexpected EOF", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if refusedByNumber(errors.New(c.text)) != c.refused {
				t.Errorf("%v", !c.refused)
			}
		})
	}
}
