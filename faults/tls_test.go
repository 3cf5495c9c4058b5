package faults_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func TestTLSFailsInTheWayNamed(t *testing.T) {
	for _, c := range []struct {
		fault faults.TLSFault
		is    func(error) bool
	}{
		{faults.TLSSelfSigned, func(err error) bool { var e x509.UnknownAuthorityError; return errors.As(err, &e) }},
		{faults.TLSWrongName, func(err error) bool { var e x509.HostnameError; return errors.As(err, &e) }},
		{faults.TLSExpired, func(err error) bool {
			var e x509.CertificateInvalidError
			return errors.As(err, &e) && e.Reason == x509.Expired
		}},
		{faults.TLS11Only, func(err error) bool { return strings.Contains(err.Error(), "protocol version") }},
		{faults.TLSCloseAfterHello, func(err error) bool { return errors.Is(err, io.EOF) }},
		{faults.TLSPlainHTTP, func(err error) bool { var e tls.RecordHeaderError; return errors.As(err, &e) }},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			s, err := c.fault.Start(nil)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := get(t.Context(), s.HTTPClient().Transport, s.URL()); err == nil || !c.is(err) {
				t.Errorf("%v", err)
			}
			if s.Requests() != 0 {
				t.Error("a request got through")
			}
		})
	}
}

func TestAHandshakeStallsForAsLongAsTheClientWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := faults.TLSHandshakeStall.Start(faults.Pipe())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		began := time.Now()
		if err := get(ctx, s.HTTPClient().Transport, s.URL()); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Hour {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// What is wrong is only what the name says: a client that overlooks it gets
// through.
func TestAClientThatDoesNotCheckGetsThrough(t *testing.T) {
	for _, fault := range []faults.TLSFault{faults.TLSSelfSigned, faults.TLSWrongName, faults.TLSExpired, faults.TLS11Only} {
		t.Run(fault.String(), func(t *testing.T) {
			s, err := fault.Start(nil)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			c := tls.Client(faketest.Dial(t, s.URL()), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS11})
			if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			if b, err := io.ReadAll(c); err != nil || !strings.HasSuffix(string(b), "\r\n\r\n{}") || s.Requests() != 1 {
				t.Errorf("%q, %v, %d requests", b, err, s.Requests())
			}
		})
	}
}

func TestATLSFaultThatDoesNotExistIsNotStarted(t *testing.T) {
	if s, err := faults.TLSFault("x").Start(nil); err == nil {
		s.Close()
		t.Error("it runs")
	}
}

func TestCloseEndsEveryTLSFault(t *testing.T) {
	for _, f := range faults.TLSFaults() {
		t.Run(f.String(), func(t *testing.T) {
			before := runtime.NumGoroutine()
			s, err := f.Start(nil)
			if err != nil {
				t.Fatal(err)
			}
			c := faketest.Dial(t, s.URL())
			fmt.Fprint(c, "\x16\x03\x01\x00\x05") // half of a ClientHello
			s.Close()
			s.Close()
			if _, err := io.Copy(io.Discard, c); err != nil && !faketest.IsReset(err) {
				t.Errorf("%v", err)
			}
			faketest.Settle(t, before)
		})
	}
}
