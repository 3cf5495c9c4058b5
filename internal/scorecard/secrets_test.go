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
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/gen/byteniteapi"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/tokens"
)

// prints renders v in every way a program prints things.
func prints(v any) string {
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	var buf bytes.Buffer
	slog.New(slog.NewTextHandler(&buf, nil)).Info("m", "v", v)
	slog.New(slog.NewJSONHandler(&buf, nil)).Info("m", "v", v)
	b.Write(buf.Bytes())
	b.WriteString(fmt.Errorf("wrapped %v: %w", v, errors.New("x")).Error())
	if err, ok := v.(error); ok {
		for e := err; e != nil; e = errors.Unwrap(e) {
			fmt.Fprintf(&b, "%v %+v %#v\n", e, e, e)
		}
		b.WriteString(fmt.Errorf("wrapped: %w", err).Error())
	}
	func() {
		defer func() { fmt.Fprint(&b, recover()) }()
		panic(v)
	}()
	return b.String()
}

// shows fails if text holds a canary, as it is or in hex.
func shows(text string, canaries ...string) error {
	for _, c := range canaries {
		if strings.Contains(text, c) || strings.Contains(text, fmt.Sprintf("%x", c)) {
			return fmt.Errorf("%s is in it", c)
		}
	}
	return nil
}

func TestCheck016_NoErrorShowsASecret(t *testing.T) {
	// Bodies that put what was sent where an error might look.
	echo := func(secret string) []string {
		var list []string
		for _, shape := range []string{
			`{"error":"%s","error_description":"%s"}`,
			`{"errors":[{"category":"%s","code":"%s","detail":"%s","field":"%s"}]}`,
			`{"message":"%s","type":"%s"}`,
			`{"result":"error","error":{"code":"%s","message":"%s"}}`,
			`{"ok":false,"requestId":"%s","message":"%s","error":{"code":404,"message":"%s","description":"%s"}}`,
			`{"code":16,"message":"%s","details":[{"@type":"%s"}]}`,
			`%s`, `<html>%s</html>`, `{"%s":1,"%s":2}`, `{"access_token":"%s`,
		} {
			list = append(list, strings.ReplaceAll(shape, "%s", secret))
		}
		return list
	}
	cells := 0
	for _, op := range operations {
		sent := &wiretest.Transport{}
		_ = op.over(t, sent.Client())
		for _, secret := range canaries {
			if places(sent.Requests()[0], secret) == 0 {
				continue // a server can only echo what it got
			}
			for _, body := range echo(secret) {
				for _, code := range []int{200, 302, 400, 401, 500} {
					wire := &wiretest.Transport{Reply: wiretest.Reply{Status: code, Body: body,
						Header: map[string]string{"X-Request-Id": secret, "Location": "https://example.com/" + secret, "Retry-After": secret}}}
					err := op.over(t, wire.Client())
					if err == nil {
						continue
					}
					if err := shows(prints(err), secret); err != nil {
						t.Fatalf("%s, %d, %s: %v", op.name, code, body, err)
					}
					cells++
				}
			}
		}
		for _, broken := range []error{
			&url.Error{Op: "Post", URL: "https://example.com/" + canaryCode, Err: errors.New(canarySecret)},
			errors.New("malformed HTTP status code " + canaryAccess),
			&net.OpError{Op: "dial", Err: errors.New(canaryKey)},
			&net.DNSError{Err: canarySecret, Name: canaryRefresh},
		} {
			wire := &wiretest.Transport{Answer: func(wiretest.Request) (*http.Response, error) { return nil, broken }}
			if err := shows(prints(op.over(t, wire.Client())), canaries...); err != nil {
				t.Errorf("%s, %T: %v", op.name, broken, err)
			}
			cells++
		}
	}
	wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 400, Body: echo(canaryCode)[0]}}
	_, err := naive{wire.Client(), realHost}.exchange()
	if shows(prints(err), canaryCode) == nil {
		t.Error("inverse: the naive client's error shows nothing")
	}
	t.Logf("figure: %d errors, none shows a secret", cells)
}

func TestCheck018_NoSecretInAURLAndNoURLInAnError(t *testing.T) {
	clean := func(r wiretest.Request) error { return shows(r.URL, canaries...) }
	for _, op := range operations {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Body: op.success}}
		if err := op.over(t, wire.Client()); err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
		if err := clean(wire.Requests()[0]); err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
		wire.Answer = func(wiretest.Request) (*http.Response, error) { return nil, errors.New("lost") }
		if err := op.over(t, wire.Client()); err == nil || strings.Contains(err.Error(), "https://") {
			t.Errorf("%s: %v", op.name, err)
		}
	}
	wire := &wiretest.Transport{}
	_, _ = naive{wire.Client(), realHost}.exchange()
	if clean(wire.Requests()[0]) == nil {
		t.Error("inverse: the naive client's URL is clean")
	}
	t.Logf("figure: %d operations, 0 secrets in a URL", len(operations))
}

