package faults_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func TestNoConnectionComesToBeInTheWayNamed(t *testing.T) {
	dns := func(err error) *net.DNSError { var d *net.DNSError; errors.As(err, &d); return d }
	for _, c := range []struct {
		fault faults.DialFault
		took  time.Duration
		is    func(error) bool
	}{
		{faults.DialRefused, 0, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }},
		{faults.DialBlackHole, 2 * time.Minute, func(err error) bool { return errors.Is(err, syscall.ETIMEDOUT) }},
		{faults.DialNoSuchHost, 0, func(err error) bool { return dns(err) != nil && dns(err).IsNotFound && dns(err).Name == "example.com" }},
		{faults.DialSlowDNS, time.Minute, func(err error) bool { return dns(err) != nil && dns(err).IsTimeout }},
		{faults.DialProxyAuth, 0, func(err error) bool { return strings.Contains(err.Error(), "Proxy Authentication Required") }},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				began := time.Now()
				err := get(ctx, c.fault.Transport(), "https://example.com/")
				var op *net.OpError
				if err == nil || !c.is(err) || c.fault != faults.DialProxyAuth && (!errors.As(err, &op) || op.Op != "dial") {
					t.Errorf("%v", err)
				}
				if took := time.Since(began); took != c.took {
					t.Errorf("after %v, want %v", took, c.took)
				}
			})
		})
	}
}

func TestDiallingEndsWithItsContext(t *testing.T) {
	for _, f := range []faults.DialFault{faults.DialBlackHole, faults.DialSlowDNS} {
		t.Run(f.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				began := time.Now()
				if c, err := f.Transport().DialContext(ctx, "tcp", "example.com:443"); err == nil || time.Since(began) != time.Second {
					t.Errorf("%v, %v after %v", c, err, time.Since(began))
				}
			})
		})
	}
}

func get(ctx context.Context, rt http.RoundTripper, url string) error {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	resp, err := rt.RoundTrip(req)
	if err == nil {
		err = resp.Body.Close()
	}
	return err
}

func TestAProxyAnswersForAPlainURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		resp, err := faults.DialProxyAuth.Transport().RoundTrip(faketest.Must(http.NewRequestWithContext(t.Context(), "GET", "http://127.0.0.1:1/", nil)))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != 407 {
			t.Errorf("status %d", resp.StatusCode)
		}
	})
}
