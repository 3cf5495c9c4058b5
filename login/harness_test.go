package login_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// provider is one of the two, with its fake.
type provider struct {
	name      string
	client    login.Client
	begin     func(redirectURL string) (*authcode.Request, error)
	allow     func(authorizeURL string) (string, error)
	deny      func(authorizeURL string) (string, error)
	exchanges func() int
	failNext  func()
	base      string // of the fake
}

func newSquare(t testing.TB, redirect string) provider {
	t.Helper()
	return newSquareWith(t, redirect, nil)
}

func newSquareWith(t testing.TB, redirect string, used authcode.UsedStates) provider {
	t.Helper()
	fake, err := squaretest.Start(squaretest.Options{Environment: square.Sandbox, RedirectURL: redirect, AnyLoopbackPort: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	cfg := fake.Config()
	cfg.UsedStates = used
	client, err := square.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return provider{name: "square", base: cfg.BaseURL, client: client, allow: fake.Allow, deny: fake.Deny,
		begin: func(u string) (*authcode.Request, error) {
			return client.BeginAuth(square.AuthOptions{RedirectURL: u, Scopes: []string{"PAYMENTS_READ"}})
		},
		exchanges: func() int { return count(fake.Requests(), "/oauth2/token") },
		failNext:  func() { fake.Throttle(1, "") },
	}
}

func newBuiltByBit(t testing.TB, redirect string) provider {
	t.Helper()
	fake, err := builtbybittest.Start(builtbybittest.Options{RedirectURL: redirect, AnyLoopbackPort: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	client, err := builtbybit.New(fake.Config())
	if err != nil {
		t.Fatal(err)
	}
	return provider{name: "builtbybit", client: client, allow: fake.Allow, deny: fake.Deny,
		begin: func(u string) (*authcode.Request, error) {
			return client.BeginAuth(builtbybit.AuthOptions{RedirectURL: u, Scopes: []string{"members.self"}})
		},
		exchanges: func() int { return count(fake.Requests(), "/oauth2/token") },
		failNext:  func() { fake.Throttle(1, "") },
	}
}

func count(requests []squaretest.Request, path string) (n int) {
	for _, r := range requests {
		if r.Path == path {
			n++
		}
	}
	return n
}

// providers are both, each with the redirect URL of the web app or the tool.
func providers(t *testing.T, redirect func(name string) string, f func(*testing.T, provider)) {
	t.Run("square", func(t *testing.T) { f(t, newSquare(t, redirect("square"))) })
	t.Run("builtbybit", func(t *testing.T) { f(t, newBuiltByBit(t, redirect("builtbybit"))) })
}

func ephemeral(name string) string { return "http://127.0.0.1/callback/" + name }

// freePort is a port that nobody listens on now.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// syncBuffer is a terminal.
type syncBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   string
}

// get goes where it is told and follows no redirect.
func get(t testing.TB, address string, change ...func(*http.Request)) answer {
	t.Helper()
	a, err := try(address, change...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func try(address string, change ...func(*http.Request)) (answer, error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		return answer{}, err
	}
	for _, c := range change {
		c(r)
	}
	resp, err := quiet.RoundTrip(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(body)}, err
}

var quiet = &http.Transport{DisableKeepAlives: true}

// result is how a Run ended.
type result struct {
	token *grantway.Token
	err   error
}

// running is a Run whose browser has been opened.
type running struct {
	t       testing.TB
	p       provider
	address string // where the browser was sent
	out     *syncBuffer
	ended   chan result
	cancel  context.CancelFunc
}

// run starts a sign-in and returns once the browser is open.
func run(t testing.TB, p provider, change ...func(*login.Config)) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r := &running{t: t, p: p, out: &syncBuffer{}, ended: make(chan result, 1), cancel: cancel}
	opened := make(chan string, 1)
	cfg := login.Config{Client: p.client, Begin: p.begin, Out: r.out, OpenBrowser: func(address string) error {
		opened <- address
		return nil
	}}
	for _, c := range change {
		c(&cfg)
	}
	go func() {
		token, err := login.Run(ctx, cfg)
		r.ended <- result{token, err}
	}()
	select {
	case r.address = <-opened:
	case o := <-r.ended:
		t.Fatalf("it ended before the browser was open: %v", o.err)
	}
	return r
}

// redirect is the redirect URL of the sign-in.
func (r *running) redirect() string {
	r.t.Helper()
	u, err := url.Parse(r.address)
	if err != nil {
		r.t.Fatal(err)
	}
	return u.Query().Get("redirect_uri")
}

// allowed is where the provider sends the browser of a user who allows.
func (r *running) allowed() string {
	r.t.Helper()
	callback, err := r.p.allow(r.address)
	if err != nil {
		r.t.Fatal(err)
	}
	return callback
}

// waits fails if the sign-in is over.
func (r *running) waits() {
	r.t.Helper()
	select {
	case o := <-r.ended:
		r.t.Fatalf("the sign-in is over: %v", o.err)
	default:
	}
}

// succeeds finishes the sign-in as the user would.
func (r *running) succeeds() {
	r.t.Helper()
	a := get(r.t, r.allowed())
	o := <-r.ended
	if a.status != http.StatusOK || o.err != nil || o.token == nil || o.token.AccessToken.IsZero() {
		r.t.Fatalf("status %d, %v, %v", a.status, o.token, o.err)
	}
	r.closed()
}

// closed fails if anything listens any more (STD-28).
func (r *running) closed() {
	r.t.Helper()
	u, err := url.Parse(r.redirect())
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(r.t.Context(), "tcp", u.Host)
	if err == nil {
		_ = c.Close()
		r.t.Errorf("%s still listens", u.Host)
	}
}
