package scorecard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
)

// counter is a server that counts connections and what they ask.
type counter struct {
	*httptest.Server
	connections, requests atomic.Int64
}

func count(t testing.TB, h http.Handler) *counter {
	t.Helper()
	c := &counter{}
	c.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.requests.Add(1)
		h.ServeHTTP(w, r)
	}))
	c.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			c.connections.Add(1)
		}
	}
	c.Start()
	t.Cleanup(c.Close)
	return c
}

func TestCheck019_NoRedirectOnCredentialedCalls(t *testing.T) {
	elsewhere := count(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"stolen","token":"stolen","success":true,"revoked":true,"ok":true,"client_id":"x"}`)
	}))
	var target atomic.Value
	var code atomic.Int64
	first := count(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/again") {
			t.Error("the redirect to the same host was followed")
		}
		w.Header().Set("Location", target.Load().(string))
		w.WriteHeader(int(code.Load()))
	}))
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(elsewhere.URL, "http://"))
	calls := 0
	for _, op := range operations {
		for _, to := range []string{first.URL + "/again", elsewhere.URL, "http://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port} {
			for _, status := range []int64{301, 302, 303, 307, 308} {
				target.Store(to)
				code.Store(status)
				err := op.call(context.Background(), newClients(t, grantway.ClientConfig{BaseURL: first.URL}))
				var e *grantway.Error
				if !errors.As(err, &e) || e.Kind != grantway.KindMalformed || e.Status != int(status) {
					t.Errorf("%s, %d to %s: %v", op.name, status, to, err)
				}
				calls++
			}
		}
	}
	if n := elsewhere.connections.Load(); n != 0 {
		t.Errorf("the second server saw %d connections", n)
	}
	if n := first.requests.Load(); int(n) != calls {
		t.Errorf("the first server saw %d requests for %d calls", n, calls)
	}
	// Inverse: net/http as it comes hands secret and code on.
	target.Store(elsewhere.URL)
	code.Store(307)
	_, _ = naive{&http.Client{}, first.URL}.exchange()
	if elsewhere.connections.Load() == 0 {
		t.Error("inverse: the naive client follows no redirect")
	}
	t.Logf("figure: %d redirects, 0 connections at the second server", calls)
}

func TestCheck020_TheBearerStaysOnItsOrigin(t *testing.T) {
	// The operations that carry a token in a header, redirected to another
	// port, another host name and another scheme.
	var seen atomic.Value
	elsewhere := count(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen.Store(r.Header.Get("Authorization")) }))
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(elsewhere.URL, "http://"))
	n := 0
	for _, name := range []string{"square.retrieveTokenStatus", "square.revokeToken", "bytenite.signOut", "bytenite.skip"} {
		for _, to := range []string{elsewhere.URL, "http://localhost:" + port, "https://127.0.0.1:" + port} {
			first := count(t, http.RedirectHandler(to, http.StatusFound))
			if err := find(t, name).call(context.Background(), newClients(t, grantway.ClientConfig{BaseURL: first.URL})); err == nil {
				t.Errorf("%s to %s: no error", name, to)
			}
			n++
		}
	}
	if got := elsewhere.connections.Load(); got != 0 {
		t.Errorf("%d connections elsewhere", got)
	}
	// Inverse: net/http keeps the header when only the port changes.
	first := count(t, http.RedirectHandler(elsewhere.URL, http.StatusFound))
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, first.URL, nil)
	req.Header.Set("Authorization", "Bearer "+canaryAccess)
	if resp, err := http.DefaultClient.Do(req); err == nil { //nolint:forbidigo // what it does is the inverse
		_ = resp.Body.Close()
	}
	if got, _ := seen.Load().(string); got == "" {
		t.Error("inverse: net/http drops the header")
	}
	t.Logf("figure: %d redirects, 0 connections elsewhere", n)
}

func TestCheck021_HTTPSOnly(t *testing.T) {
	// Refused at construction: a call has no other address than its Client's.
	wire := &wiretest.Transport{}
	n := 0
	for _, base := range []string{"http://api.example.com", "http://localhost", "http://0.0.0.0", "http://192.168.0.1", "http://[fe80::1]", "http://127.0.0.1.example.com", "HTTP://example.com"} {
		if _, err := trySquare(grantway.ClientConfig{BaseURL: base, HTTPClient: wire.Client()}); !errors.Is(err, grantway.ErrInvalidArgument) {
			t.Errorf("%s: %v", base, err)
		}
		n++
	}
	for _, base := range []string{"http://127.0.0.1", "http://127.0.0.53:8080", "http://[::1]:8080", "https://api.example.com"} {
		if _, err := trySquare(grantway.ClientConfig{BaseURL: base}); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
	if got := len(wire.Requests()); got != 0 {
		t.Errorf("the transport saw %d requests", got)
	}
	_, _ = naive{wire.Client(), "http://api.example.com"}.exchange()
	if len(wire.Requests()) == 0 {
		t.Error("inverse: the naive client refuses http")
	}
	t.Logf("figure: %d addresses refused, 0 requests at the transport", n)
}

func TestCheck023_TokensThatAHeaderCannotCarryAreRefused(t *testing.T) {
	bad := []string{`a\r\nX-Evil: 1`, `a\u0000b`, `a b`, `a\tb`, `é`, `a\"b`, `a;b`, `=`, `\u202ea`}
	n := 0
	for _, op := range operations {
		if !op.issues {
			continue
		}
		for _, tok := range bad {
			for _, body := range op.withToken(t, tok) {
				wire := &wiretest.Transport{Reply: wiretest.Reply{Body: body}}
				err := op.over(t, wire.Client())
				if !errors.Is(err, grantway.ErrMalformed) || !strings.Contains(err.Error(), ": characters") {
					t.Errorf("%s, %s: %v%s", op.name, tok, err, op.hint("give the member `x-charset: token68` in the spec"))
				}
				n++
			}
		}
	}
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: `{"access_token":"a\r\nX-Evil: 1"}`}}
	if got, err := (naive{wire.Client(), realHost}).exchange(); err != nil || !strings.Contains(got.AccessToken, "\n") {
		t.Errorf("inverse: the naive client refuses it: %v", err)
	}
	t.Logf("figure: %d answers refused", n)
}

