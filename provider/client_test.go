package provider

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/cookiejar"
	"reflect"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/httpx"
	"github.com/grantway/grantway/internal/wiretest"
)

func mustNew(t testing.TB, cfg grantway.ClientConfig) *Client {
	t.Helper()
	c, err := New("example", "https://api.example.com", cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fields copies the exported fields of a struct, functions as their address.
func fields(v any) map[string]any {
	m := map[string]any{}
	s := reflect.ValueOf(v).Elem()
	for i := range s.NumField() {
		f := s.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		if f.Type.Kind() == reflect.Func {
			m[f.Name] = s.Field(i).Pointer()
			continue
		}
		m[f.Name] = s.Field(i).Interface()
	}
	return m
}

func TestTheCallersClientIsNeverChanged(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{MaxIdleConns: 7, MaxResponseHeaderBytes: 9 << 20, TLSClientConfig: &tls.Config{ServerName: "example.com", MinVersion: tls.VersionTLS12},
		DialContext: (&net.Dialer{}).DialContext, ProxyConnectHeader: http.Header{"X-Example": {"1"}}}
	hc := &http.Client{Transport: tr, Timeout: 3 * time.Second, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
	tr.Clone() // the first Clone of any transport fills in the protocols of TLS
	client, transport, config := fields(hc), fields(tr), tr.TLSClientConfig.Clone()
	c := mustNew(t, grantway.ClientConfig{HTTPClient: hc})
	if !reflect.DeepEqual(client, fields(hc)) {
		t.Error("the client changed")
	}
	if !reflect.DeepEqual(transport, fields(tr)) || !reflect.DeepEqual(fields(config), fields(tr.TLSClientConfig)) {
		t.Error("the transport changed")
	}
	own, ok := c.http.Transport.(*http.Transport)
	switch {
	case !ok || own == tr:
		t.Fatal("the transport is not a clone")
	case own.MaxIdleConnsPerHost >= 0 || own.MaxResponseHeaderBytes != httpx.MaxHeader:
		t.Error("the clone keeps connections of HTTP/1.1 or takes any header")
	case own.MaxIdleConns != 7 || own.DialContext == nil || own.TLSClientConfig == nil || own.TLSClientConfig.ServerName != "example.com":
		t.Error("the clone lost a setting of the caller's")
	}
	if tr.MaxIdleConnsPerHost < 0 {
		t.Error("the caller's transport keeps no connection now")
	}
}

func TestTheDefaultTransportIsClonedToo(t *testing.T) {
	http.DefaultTransport.(*http.Transport).Clone() // as above
	before := fields(http.DefaultTransport)
	for _, hc := range []*http.Client{nil, {}} {
		c := mustNew(t, grantway.ClientConfig{HTTPClient: hc})
		if own, ok := c.http.Transport.(*http.Transport); !ok || own == http.DefaultTransport || own.Proxy == nil || own.MaxIdleConnsPerHost >= 0 {
			t.Errorf("%T is no hardened clone", c.http.Transport)
		}
	}
	if !reflect.DeepEqual(before, fields(http.DefaultTransport)) {
		t.Error("http.DefaultTransport changed")
	}
}

func TestAnotherRoundTripperIsUsedAsItIs(t *testing.T) {
	wire := &wiretest.Transport{}
	if c := mustNew(t, grantway.ClientConfig{HTTPClient: wire.Client()}); c.http.Transport != http.RoundTripper(wire) {
		t.Errorf("it became a %T", c.http.Transport)
	}
}

func TestTheShorterTimeoutWins(t *testing.T) {
	for _, c := range []struct {
		name                  string
		config, client, wants time.Duration
	}{
		{"neither is set", 0, 0, 30 * time.Second},
		{"only the configuration's", 5 * time.Second, 0, 5 * time.Second},
		{"only the client's", 0, 5 * time.Second, 5 * time.Second},
		{"the client's is shorter", 5 * time.Second, 2 * time.Second, 2 * time.Second},
		{"the client's is longer", 5 * time.Second, time.Hour, 5 * time.Second},
		{"the client's is longer than the longest", 0, time.Hour, 30 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := mustNew(t, grantway.ClientConfig{Timeout: c.config, HTTPClient: &http.Client{Timeout: c.client}})
			if got.timeout != c.wants {
				t.Errorf("%v, want %v", got.timeout, c.wants)
			}
		})
	}
}

func TestWrapTransportGetsTheHardenedTransport(t *testing.T) {
	outer := &wiretest.Transport{}
	var inner http.RoundTripper
	c := mustNew(t, grantway.ClientConfig{HTTPClient: &http.Client{Transport: &http.Transport{}}, WrapTransport: func(rt http.RoundTripper) http.RoundTripper {
		inner = rt
		return outer
	}})
	if own, ok := inner.(*http.Transport); !ok || own.MaxIdleConnsPerHost >= 0 || own.MaxResponseHeaderBytes != httpx.MaxHeader {
		t.Errorf("it was given %+v", inner)
	}
	if c.http.Transport != http.RoundTripper(outer) {
		t.Errorf("what it returned is not used, but a %T", c.http.Transport)
	}
}

func TestNewNamesTheFieldItRefuses(t *testing.T) {
	for _, c := range []struct {
		name, field string
		cfg         grantway.ClientConfig
	}{
		{"a base URL without a host", "BaseURL", grantway.ClientConfig{BaseURL: "https://"}},
		{"a negative timeout", "Timeout", grantway.ClientConfig{Timeout: -1}},
		{"a timeout beyond the longest", "Timeout", grantway.ClientConfig{Timeout: 31 * time.Second}},
		{"a user agent with a line break", "UserAgent", grantway.ClientConfig{UserAgent: "a\r\nb"}},
		{"negative retries", "MaxRetries", grantway.ClientConfig{MaxRetries: -1}},
		{"too many retries", "MaxRetries", grantway.ClientConfig{MaxRetries: 11}},
		{"a WrapTransport that returns nil", "WrapTransport", grantway.ClientConfig{WrapTransport: func(http.RoundTripper) http.RoundTripper { return nil }}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New("example", "https://api.example.com", c.cfg)
			var e *grantway.Error
			if !errors.As(err, &e) || e.Field != c.field || e.Kind != grantway.KindInvalid {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestASmallerHeaderBoundOfTheCallersStays(t *testing.T) {
	c := mustNew(t, grantway.ClientConfig{HTTPClient: &http.Client{Transport: &http.Transport{MaxResponseHeaderBytes: 8 << 10}}})
	if n := c.http.Transport.(*http.Transport).MaxResponseHeaderBytes; n > 8<<10 {
		t.Errorf("widened to %d", n)
	}
}

func TestRequest_SendsItsHeaders(t *testing.T) {
	wire := &wiretest.Transport{}
	c := mustNew(t, grantway.ClientConfig{HTTPClient: wire.Client()})
	_, err := c.Call(t.Context(), &Operation{Name: "example", Method: http.MethodPost, Path: "/x", ContentType: "application/json"}, &Request{
		Body: []byte("{}"), Authorization: grantway.NewSecret("Client example-secret"),
		Headers: [][2]string{{"X-A", "1"}, {"X-B", ""}, {"X-C", "3"}, {"X-D", "4"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := wire.Requests()[0].Header
	for name, want := range map[string]string{"X-A": "1", "X-C": "3", "X-D": "4", "Authorization": "Client example-secret",
		"Accept": "application/json", "User-Agent": "grantway", "Content-Type": "application/json"} {
		if v := got[name]; len(v) != 1 || v[0] != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	if v, there := got["X-B"]; there || len(got) != 7 {
		t.Errorf("X-B: %q, of %d headers", v, len(got))
	}
}

// TestCall_KeepsItsOperationOffTheHeap: generated code makes one for each call.
func TestCall_KeepsItsOperationOffTheHeap(t *testing.T) {
	ctx, c := t.Context(), mustNew(t, grantway.ClientConfig{})
	kept := new(Operation)
	local := func() {
		op := Operation{Name: "example", Method: http.MethodPost, Path: "/example"}
		_ = c.Invalid(&op, "ctx", "is nil")
		if ctx == nil { // what the compiler has to reckon with
			resp, err := c.Call(ctx, &op, &Request{})
			if err == nil {
				d := NewDecoder(resp)
				err = c.Decoded(t.Context(), &op, resp, &d)
			}
			_, _, _ = c.Basic(ctx, &op, Basic{})
			_, _ = c.Secret(ctx, &op, OwnSecret{})
			_, _ = c.Malformed(&op, resp, "", err), c.Unusable(&op, resp, 0, "")
		}
	}
	global := func() {
		kept = &Operation{Name: "example", Method: http.MethodPost, Path: "/example"}
		_ = c.Invalid(kept, "ctx", "is nil")
	}
	stack, heap := testing.AllocsPerRun(100, local), testing.AllocsPerRun(100, global)
	if stack+1 != heap {
		t.Errorf("%v allocations, and %v with an operation on the heap", stack, heap)
	}
}
