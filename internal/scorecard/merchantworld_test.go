package scorecard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/tokens"
)

// merchantLoad is what reached Square in some time.
type merchantLoad struct{ requests, atOnce, perSecond int }

// over says by how much a load is over the limits of a client that chose none.
func (l merchantLoad) over() string {
	if l.atOnce <= 16 && l.perSecond <= 50 {
		return ""
	}
	return fmt.Sprintf("%d at once, at most 16, and %d in a second, at most 50", l.atOnce, l.perSecond)
}

// merchantSquare is Square as 10,000 merchants need it: its code flow, in memory,
// with nothing kept but counts. squaretest knows more, and costs more.
type merchantSquare struct {
	mu     sync.Mutex
	random *rand.Rand
	secret string // of the application
	// refuses is what it says to another secret.
	refuses string
	isDown  bool
	load    merchantLoad
	now     int         // at once
	begins  []time.Time // of the last second
	// obtained counts the access tokens of each merchant.
	obtained map[string]int
}

// begin counts a request and says how long it takes.
func (w *merchantSquare) begin() (takes time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for len(w.begins) > 0 && now.Sub(w.begins[0]) >= time.Second {
		w.begins = w.begins[1:]
	}
	w.begins = append(w.begins, now)
	w.now++
	w.load.requests++
	w.load.atOnce, w.load.perSecond = max(w.load.atOnce, w.now), max(w.load.perSecond, len(w.begins))
	return 50*time.Millisecond + time.Duration(w.random.Int64N(int64(300*time.Millisecond)))
}