func TestCheck025_LogsHaveTheFactsAndNoCredential(t *testing.T) {
	var buf bytes.Buffer
	cfg := grantway.ClientConfig{Logger: slog.New(slog.NewJSONHandler(&buf, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	wire := &wiretest.Transport{}
	cfg.HTTPClient = wire.Client()
	c := newClients(t, cfg)
	records := 0
	for _, op := range operations {
		for _, reply := range []wiretest.Reply{{Body: op.success}, {Status: 401, Body: `{"error":"` + canarySecret + `"}`, Header: map[string]string{"X-Request-Id": "req-1"}}} {
			wire.Reply = reply
			_ = op.call(context.Background(), c)
			records++
		}
	}
	lines := strings.Split(strings.TrimSpace(buf.String()), "\n")
	if len(lines) != records {
		t.Errorf("%d records for %d calls", len(lines), records)
	}
	for i, line := range lines {
		var r struct {
			Provider, Operation, Kind string
			RequestID                 string `json:"request_id"`
			Status, Attempt           int
			Duration                  *int64
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r.Provider+"."+r.Operation != operations[i/2].id() || r.Attempt != 1 || r.Duration == nil ||
			(i%2 == 0) != (r.Status == 200 && r.Kind == "ok") || (i%2 == 1) != (r.Status == 401 && r.RequestID == "req-1") {
			t.Errorf("record %d: %s", i, line)
		}
	}
	if err := shows(buf.String(), canaries...); err != nil {
		t.Error(err)
	}
	// Inverse: a dump of the request, which is what debug switches print.
	if shows(fmt.Sprint(wire.Requests()), canaries...) == nil {
		t.Error("inverse: a dump shows nothing")
	}
	t.Logf("figure: %d records, 0 credentials", records)
}

func TestCheck033_RetryAfterIsReadAndWaitingEndsWithTheContext(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	values := map[string][2]time.Duration{ // header to what it means: Square and ByteNite, BuiltByBit
		"0": {0, 0}, "7": {7 * time.Second, 7 * time.Second}, "1500": {1500 * time.Second, 1500 * time.Millisecond},
		"999": {999 * time.Second, 999 * time.Second}, "1000": {1000 * time.Second, time.Second},
		"Fri, 02 Jan 2026 03:05:05 GMT": {time.Minute, time.Minute}, "Fri, 02 Jan 2026 03:03:05 GMT": {0, 0},
		"86400": {24 * time.Hour, 86400 * time.Millisecond},
		// S6: what cannot be a delay is unknown.
		"1767225600": {0, 0}, "1000000000": {0, 0}, "99999999999999999999": {0, 0}, "Inf": {0, 0}, "1_000": {0, 0}, "0x1p9": {0, 0}, "1e3": {0, 0},
		"Fri, 31 Dec 9999 23:59:59 GMT": {0, 0}, "Sat, 03 Jan 2026 03:05:05 GMT": {0, 0},
		"-1": {0, 0}, "NaN": {0, 0}, "soon": {0, 0}, "": {0, 0}, "1.5": {1500 * time.Millisecond, 1500 * time.Millisecond},
	}
	for header, want := range values {
		for _, op := range operations {
			wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 429, Header: map[string]string{"Retry-After": header}}}
			err := op.call(context.Background(), newClients(t, grantway.ClientConfig{HTTPClient: wire.Client(), Now: func() time.Time { return now }}))
			w := want[0]
			if strings.HasPrefix(op.name, "builtbybit.") {
				w = want[1]
			}
			var e *grantway.Error
			if !errors.As(err, &e) || e.Kind != grantway.KindThrottled || e.RetryAfter != w {
				t.Errorf("%s, %q: %v, want %v", op.name, header, err, w)
			}
		}
	}
	// Two headers contradict each other; neither is believed.
	two := &wiretest.Transport{Answer: func(wiretest.Request) (*http.Response, error) {
		r := wiretest.Reply{Status: 429}.Response()
		r.Header["Retry-After"] = []string{"1", "2"}
		return r, nil
	}}
	var e *grantway.Error
	if err := operations[0].over(t, two.Client()); !errors.As(err, &e) || e.RetryAfter != 0 {
		t.Errorf("two headers: %v", err)
	}
	// A context of half a second ends a wait of six.
	synctest.Test(t, func(t *testing.T) {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 429, Header: map[string]string{"Retry-After": "6"}}}
		c := newClients(t, grantway.ClientConfig{HTTPClient: wire.Client(), MaxRetries: 3})
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := c.square.TokenStatus(ctx, token)
		if took := time.Since(began); took > 500*time.Millisecond || !errors.Is(err, grantway.ErrThrottled) || len(wire.Requests()) != 1 {
			t.Errorf("%v after %v, %d requests", err, took, len(wire.Requests()))
		}
		// Inverse: without the context the six seconds are waited out.
		began = time.Now()
		_, _ = c.square.TokenStatus(context.Background(), token)
		if took := time.Since(began); took < 6*time.Second {
			t.Errorf("inverse: over after %v", took)
		}
	})
	t.Logf("figure: %d values, wait of 6 s ended after 0.5 s", len(values)+1)
}

