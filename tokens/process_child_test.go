//go:build unix

package tokens_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/childtest"
	"github.com/grantway/grantway/internal/detail"
	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

func TestMain(m *testing.M) { childtest.Main(m, parts) }

var parts = map[string]func(args []string) error{
	"spender": playSpender,
	"naive":   playNaive,
}

// quickDir is a new directory in memory, if the system has such: what is
// counted is processes and not disks.
func quickDir(t testing.TB) (dir, where string) {
	t.Helper()
	const memory = "/dev/shm"
	dir, err := os.MkdirTemp(memory, "grantway-test-")
	if err != nil {
		return t.TempDir() + "/store", "on the temporary directory's file system"
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir, "in " + memory
}

// rotating is a provider on loopback whose refresh tokens are good for one
// use. The n-th answer is access-n with refresh-n.
type rotating struct {
	*httptest.Server
	mu       sync.Mutex
	current  int
	sent     map[string]int // by refresh token
	by       map[string]int // by sender
	rejected int            // invalid_grant
	gather   int            // how many first to wait for
	ready    chan struct{}  // closed when they are there
}

func newRotating(t testing.TB) *rotating {
	p := &rotating{sent: map[string]int{}, by: map[string]int{}, ready: make(chan struct{})}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *rotating) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<10))
	form, bad := url.ParseQuery(string(body))
	if err != nil || bad != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	token := form.Get("refresh_token")
	p.mu.Lock()
	p.sent[token]++
	p.by[form.Get("sender")]++
	if p.gather > 0 {
		if p.gather--; p.gather == 0 {
			close(p.ready)
		}
		p.mu.Unlock()
		select {
		case <-p.ready:
		case <-time.After(30 * time.Second):
		}
		p.mu.Lock()
	}
	defer p.mu.Unlock()
	if token != fmt.Sprintf("refresh-%d", p.current) {
		p.rejected++
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_grant"}`)
		return
	}
	p.current++
	_ = json.NewEncoder(w).Encode(map[string]string{
		"access_token": fmt.Sprintf("access-%d", p.current), "refresh_token": fmt.Sprintf("refresh-%d", p.current),
	})
}

// multiple counts the refresh tokens that were sent more than once.
func (p *rotating) multiple() (n int) {
	for _, times := range p.sent {
		if times > 1 {
			n++
		}
	}
	return n
}

var childKey = tokens.Key{Provider: "acme", Account: "one"}

// childClient sends a refresh to a rotating provider.
type childClient struct {
	url, sender string
	http        http.Client
}

func (c *childClient) refresh(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
	fail := func(k grantway.Kind, cause error) error {
		return (&grantway.Error{Provider: "acme", Operation: "refresh", Kind: k}).With(detail.Error{Cause: cause})
	}
	form := url.Values{"refresh_token": {old.RefreshToken.Reveal()}, "sender": {c.sender}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, io.NopCloser(strings.NewReader(form.Encode())))
	if err != nil {
		return nil, fail(grantway.KindNotSent, err)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, fail(grantway.KindAmbiguous, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil {
		return nil, fail(grantway.KindAmbiguous, err)
	}
	if resp.StatusCode == http.StatusBadRequest {
		return nil, fail(grantway.KindRejected, nil)
	}
	var got struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		return nil, fail(grantway.KindMalformed, err)
	}
	return childToken(got.Access, got.Refresh, time.Hour), nil
}

func childToken(access, refresh string, life time.Duration) *grantway.Token {
	now := time.Now().UTC()
	return &grantway.Token{AccessToken: grantway.NewSecret(access), RefreshToken: grantway.NewSecret(refresh), Type: "bearer",
		ObtainedAt: now, Expiry: grantway.ExpiresAt(now.Add(life))}
}

// childSource is a Source over a store; its refreshes go to c.
func childSource(store tokens.Store, c *childClient, policy tokens.ReplayPolicy, change ...func(*setup)) (*tokens.Source, error) {
	cfg := acme(childKey.Account, store, tokens.RefreshPlan{}, policy)
	cfg.Refresh = c.refresh
	cfg.LeastInterval = 1 // what is counted is refreshes
	for _, f := range change {
		f(&cfg)
	}
	return cfg.open()
}

// seedDir stores a first pair, access-0 and refresh-0, of that life.
func seedDir(t testing.TB, dir string, life time.Duration, change ...func(*setup)) {
	t.Helper()
	store, err := filestore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s, err := childSource(store, &childClient{}, tokens.ReplayNever, change...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), childToken("access-0", "refresh-0", life)); err != nil {
		t.Fatal(err)
	}
}

// number is that of a token of the rotating provider.
func number(t *grantway.Token) (n int, err error) {
	_, err = fmt.Sscanf(t.AccessToken.Reveal(), "access-%d", &n)
	return n, err
}

// leaseless hides the leases of a store: the generation has to do.
type leaseless struct{ tokens.Store }

// causes is an error with all that it wraps: what a child says of it.
func causes(err error) string {
	var all []string
	for ; err != nil; err = errors.Unwrap(err) {
		if s := err.Error(); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return strings.Join(all, " <- ")
}
