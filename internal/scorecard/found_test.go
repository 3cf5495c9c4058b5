package scorecard

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
)

// A dial or a handshake that stalls ends with its call.
func TestCheck038_AStalledHandshakeOrDialLeavesNothing(t *testing.T) {
	for _, name := range []string{"handshake", "dial"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &dialer{dial: silent(t).DialContext}
				if name == "dial" {
					d = blackHole(t)
				}
				var dialling int
				inner := d.dial
				d.dial = func(ctx context.Context, n, a string) (net.Conn, error) {
					dialling++
					c, err := inner(ctx, n, a)
					dialling--
					return c, err
				}
				if err := operations[0].at(context.Background(), t, "https://127.0.0.1:1", d.client()); !errors.Is(err, grantway.ErrNotSent) {
					t.Error(err)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				if n := d.open.Load(); n != 0 || dialling != 0 {
					t.Errorf("an hour later %d connections are open, %d dials under way", n, dialling)
				}
			})
		})
	}
}

// A transport that tries again by itself may report the last failure only.
func TestCheck032_ATransportThatTriesAgainDoesNotMakeASentRequestUnsent(t *testing.T) {
	for _, op := range operations {
		s := newOnce(t)
		base := http.DefaultTransport.(*http.Transport).Clone()
		retrying := roundTripperFunc(func(r *http.Request) (*http.Response, error) {
			resp, err := base.RoundTrip(r)
			if err != nil {
				err = &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED} // the second attempt found nobody
			}
			return resp, err
		})
		err := op.at(context.Background(), t, s.URL, &http.Client{Transport: retrying})
		s.mu.Lock()
		arrived := s.requests
		s.mu.Unlock()
		if arrived > 0 && errors.Is(err, grantway.ErrNotSent) {
			t.Errorf("%s: %v, but %d requests arrived", op.name, err, arrived)
		}
	}
}

// Basic credentials are echoed without their padding, too.
func TestCheck016_NoErrorShowsBasicCredentials(t *testing.T) {
	basic := strings.TrimRight(base64.StdEncoding.EncodeToString([]byte("example-client:"+canarySecret)), "=")
	for _, op := range operations[5:8] {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 401, Header: map[string]string{"X-Request-Id": basic}}}
		if err := typed(op.over(t, wire.Client()), []string{basic}); err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
	}
}

// What fits the bound does not become much more in memory.
func TestCheck026_NoBodyBelowTheBoundMakesMuchOfItself(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: bodies of a megabyte to every operation")
	}
	for _, op := range operations {
		for _, b := range []struct {
			name            string
			status          int
			open, item, end string
		}{
			{"errors 400", 400, `{"errors":[`, `{},`, `{}]}`},
			{"errors 200", 200, `{"errors":[`, `{},`, `{}]}`},
			{"error codes", 400, `{"errors":[`, `{"code":"A"},`, `{}]}`},
			{"scopes", 200, `{"client_id":"x","scopes":[`, `"",`, `""]}`},
			{"spaces", 400, ``, ` `, ``},
			{"scope", 200, `{"access_token":"example","token":"example","scope":"`, `a `, `"}`},
			{"escapes", 200, `{"access_token":"`, `\u0061`, `"}`},
		} {
			body := b.open + strings.Repeat(b.item, (1<<20-200)/len(b.item)) + b.end
			c := newClients(t, grantway.ClientConfig{HTTPClient: (&wiretest.Transport{Reply: wiretest.Reply{Status: b.status, Body: body}}).Client()})
			if a := allocated(func() { _ = op.call(context.Background(), c) }); a > maxAlloc {
				t.Errorf("%s, %s: %d KiB allocated for %d KiB", op.name, b.name, a>>10, len(body)>>10)
			}
		}
	}
}

// A typed nil is an error, and no panic.
func TestCheck053_ATypedNilTransportIsNoPanic(t *testing.T) {
	defer func() {
		if r := recover(); r != nil {
			t.Error("panic:", r)
		}
	}()
	_, err := trySquare(grantway.ClientConfig{HTTPClient: &http.Client{Transport: (*http.Transport)(nil)}})
	if !errors.Is(err, grantway.ErrInvalidArgument) {
		t.Error(err)
	}
}

// Callers who cannot wait take no slot from those who can.
func TestCheck035_SlotsThatNobodyCanWaitForAreNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := true
		wire := &wiretest.Transport{}
		wire.Answer = func(wiretest.Request) (*http.Response, error) {
			if down {
				return wiretest.Reply{Status: 503}.Response(), nil
			}
			return wiretest.Reply{Body: `{"client_id":"x","expires_at":""}`}.Response(), nil
		}
		c := newClients(t, grantway.ClientConfig{HTTPClient: wire.Client(), MaxRetries: 1})
		short, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		_, _ = c.square.TokenStatus(short, token)
		for range 100 {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
			_, _ = c.square.TokenStatus(ctx, token)
			cancel()
		}
		down = false
		began := time.Now()
		_, err := c.square.TokenStatus(context.Background(), token)
		if err != nil || time.Since(began) > 2*time.Second {
			t.Errorf("after the impatient ones: %v after %v", err, time.Since(began))
		}
	})
}

// Only what the providers document is a success.
func TestCheck036_A206IsNoSuccess(t *testing.T) {
	for _, op := range operations {
		for _, status := range []int{203, 205, 206, 226, 299} {
			wire := &wiretest.Transport{Reply: wiretest.Reply{Status: status, Body: op.success}}
			if err := op.over(t, wire.Client()); err == nil {
				t.Errorf("%s: %d is a success", op.name, status)
			}
		}
	}
}