func TestCheck035_RecoveryAfterAnOutageIsNoStampede(t *testing.T) {
	const callers, outage = 1000, 60 * time.Second
	// most returns the most calls in any second from the second one on, for a
	// thousand callers who ask again and again through an outage.
	most := func(t *testing.T, retries int, ask func(clients) error) int {
		var worst int
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			perSecond := make([]atomic.Int64, 200)
			wire := &wiretest.Transport{Answer: func(wiretest.Request) (*http.Response, error) {
				since := time.Since(began)
				perSecond[int(since/time.Second)].Add(1)
				if since < outage {
					return wiretest.Reply{Status: 503}.Response(), nil
				}
				return wiretest.Reply{Body: `{"client_id":"x","expires_at":""}`}.Response(), nil
			}}
			c := newClients(t, grantway.ClientConfig{HTTPClient: wire.Client(), MaxRetries: retries})
			done := make(chan error)
			for range callers {
				go func() {
					var err error
					for range 4 { // each caller tries again, as a program would
						if err = ask(c); err == nil {
							break
						}
						time.Sleep(10 * time.Second)
					}
					done <- err
				}()
			}
			for range callers {
				<-done
			}
			for s := 1; s < int(outage/time.Second); s++ {
				worst = max(worst, int(perSecond[s].Load()))
			}
		})
		return worst
	}
	ask := func(c clients) error { _, err := c.square.TokenStatus(context.Background(), token); return err }
	got := most(t, 10, ask)
	if got > 2 {
		t.Errorf("%d calls in one second", got)
	}
	// Inverse: without the shared back-off each caller is on its own.
	if n := most(t, 0, ask); n <= 2 {
		t.Errorf("inverse: %d calls a second", n)
	}
	t.Logf("figure: %d callers, at most %d calls a second during the outage", callers, got)
}