// RoundTrip answers a request for a token.
func (w *merchantSquare) RoundTrip(r *http.Request) (*http.Response, error) {
	var asked struct {
		Secret  string `json:"client_secret"`
		Code    string `json:"code"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		return nil, err
	}
	_ = r.Body.Close()
	time.Sleep(w.begin())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now--
	if w.isDown {
		return w.outage()
	}
	if asked.Secret != w.secret {
		return wiretest.Reply{Status: http.StatusUnauthorized, Body: fmt.Sprintf(`{"message":%q,"type":"service.not_authorized"}`, w.refuses)}.Response(), nil
	}
	merchant := strings.TrimPrefix(asked.Code+asked.Refresh, "example-secret-of-")
	w.obtained[merchant]++
	return wiretest.Reply{Body: fmt.Sprintf(
		`{"access_token":"example-access-%s-%d","token_type":"bearer","expires_at":%q,"merchant_id":%[1]q,"refresh_token":"example-secret-of-%[1]s"}`,
		merchant, w.obtained[merchant], time.Now().Add(30*24*time.Hour).Format(time.RFC3339))}.Response(), nil
}

// outage is one of three ways to get no answer of Square's. w.mu is held.
func (w *merchantSquare) outage() (*http.Response, error) {
	page := wiretest.Reply{Type: "text/html", Body: "<!doctype html><title>Example gateway</title>"}
	switch w.load.requests % 3 {
	case 0:
		return nil, syscall.ECONNRESET
	case 1:
		page.Status = http.StatusBadGateway
	default:
		page.Status = http.StatusForbidden
	}
	return page.Response(), nil
}

// loadSince is the load since the last call.
func (w *merchantSquare) loadSince() merchantLoad {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.load
	w.load = merchantLoad{}
	return l
}

func (w *merchantSquare) setDown(down bool) { w.mu.Lock(); defer w.mu.Unlock(); w.isDown = down }

func (w *merchantSquare) setSecret(s string) { w.mu.Lock(); defer w.mu.Unlock(); w.secret = s }

// tokensOf is how many tokens a merchant has obtained.
func (w *merchantSquare) tokensOf(merchant int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.obtained[fmt.Sprint(merchant)]
}

// merchantProgram says how the program of some merchants is written.
type merchantProgram struct {
	merchants int
	// ownBrakes is the fault that the inverse plants: each merchant has a client,
	// and its brakes, for itself.
	ownBrakes bool
}

// merchants are the accounts of one program, and the program.
type merchants struct {
	merchantProgram
	square  *merchantSquare
	store   *tokens.MemoryStore
	random  *rand.Rand
	secret  string // that the program knows
	sources []*tokens.Source
	// heapBefore is what was in use when there were none.
	heapBefore uint64

	mu sync.Mutex
	// failed are the asks that got no token, or waited for it.
	failed int
	first  error
}

// newMerchants has merchants sign in, spread over a week.
func newMerchants(t *testing.T, p merchantProgram) *merchants {
	t.Helper()
	m := &merchants{
		merchantProgram: p, heapBefore: heap(), secret: "example-secret",
		square: &merchantSquare{random: rand.New(rand.NewPCG(84, 1)), secret: "example-secret", refuses: "Not Authorized", obtained: map[string]int{}},
		store:  tokens.NewMemoryStore(), random: rand.New(rand.NewPCG(84, 2)),
	}
	m.open(t)
	c := m.client(t)
	for i, s := range m.sources {
		tok, err := c.Exchange(t.Context(), grantway.AuthorizationCode{Code: grantway.NewSecret(fmt.Sprint("example-secret-of-", i))})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Save(t.Context(), tok); err != nil {
			t.Fatal(err)
		}
		time.Sleep(7 * 24 * time.Hour / time.Duration(m.merchants))
	}
	m.square.loadSince()
	return m
}

func (m *merchants) client(t *testing.T) *square.Client {
	t.Helper()
	c, err := square.New(square.Config{
		ApplicationID:         "example-application",
		ApplicationSecretFunc: func(context.Context) (grantway.Secret, error) { return grantway.NewSecret(m.secret), nil },
		ClientConfig: grantway.ClientConfig{
			WrapTransport: func(http.RoundTripper) http.RoundTripper { return m.square },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// open starts the program: it finds what is in the store.
func (m *merchants) open(t *testing.T) {
	t.Helper()
	process, c := &outageProcess{MemoryStore: m.store}, m.client(t)
	m.sources = nil
	for i := range m.merchants {
		if m.ownBrakes {
			c = m.client(t)
		}
		s, err := c.TokenSource(process, fmt.Sprint(i), tokens.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m.sources = append(m.sources, s)
	}
}

// close ends the program.
func (m *merchants) close() {
	for _, s := range m.sources {
		_ = s.Close()
	}
	time.Sleep(time.Hour) // for what ends by its timer
}

var errWaited = errors.New("a token that is good was waited for")

// ask asks for a merchant's token, and reports when it was obtained.
func (m *merchants) ask(ctx context.Context, s *tokens.Source) (obtained time.Time) {
	began := time.Now()
	tok, err := s.TokenContext(ctx)
	if err == nil && !time.Now().Equal(began) {
		err = errWaited
	}
	if err != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.failed++; m.first == nil {
			m.first = err
		}
		return time.Time{}
	}
	return tok.ObtainedAt
}

// live has each merchant asked twice a day, at any time.
func (m *merchants) live(ctx context.Context, days int) {
	for range days {
		minutes := make([][]*tokens.Source, 24*60)
		for _, s := range m.sources {
			for range 2 {
				at := m.random.IntN(len(minutes))
				minutes[at] = append(minutes[at], s)
			}
		}
		for _, asked := range minutes {
			for _, s := range asked {
				m.ask(ctx, s)
			}
			time.Sleep(time.Minute)
		}
	}
}

// askAll has all asked at once, and returns how many have no token that was
// obtained since.
func (m *merchants) askAll(ctx context.Context, since time.Time) (old int) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	for _, s := range m.sources {
		wait.Go(func() {
			if at := m.ask(ctx, s); at.Before(since) {
				mu.Lock()
				defer mu.Unlock()
				old++
			}
		})
	}
	wait.Wait()
	return old
}

// recover has all asked at once, and again each minute, until each has a new
// token.
func (m *merchants) recover(ctx context.Context) (took time.Duration, wrong string) {
	from := time.Now()
	for {
		left := m.askAll(ctx, from)
		switch took = time.Since(from); {
		case left == 0:
			return took, ""
		case took > m.recoveryLimit():
			return took, fmt.Sprintf("%d have no new token after %v", left, took)
		}
		time.Sleep(time.Minute)
	}
}

// recoveryLimit is what 50 refreshes a second take, the pause after a failure,
// which is a minute and a quarter, and the minute until all are asked again.
func (m *merchants) recoveryLimit() time.Duration {
	return time.Duration(m.merchants/50)*time.Second + 3*time.Minute
}

// perMerchant is how much is in use for each, in bytes.
func (m *merchants) perMerchant() int {
	return (int(heap()) - int(m.heapBefore)) / m.merchants //nolint:gosec // a heap is no exabyte
}

// heap is how much is in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what a clean-up let go of
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// wrong says what should not have happened to anybody: asks that failed or
// waited, a grant that is called rejected.
func (m *merchants) wrong(t *testing.T) string {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failed > 0 {
		return fmt.Sprintf("%d asks got no good token at once: %v", m.failed, m.first)
	}
	for i, s := range m.sources {
		st, err := s.Status(t.Context())
		if err != nil || !st.RejectedSince.IsZero() {
			return fmt.Sprintf("merchant %d: %v, %v", i, st, err)
		}
	}
	return ""
}