func TestCheck022_NothingComesFromTheEnvironment(t *testing.T) {
	matrix := []string{
		"SQUARE_TOKEN", "SQUARE_ENVIRONMENT", "VERSION", "SQUARE_VERSION", "SQUARE_BASE_URL", "SQUARE_ACCESS_TOKEN",
		"BUILTBYBIT_CLIENT_ID", "BUILTBYBIT_CLIENT_SECRET", "BUILTBYBIT_BASE_URL", "BYTENITE_API_KEY", "BYTENITE_BASE_URL",
		"BASE_URL", "API_KEY", "TOKEN", "GRANTWAY_BASE_URL", "GRANTWAY_TOKEN", "USER_AGENT",
	}
	// same fails if a request made with the environment set differs from one
	// made without.
	same := func(send func(*wiretest.Transport)) error {
		var plain, set wiretest.Transport
		send(&plain)
		for _, name := range matrix {
			t.Setenv(name, "https://canary-env.example")
		}
		send(&set)
		for _, name := range matrix {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
		a, b := plain.Requests(), set.Requests()
		if !reflect.DeepEqual(a, b) {
			return fmt.Errorf("%v became %v", a, b)
		}
		return nil
	}
	for _, op := range operations {
		err := same(func(wire *wiretest.Transport) { wire.Reply.Body = op.success; _ = op.over(t, wire.Client()) })
		if err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
	}
	err := same(func(wire *wiretest.Transport) {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, realHost, nil)
		req.Header.Set("Square-Version", os.Getenv("VERSION")) // as one SDK does
		_, _ = wire.RoundTrip(req)
	})
	if err == nil {
		t.Error("inverse: a client that reads VERSION passes")
	}
	// And no source of the packages that a user imports asks for it.
	for _, dir := range append(wrappers(t), ".", "internal/httpx", "internal/wire") {
		files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal("no sources in", dir)
		}
		for _, f := range files {
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(f, "_test.go") && (bytes.Contains(src, []byte("os.Getenv")) || bytes.Contains(src, []byte("os.LookupEnv"))) {
				t.Errorf("%s reads the environment", f)
			}
		}
	}
	t.Logf("figure: %d variables, %d operations, 0 differences", len(matrix), len(operations))
}

// A client that holds secrets does not print them either, nor does what a
// success returns.
func TestCheck017_ClientsAndResultsRedact(t *testing.T) {
	c := newClients(t, grantway.ClientConfig{})
	ctx := context.Background()
	results := []any{c.square, *c.square, c.builtbybit, *c.builtbybit, c.bytenite, *c.bytenite,
		c.square.Operations(), c.builtbybit.Operations(), c.bytenite.Operations(), c}
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: `{"access_token":"canary_access","refresh_token":"canary_refresh","id_token":"canary_code","token":"canary_access","token_type":"bearer"}`}}
	c = newClients(t, grantway.ClientConfig{HTTPClient: wire.Client()})
	keep := func(v any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, v, []any{v})
	}
	code := grantway.AuthorizationCode{Code: grantway.NewSecret(canaryCode), Verifier: grantway.NewSecret(canarySecret)}
	results = append(results, code, &code)
	store := tokens.NewMemoryStore()
	src, err := c.square.TokenSource(store, "example", tokens.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := src.Save(ctx, token); err != nil {
		t.Fatal(err)
	}
	entry, err := store.Load(ctx, "square/"+"https:%2F%2Fconnect.squareup.com%2F/example-app/example")
	if err != nil || shows(string(entry.Data), canaryAccess) == nil {
		t.Fatalf("no token in %v, %v", entry, err)
	}
	results = append(results, src, struct{ src any }{src}, src.Transport(nil), store, entry)
	keep(c.square.Exchange(ctx, code))
	keep(c.square.ObtainToken(ctx, squareapi.ObtainTokenRequest{GrantType: "authorization_code", Code: code.Code, CodeVerifier: code.Verifier}))
	keep(c.builtbybit.Operations().RequestToken(ctx, builtbybitapi.TokenRequest{GrantType: "authorization_code", Code: code.Code}))
	keep(c.bytenite.Operations().AccessToken(ctx, byteniteapi.AccessTokenRequest{APIKey: grantway.NewSecret(canaryKey)}))
	for _, v := range results {
		if err := shows(prints(v), canaries...); err != nil {
			t.Errorf("%T: %v", v, err)
		}
		if raw, err := json.Marshal(v); err == nil {
			if err := shows(string(raw), canaries...); err != nil {
				t.Errorf("%T as JSON: %v", v, err)
			}
		}
	}
	t.Logf("figure: %d values", len(results))
}
