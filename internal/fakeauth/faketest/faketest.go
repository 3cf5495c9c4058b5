// Package faketest is what the tests of the fakes share. It knows no fake.
package faketest

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Must returns v, and panics on an error.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Reply is what a test compares.
type Reply struct {
	Status int
	Body   string
	Header http.Header
}

// Send sends a request by hand and follows no redirect. Each header line is
// "Name: value"; one without a value is left out.
func Send(t testing.TB, method, url, body string, header ...string) Reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range header {
		if name, value, ok := strings.Cut(line, ": "); ok && value != "" {
			req.Header.Set(name, value)
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Reply{resp.StatusCode, string(b), resp.Header}
}

// SendJSON is Send with a body that is JSON, unless a header line says
// otherwise.
func SendJSON(t testing.TB, method, url, body string, header ...string) Reply {
	t.Helper()
	return Send(t, method, url, body, typed("application/json", body, header)...)
}

// SendForm is Send with a body that is a form, unless a header line says
// otherwise.
func SendForm(t testing.TB, method, url, body string, header ...string) Reply {
	t.Helper()
	return Send(t, method, url, body, typed("application/x-www-form-urlencoded", body, header)...)
}

func typed(contentType, body string, header []string) []string {
	if body == "" {
		return header
	}
	return append([]string{"Content-Type: " + contentType}, header...)
}

// Standing is a clock that only Advance sets ahead. Its moment is not a whole
// second, as some expiries over the wire are.
func Standing() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC) }

// URL is base with a query, of which these parameters are changed: a name, a
// value, and so on. An empty value leaves one out.
func URL(base string, query url.Values, changes ...string) string {
	for i := 0; i < len(changes); i += 2 {
		query.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			query.Del(changes[i])
		}
	}
	return base + "?" + query.Encode()
}

// Settle fails unless the number of goroutines comes back to before within 5
// seconds.
func Settle(t testing.TB, before int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}

// Dial connects to the host of a URL. The connection closes with the test.
func Dial(t testing.TB, url string) net.Conn {
	t.Helper()
	_, address, _ := strings.Cut(url, "://")
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// IsReset reports whether the other side broke the connection off.
func IsReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }
