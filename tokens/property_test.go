package tokens_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/detail"
	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

// The refresh under random interleavings of all that can go wrong. What must
// hold whatever happens:
//
//   - at most one send. A refresh token is exposed by each send that does not
//     end with an answer that says that nothing was spent. Exposures of one
//     token are at most 1 under ReplayNever. Under ReplayPaced they are at most 4
//     within the first minute, and none after it while the access token lives
//     and no API refused it, over all flights, processes and kills, since count
//     and times stand in the store; later ones keep a pause.
//   - write-ahead. Each send has an attempt of its own in the store.
//   - one at a time. Of one process no two sends are under way, and of several
//     processes no two of the same token, except by somebody whose time is up.
//   - no refresh of a token that is not due and that this process did not
//     invalidate: what another one obtained is adopted.
//   - a refresh ends by its own time or by Close, never by its caller.
//   - the generation grows by one with each write.
//   - nobody gets a token that was not in the store, that is past its end, or
//     that this process invalidated before it asked.
//   - nothing is lost. A token that reached a process which was not killed is
//     in the store once that is well again, unless the user saved another grant
//     meanwhile.
//   - what was forgotten stays forgotten.
//   - the store is never said to have lost writes, for it loses none.
//   - who waits is let go in time, and every error is a *grantway.Error.
//   - once all is well, calls work again, unless the provider or the policy
//     says that they cannot.
//   - what happens is told: property_events_test.go says how.
//
// What goes wrong besides, and which of this is weaker where a store lies, is in
// property_trouble_test.go.
//
// Time is virtual. The seed decides what is done and what fails; the jitter of
// the code under test has no seed, so a failure may need several runs to come
// back, and prints what led to it.

const (
	envPropertySeed  = "GRANTWAY_PROPERTY_SEED"  // runs the world of this seed only
	envPropertySteps = "GRANTWAY_PROPERTY_STEPS" // steps in all
	envPropertyFirst = "GRANTWAY_PROPERTY_FIRST" // the first seed

	stepsPerWorld = 250
	tokenLife     = 2 * time.Minute
	maxSkew       = 2 * time.Second
	releaseTime   = time.Second // what a lease's release may hold up
	tokenMargin   = 5 * time.Second
	flightTime    = 10 * time.Second
	saveTime      = 5 * time.Second
	// A flight's time, the saving after it, and a second.
	flightEnds = flightTime + 6*time.Second
)

func TestRefreshHoldsUnderRandomInterleavings(t *testing.T) {
	if s := os.Getenv(envPropertySeed); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			runWorld(t, seed, &propertyCount{})
		}
		return
	}
	steps := 100_000
	if testing.Short() {
		steps = 5_000
	}
	if n, err := strconv.Atoi(os.Getenv(envPropertySteps)); err == nil {
		steps = n
	}
	first := rand.Uint64()
	if n, err := strconv.ParseUint(os.Getenv(envPropertyFirst), 10, 64); err == nil {
		first = n
	}
	var count propertyCount
	worlds := max(1, steps/stepsPerWorld)
	const lanes = 4
	t.Run("worlds", func(t *testing.T) {
		for lane := range lanes {
			t.Run(strconv.Itoa(lane), func(t *testing.T) {
				t.Parallel()
				for i := lane; i < worlds && !t.Failed(); i += lanes {
					runWorld(t, first+uint64(i), &count)
				}
			})
		}
	})
	count.mu.Lock()
	defer count.mu.Unlock()
	t.Logf("figure: %d steps in %d worlds from seed %d: %d calls, %d tokens, %d sends, %d writes, %d kills, %d faults of the store, %d of the provider, %d lies, %d outages, %d events told, %d violations",
		count.steps, worlds, first, count.calls, count.tokens, count.sends, count.writes, count.kills, count.storeFaults, count.providerFaults, count.lies, count.outages, count.told, count.violations)
}

type propertyCount struct {
	mu                                                                                                       sync.Mutex
	steps, calls, tokens, sends, writes, kills, storeFaults, providerFaults, lies, outages, told, violations int
}

// world is one provider, one store and what uses them.
type world struct {
	t      *testing.T
	seed   uint64
	began  time.Time
	policy tokens.ReplayPolicy
	leases bool
	skewed bool // the processes' clocks differ
	plan   tokens.RefreshPlan
	key    tokens.Key
	healed bool

	// inner is what processes share. Its mutex serialises what the ledger
	// sees; nobody waits for virtual time under it.
	storeMu sync.Mutex
	inner   tokens.Store

	mu      sync.Mutex
	rng     *rand.Rand
	trace   []traced
	wrong   []string
	count   propertyCount
	number  int               // of the latest token
	granted string            // the latest one in the store
	grants  map[string]string // the grant that a refresh token comes from
	// forgotten are grants that were deleted.
	forgotten map[string]bool

	// What the ledger knows.
	generation uint64
	stored     map[string]bool            // access tokens
	attempts   map[string]map[string]bool // ids by refresh token
	record     stored

	// The provider.
	live      map[string]bool
	sends     map[string]int
	exposures map[string]int
	exposedAt map[string][]time.Time
	active    []*sending
	delivered []delivery
	faulty    float64

	processes []*process
	everyone  []*process // also those that were killed
	callers   sync.WaitGroup

	// What has to be told: see property_events_test.go.
	transitions []*transition
	kept        map[uint64]kept
	author      map[string]*process // of access tokens
	accepted    map[string]int      // refreshes carried out, by refresh token
	spentTwice  bool
	tamper      func([]tokens.Event) []tokens.Event

	// More trouble: see property_trouble_test.go.
	lies        lies
	past        []tokens.Entry  // what was written
	saving      map[string]int  // Saves under way, by grant
	untrue      map[uint64]bool // generations that were said to be written
	refused     map[string]bool // refresh tokens
	outage      providerFault
	outageUntil time.Time
}

// stored is what the tests read of a record.
type stored struct {
	Key           string     `json:"key"`
	Generation    uint64     `json:"generation"`
	AccessToken   string     `json:"access_token"`
	RefreshToken  string     `json:"refresh_token"`
	Grant         string     `json:"grant"`
	Expiry        time.Time  `json:"expiry"`
	Rejected      string     `json:"rejected"`
	RejectedAt    *time.Time `json:"rejected_at"`
	UnjudgedSince *time.Time `json:"unjudged_since"`
	Attempt       *struct {
		ID        string     `json:"id"`
		StartedAt time.Time  `json:"started_at"`
		FirstAt   *time.Time `json:"first_at"`
		Replays   int        `json:"replays"`
	} `json:"attempt"`
}

type sending struct {
	p     *process
	ctx   context.Context
	token string
}

type delivery struct {
	p      *process
	access string
	grant  string
}

type traced struct {
	at     time.Duration
	format string
	args   []any
}

func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noteLocked(format, args...)
}

func (w *world) noteLocked(format string, args ...any) {
	w.trace = append(w.trace, traced{time.Since(w.began), format, args})
}

func (w *world) violate(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.violateLocked(format, args...)
}

func (w *world) violateLocked(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
	w.count.violations++
	w.noteLocked("VIOLATION: "+format, args...)
}

func (w *world) chance(p float64) bool { return w.float() < p }
func (w *world) float() float64        { w.mu.Lock(); defer w.mu.Unlock(); return w.rng.Float64() }
func (w *world) int(n int) int         { w.mu.Lock(); defer w.mu.Unlock(); return w.rng.IntN(n) }
func (w *world) between(a, b time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return a + time.Duration(w.rng.Int64N(int64(b-a)))
}

// innerStores are the stores to choose from.
var innerStores = []struct {
	name   string
	leases bool
	open   func(testing.TB) tokens.Store
}{
	{"memory with leases", true, func(testing.TB) tokens.Store { return tokens.NewMemoryStore() }},
	{"memory without", false, func(testing.TB) tokens.Store { return tokens.NewMemoryStore() }},
	{"files with leases", true, openPropertyFiles},
	{"memory with leases", true, func(testing.TB) tokens.Store { return tokens.NewMemoryStore() }},
	{"memory without", false, func(testing.TB) tokens.Store { return tokens.NewMemoryStore() }},
}

// openPropertyFiles is a directory in memory, if the system has such.
func openPropertyFiles(t testing.TB) tokens.Store {
	dir, err := os.MkdirTemp("/dev/shm", "grantway-test-")
	if err != nil {
		dir = filepath.Join(t.TempDir(), "store")
	}
	store, err := filestore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = store.Close()
		_ = os.RemoveAll(dir)
	})
	return store
}

func runWorld(t *testing.T, seed uint64, total *propertyCount) {
	t.Helper()
	w := playWorld(t, seed, nil)
	if len(w.wrong) > 0 {
		inner := innerStores[seed%uint64(len(innerStores))]
		t.Errorf("seed %d (%s=%d), %s, policy %d, lies %d:\n%s\nwhat led to it:\n%s", seed, envPropertySeed, seed, inner.name, w.policy, w.lies, strings.Join(w.wrong, "\n"), w.story())
	}
	total.add(&w.count)
}

// playWorld lets a world run. tamper, if set, changes what a process was told.
func playWorld(t *testing.T, seed uint64, tamper func([]tokens.Event) []tokens.Event) (w *world) {
	t.Helper()
	inner := innerStores[seed%uint64(len(innerStores))]
	store := inner.open(t)
	synctest.Test(t, func(t *testing.T) {
		w = &world{
			t: t, seed: seed, began: time.Now(), rng: rand.New(rand.NewPCG(seed, 4)), inner: store, leases: inner.leases,
			key:    tokens.Key{Provider: "acme", Account: "one"},
			stored: map[string]bool{}, grants: map[string]string{}, forgotten: map[string]bool{}, attempts: map[string]map[string]bool{},
			saving: map[string]int{}, untrue: map[uint64]bool{}, refused: map[string]bool{}, accepted: map[string]int{}, live: map[string]bool{}, sends: map[string]int{}, exposures: map[string]int{}, exposedAt: map[string][]time.Time{},
		}
		w.policy = []tokens.ReplayPolicy{tokens.ReplayPaced, tokens.ReplayNever, tokens.ReplayPaced, tokens.ReplayFreely}[w.int(4)]
		w.plan = tokens.RefreshPlan{Margin: tokenMargin}
		w.skewed = w.chance(0.3)
		if w.chance(0.5) {
			w.plan.Fraction = 0.8
		}
		w.tamper = tamper
		w.drawTrouble()
		w.run()
	})
	return w
}

func (c *propertyCount) add(d *propertyCount) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps += d.steps
	c.calls += d.calls
	c.tokens += d.tokens
	c.sends += d.sends
	c.writes += d.writes
	c.kills += d.kills
	c.storeFaults += d.storeFaults
	c.providerFaults += d.providerFaults
	c.lies += d.lies
	c.outages += d.outages
	c.told += d.told
	c.violations += d.violations
}

func propertyStory() int {
	if n, err := strconv.Atoi(os.Getenv("GRANTWAY_PROPERTY_STORY")); err == nil {
		return n
	}
	return 80
}

// story is what happened before the first violation.
func (w *world) story() string {
	var b strings.Builder
	first := len(w.trace)
	for i, e := range w.trace {
		if strings.HasPrefix(e.format, "VIOLATION") {
			first = i
			break
		}
	}
	for _, e := range w.trace[max(0, first-propertyStory()):min(len(w.trace), first+1)] {
		fmt.Fprintf(&b, "%12v %s\n", e.at, fmt.Sprintf(e.format, e.args...))
	}
	return b.String()
}

func (w *world) run() {
	// The first grant is there before anything goes wrong.
	w.elsewhere()
	for range 2 {
		w.start()
	}
	for range stepsPerWorld {
		w.step()
		w.count.steps++
		if len(w.wrong) > 0 {
			break
		}
	}
	w.heal()
	for _, p := range w.processes {
		for _, s := range p.all {
			_ = s.Close()
		}
		p.kill()
	}
	w.callers.Wait()
}

func (w *world) step() {
	p := w.processes[w.int(len(w.processes))]
	src := p.open[w.int(len(p.open))]
	switch n := w.int(100); {
	case n < 45: // a few callers
		for range 1 + w.int(3) {
			w.caller(p, src)
		}
	case n < 55:
		p.invalidate(src)
	case n < 57:
		w.save(p, src)
	case n < 58:
		w.elsewhere()
	case n < 61:
		w.note("%s: killed", p.name)
		p.kill()
		w.mu.Lock()
		w.count.kills++
		w.mu.Unlock()
		for i, q := range w.processes {
			if q == p {
				w.processes = append(w.processes[:i:i], w.processes[i+1:]...)
			}
		}
		w.start()
	case n < 64:
		w.note("%s: one source closed", p.name)
		p.reopen(src)
	case n < 65:
		w.forget(p, src)
	case n < 66:
		w.callers.Go(func() { w.refreshNow(p, src) })
	case n < 67:
		w.startOutage()
	case n < 74: // other weather
		w.mu.Lock()
		w.faulty = []float64{0, 0, 0.2, 0.7}[w.rng.IntN(4)]
		p.weather = []float64{0, 0, 0.1, 0.4, 1}[w.rng.IntN(5)]
		p.readOnly = w.rng.IntN(8) == 0
		p.slow = []time.Duration{0, 0, 0, 2 * time.Second, 8 * time.Second}[w.rng.IntN(5)]
		w.noteLocked("%s: the store fails %.1f, takes %v, read-only %v; the provider %.1f", p.name, p.weather, p.slow, p.readOnly, w.faulty)
		w.mu.Unlock()
	}
	switch n := w.int(100); {
	case n < 50:
		time.Sleep(w.between(0, 20*time.Millisecond))
	case n < 80:
		time.Sleep(w.between(20*time.Millisecond, 2*time.Second))
	case n < 95:
		time.Sleep(w.between(2*time.Second, 30*time.Second))
	default:
		time.Sleep(w.between(30*time.Second, 5*time.Minute))
	}
}

// heal ends all that goes wrong, and looks at what became of it.
func (w *world) heal() {
	w.mu.Lock()
	w.healed, w.faulty, w.outageUntil = true, 0, time.Time{}
	for _, p := range w.processes {
		p.weather, p.readOnly, p.slow = 0, false, 0
	}
	w.noteLocked("all is well again")
	w.mu.Unlock()
	last := map[*process]error{}
	for round := range 8 {
		time.Sleep(100 * time.Second)
		if round > 5 {
			time.Sleep(time.Hour) // the longest pause
		}
		for _, p := range w.processes {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			tok, err := p.open[0].TokenContext(ctx)
			cancel()
			last[p] = err
			if err == nil {
				w.note("%s: got %s", p.name, tok.AccessToken.Reveal())
			} else {
				w.note("%s: got %v", p.name, err)
			}
		}
	}
	time.Sleep(time.Minute)
	w.mu.Lock()
	for _, p := range w.everyone {
		w.count.told += len(p.told)
	}
	w.mu.Unlock()
	if w.lies == losesWrites {
		w.restored()
		w.mu.Lock()
		defer w.mu.Unlock()
		w.checkToldAtMost()
	} else {
		w.checkStatus()
		w.mu.Lock()
		defer w.mu.Unlock()
		w.checkTold()
	}
	for _, d := range w.delivered {
		if w.policy != tokens.ReplayFreely && !d.p.dead() && d.grant == w.granted && !w.stored[d.access] {
			w.violateLossy("%s got %s from the provider, lives, and it is in no store", d.p.name, d.access)
		}
	}
	for p, err := range last {
		r := w.record
		switch {
		case err == nil:
		case errors.Is(err, grantway.ErrReauthorize) && (r.Rejected != "" || r.AccessToken == "") && !w.live[r.RefreshToken]:
		case errors.Is(err, grantway.ErrAmbiguous) && r.Attempt != nil && w.policy == tokens.ReplayNever:
		default:
			w.violateLossy("%s: all is well and still: %v (stored: generation %d, %s, rejected %q, attempt %v)", p.name, err, r.Generation, r.AccessToken, r.Rejected, r.Attempt)
		}
	}
}

// process is a set of Sources over one handle of the store.
type process struct {
	w        *world
	name     string
	store    tokens.Store
	open     []*tokens.Source
	all      []*tokens.Source
	gone     chan struct{}
	weather  float64
	readOnly bool
	slow     time.Duration // what a call of the store takes at most
	ahead    time.Duration // its clock, of the provider's

	mu      sync.Mutex
	seen    *grantway.Token
	invalid map[string]time.Time

	// Guarded by the world's mutex.
	told    []tokens.Event
	inside  int                // calls of the function that is told
	forcing int                // calls of Refresh
	attempt time.Time          // since when, of the last one that it wrote
	lost    map[time.Time]bool // since when outcomes are unknown that it met
	tried   map[string]time.Time
	wrote   map[uint64]int // writes, by generation
	got     int            // tokens from the provider
	handed  []string       // access tokens that callers got
}

var errKilled = errors.New("this process is no more")

func (w *world) start() {
	w.mu.Lock()
	w.number++
	p := &process{w: w, name: fmt.Sprintf("process %d", w.number), gone: make(chan struct{}), invalid: map[string]time.Time{}, wrote: map[uint64]int{}}
	w.mu.Unlock()
	h := &handle{p: p}
	p.store = h
	if w.leases {
		p.store = &leasingHandle{handle: h}
	}
	if w.skewed && w.chance(0.7) {
		p.ahead = w.between(-maxSkew, maxSkew)
	}
	for range 2 {
		p.openSource()
	}
	w.processes, w.everyone = append(w.processes, p), append(w.everyone, p)
	w.note("%s: started", p.name)
}

func (p *process) openSource() {
	cfg := acme(p.w.key.Account, p.store, p.w.plan, p.w.policy)
	cfg.Refresh, cfg.Timeout = p.refresh, flightTime
	if p.ahead != 0 {
		cfg.Now = func() time.Time { return time.Now().Add(p.ahead) }
	}
	var s *tokens.Source
	cfg.OnEvent = p.hear(func() *tokens.Source { return s })
	s, err := cfg.open()
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.open, p.all = append(p.open, s), append(p.all, s)
}

// reopen closes one of the sources and opens another.
func (p *process) reopen(s *tokens.Source) {
	_ = s.Close()
	for i, o := range p.open {
		if o == s {
			p.open = append(p.open[:i:i], p.open[i+1:]...)
		}
	}
	p.openSource()
}

func (p *process) kill() {
	select {
	case <-p.gone:
	default:
		close(p.gone)
	}
}

func (p *process) dead() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

func (w *world) caller(p *process, src *tokens.Source) {
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	limit := 4 * flightEnds
	switch w.int(3) {
	case 0:
		limit = w.between(0, 15*time.Second)
		ctx, cancel = context.WithTimeout(ctx, limit)
	case 1:
		limit = w.between(0, 5*time.Second)
		ctx, cancel = context.WithCancel(ctx)
		stop := time.AfterFunc(limit, cancel)
		was := cancel
		cancel = func() { stop.Stop(); was() }
	}
	w.callers.Go(func() {
		defer cancel()
		began := time.Now()
		tok, err := src.TokenContext(ctx)
		took := time.Since(began)
		if p.dead() {
			return
		}
		w.mu.Lock()
		w.count.calls++
		w.mu.Unlock()
		if took > limit {
			w.violate("%s: a caller waited %v, %v were allowed", p.name, took, limit)
		}
		if err != nil {
			w.checkError(p, err)
			return
		}
		access := tok.AccessToken.Reveal()
		end, _ := tok.Expiry.Time()
		p.mu.Lock()
		p.seen = tok
		since, invalid := p.invalid[access]
		p.mu.Unlock()
		w.mu.Lock()
		defer w.mu.Unlock()
		w.count.tokens++
		p.handedOut(access)
		if !w.stored[access] {
			w.violateLossy("%s: a caller got %s, which was never in the store", p.name, access)
		}
		if now := time.Now().Add(p.ahead - releaseTime); !now.Before(end.Add(-tokenMargin)) {
			w.violateLocked("%s: a caller got %s, which ended %v ago", p.name, access, now.Sub(end.Add(-tokenMargin)))
		}
		if invalid && since.Before(began) {
			w.violateLossy("%s: a caller got %s, which was invalidated %v ago", p.name, access, time.Since(since))
		}
	})
}

func (w *world) checkError(p *process, err error) {
	var e *grantway.Error
	if !errors.As(err, &e) {
		w.violate("%s: not a *grantway.Error: %T %v", p.name, err, err)
	}
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		if w.lies == honest && strings.Contains(cause.Error(), "went back") {
			w.violate("%s: the store lost nothing, and yet: %v", p.name, cause)
			return
		}
	}
}

func (p *process) invalidate(src *tokens.Source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		return
	}
	a := p.seen.AccessToken
	p.w.note("%s: %s invalidated", p.name, a.Reveal())
	src.Invalidate(a)
	p.invalid[a.Reveal()] = time.Now()
}

// save is a user who authorizes again.
func (w *world) save(p *process, src *tokens.Source) {
	limit := w.between(time.Second, 20*time.Second)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	w.mu.Lock()
	tok := w.grant()
	w.mu.Unlock()
	w.callers.Go(func() {
		defer cancel()
		w.note("%s: saves %s", p.name, tok.AccessToken.Reveal())
		err := w.saveWith(ctx, src, tok)
		w.note("%s: saved %s: %v", p.name, tok.AccessToken.Reveal(), err)
		if err != nil && !p.dead() {
			w.checkError(p, err)
		}
	})
}

// saveWith saves the first pair of a grant.
func (w *world) saveWith(ctx context.Context, src *tokens.Source, tok *grantway.Token) error {
	grant := tok.RefreshToken.Reveal()
	count := func(n int) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.saving[grant] += n
	}
	count(1)
	defer count(-1)
	return src.Save(ctx, tok)
}

// forget is a user who signs out.
func (w *world) forget(p *process, src *tokens.Source) {
	ctx, cancel := context.WithTimeout(context.Background(), w.between(time.Second, 20*time.Second))
	w.callers.Go(func() {
		defer cancel()
		err := src.Forget(ctx)
		w.note("%s: forgot: %v", p.name, err)
		if err != nil && !p.dead() {
			w.checkError(p, err)
		}
	})
}

// grant makes the first pair of a new authorization.
func (w *world) grant() *grantway.Token {
	w.number++
	refresh := fmt.Sprintf("refresh-%d-grant", w.number)
	w.live[refresh], w.grants[refresh] = true, refresh
	return w.pair(fmt.Sprintf("access-%d-grant", w.number), refresh)
}

func (w *world) pair(access, refresh string) *grantway.Token {
	now := time.Now().UTC()
	return &grantway.Token{AccessToken: grantway.NewSecret(access), RefreshToken: grantway.NewSecret(refresh), Type: "bearer",
		ObtainedAt: now, Expiry: grantway.ExpiresAt(now.Add(tokenLife))}
}

// checkPace holds the exposures of a token under ReplayPaced to their pace. It is
// called before this one is noted.
func (w *world) checkPace(p *process, old *grantway.Token, token string, invalid bool) {
	// The pace counts from the attempt, whose writing may take saveTime.
	const slack = 2*maxSkew + saveTime + 500*time.Millisecond
	now, times := time.Now(), w.exposedAt[token]
	w.exposedAt[token] = append(times, now)
	if len(times) == 0 {
		return
	}
	first, last := times[0], times[len(times)-1]
	late := now.Sub(first) > time.Minute+slack
	if !late && len(times) > 3 {
		w.violateLossy("%s: %s exposed %d times within a minute", p.name, token, len(times)+1)
	}
	if late && now.Sub(last) < time.Minute-slack {
		w.violateLossy("%s: %s exposed again after %v", p.name, token, now.Sub(last))
	}
	end, _ := old.Expiry.Time()
	if late && now.Add(slack).Before(end) && !invalid {
		w.violateLossy("%s: %s exposed again, and its access token lives until %v", p.name, token, end)
	}
}

// elsewhere is another program that authorizes and writes what it got.
func (w *world) elsewhere() {
	cfg := acme(w.key.Account, &ledger{w: w}, w.plan, w.policy)
	cfg.Refresh = func(context.Context, *grantway.Token) (*grantway.Token, error) { return nil, errors.New("not used") }
	s, err := cfg.open()
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	tok := w.grant()
	w.mu.Unlock()
	if err := s.Save(context.Background(), tok); err != nil {
		w.violate("a Save with nothing wrong: %v", err)
	}
	w.note("elsewhere: saved %s", tok.AccessToken.Reveal())
}

// refresh is the provider, as one process reaches it.
func (p *process) refresh(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
	w := p.w
	if ctx.Err() != nil { // as net/http does
		return nil, kind(grantway.KindNotSent)
	}
	p.mu.Lock()
	_, invalid := p.invalid[old.AccessToken.Reveal()]
	p.mu.Unlock()
	w.mu.Lock()
	if p.dead() {
		w.mu.Unlock()
		return nil, errKilled
	}
	if due := w.earliest(old); !invalid && p.forcing == 0 && time.Now().Add(p.ahead).Before(due) {
		w.violateLossy("%s refreshes %s, which is not due for %v", p.name, old.AccessToken.Reveal(), time.Until(due))
	}
	f := w.providerFault()
	token := old.RefreshToken.Reveal()
	if f.answer == grantway.KindNotSent {
		w.noteLocked("%s: %s not sent", p.name, token)
		w.mu.Unlock()
		return nil, kind(grantway.KindNotSent)
	}
	call := &sending{p, ctx, token}
	for _, o := range w.active {
		if o.ctx.Err() == nil && !o.p.dead() && (o.p == p || o.token == token && w.policy != tokens.ReplayFreely) {
			w.violateLossy("%s sends %s while %s sends %s", p.name, token, o.p.name, o.token)
		}
	}
	w.active = append(w.active, call)
	w.count.sends++
	w.sends[token]++
	w.exposures[token]++
	w.noteLocked("%s: sends %s (%d exposures): %+v", p.name, token, w.exposures[token], f)
	if n := w.exposures[token]; w.policy == tokens.ReplayNever && n > 1 {
		w.violateLossy("%s: %s exposed %d times", p.name, token, n)
	}
	if w.policy == tokens.ReplayPaced {
		w.checkPace(p, old, token, invalid)
	}
	if a := len(w.attempts[token]); w.sends[token] > a {
		w.violateLossy("%s: %s sent %d times, and %d attempts were written ahead", p.name, token, w.sends[token], a)
	}
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for i, o := range w.active {
			if o == call {
				w.active = append(w.active[:i:i], w.active[i+1:]...)
			}
		}
	}()

	var made *grantway.Token
	accepted := true
	carryOut := func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		made, accepted = w.rotate(token)
		if f.answer == grantway.KindRejected {
			w.live[token], w.refused[token] = false, true
			if made != nil {
				w.live[made.RefreshToken.Reveal()] = false
			}
		}
		w.noteLocked("provider: %s of %s carried out: accepted %v, made %v", token, p.name, accepted, made != nil)
	}
	lost := func(cause error) error {
		return (&grantway.Error{Provider: "acme", Operation: "refresh", Kind: grantway.KindAmbiguous}).With(detail.Error{Cause: cause})
	}
	if f.spends == spendsAtOnce {
		carryOut()
	}
	if f.takes > 0 {
		done := ctx.Done()
		if f.deaf {
			done = nil
		}
		select {
		case <-time.After(f.takes):
		case <-done:
			if errors.Is(context.Cause(ctx), context.Canceled) { // neither its deadline nor Close
				w.violate("%s: the refresh ended with somebody's context", p.name)
			}
			if f.spends == spendsLast && f.anyway {
				carryOut()
			}
			w.mu.Lock()
			p.unknown()
			w.mu.Unlock()
			return nil, lost(ctx.Err())
		case <-p.gone:
			if f.spends == spendsLast && f.anyway {
				carryOut()
			}
			return nil, errKilled
		}
	}
	if f.spends == spendsLast {
		carryOut()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.dead() {
		return nil, errKilled
	}
	switch f.answer {
	case 0:
		if !accepted {
			w.noteLocked("%s: %s rejected", p.name, token)
			w.refused[token] = true
			return nil, kind(grantway.KindRejected)
		}
		p.got++
		w.delivered = append(w.delivered, delivery{p, made.AccessToken.Reveal(), w.grants[token]})
		w.noteLocked("%s: got %s", p.name, made.AccessToken.Reveal())
		return made, nil
	case grantway.KindThrottled, grantway.KindUnavailable, grantway.KindBadClient, grantway.KindNotJudged:
		w.exposures[token]--
		if times := w.exposedAt[token]; len(times) > 0 {
			w.exposedAt[token] = times[:len(times)-1]
		}
		return nil, &grantway.Error{Provider: "acme", Operation: "refresh", Kind: f.answer, RetryAfter: f.retryAfter}
	case panics:
		p.unknown()
		panic("example panic of a provider")
	case untyped:
		p.unknown()
		return nil, errors.New("example error")
	case grantway.KindAmbiguous, grantway.KindMalformed:
		p.unknown()
	}
	return nil, kind(f.answer)
}

// earliest is when a token may be due at the earliest.
func (w *world) earliest(t *grantway.Token) time.Time {
	end, _ := t.Expiry.Time()
	if w.plan.Fraction > 0 {
		const jitter = 0.1
		return t.ObtainedAt.Add(time.Duration(w.plan.Fraction * (1 - jitter) * float64(tokenLife)))
	}
	return end.Add(-tokenMargin)
}

// rotate spends a refresh token.
func (w *world) rotate(token string) (*grantway.Token, bool) {
	if !w.live[token] {
		return nil, false
	}
	w.number++
	w.accepted[token]++
	w.spentTwice = w.spentTwice || w.accepted[token] > 1
	refresh := token
	if w.policy != tokens.ReplayFreely {
		w.live[token] = false
		refresh = fmt.Sprintf("refresh-%d", w.number)
		w.live[refresh], w.grants[refresh] = true, w.grants[token]
	}
	return w.pair(fmt.Sprintf("access-%d", w.number), refresh), true
}

type spends int

const (
	spendsNothing spends = iota
	spendsAtOnce
	spendsLast
)

const (
	panics  = grantway.Kind(200)
	untyped = grantway.Kind(201)
)

type providerFault struct {
	answer     grantway.Kind // 0: what the provider says if nothing is wrong
	spends     spends
	takes      time.Duration
	deaf       bool // goes on when the context ends
	anyway     bool // carried out though the caller is gone
	retryAfter time.Duration
}

func (w *world) providerFault() providerFault {
	between := func(a, b time.Duration) time.Duration { return a + time.Duration(w.rng.Int64N(int64(b-a))) }
	f := providerFault{spends: spendsLast, takes: between(time.Millisecond, 300*time.Millisecond), anyway: w.rng.IntN(2) == 0}
	if time.Now().Before(w.outageUntil) {
		return w.outage
	}
	if w.rng.Float64() >= w.faulty {
		return f
	}
	w.count.providerFaults++
	some := spends(w.rng.IntN(3))
	switch w.rng.IntN(15) {
	case 0:
		f.answer = grantway.KindNotSent
	case 1:
		if w.rng.IntN(4) == 0 {
			f.answer = grantway.KindRejected
		}
	case 2:
		f.answer, f.spends, f.retryAfter = grantway.KindThrottled, spendsNothing, between(0, 20*time.Second)
	case 3:
		f.answer, f.spends = grantway.KindUnavailable, spendsNothing
	case 4:
		f.answer, f.spends = grantway.KindBadClient, spendsNothing
	case 5:
		f.answer, f.spends = grantway.KindAmbiguous, spendsNothing
	case 6:
		f.answer = grantway.KindAmbiguous
	case 7:
		f.answer, f.spends = grantway.KindMalformed, some
	case 8: // slow
		f.takes = between(time.Second, flightTime+5*time.Second)
		f.spends = spendsAtOnce + spends(w.rng.IntN(2))
	case 9: // hung
		f.takes, f.answer, f.spends = time.Hour, grantway.KindAmbiguous, some
	case 10: // so slow that it is given up, and answers all the same
		f.takes, f.deaf = between(time.Second, 60*time.Second), true
		f.spends = spendsAtOnce + spends(w.rng.IntN(2))
	case 11:
		f.answer, f.spends = panics, some
	case 12:
		f.answer, f.spends = untyped, some
	case 13, 14: // a gateway's, a firewall's
		f.answer, f.spends = grantway.KindNotJudged, spendsNothing
	}
	return f
}

// ledger sees everything that is written, and by whom; nil is from elsewhere.
type ledger struct {
	w *world
	p *process
	// wrote is what the last write changed.
	wrote *transition
}

func (l *ledger) Load(ctx context.Context, key string) (tokens.Entry, error) {
	l.w.storeMu.Lock()
	defer l.w.storeMu.Unlock()
	return l.w.inner.Load(ctx, key)
}

func (l *ledger) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	w := l.w
	w.storeMu.Lock()
	defer w.storeMu.Unlock()
	if err := w.inner.CompareAndSwap(ctx, old, e); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count.writes++
	if e.Generation != w.generation+1 {
		w.violateLossy("generation %d follows %d", e.Generation, w.generation)
	}
	w.generation = e.Generation
	var r stored
	if err := json.Unmarshal(e.Data, &r); err != nil {
		w.violateLocked("what is stored cannot be read: %v", err)
	}
	if r.Generation != e.Generation {
		w.violateLocked("generation %d inside of %d", r.Generation, e.Generation)
	}
	if strings.HasSuffix(r.AccessToken, "-grant") && !w.stored[r.AccessToken] {
		w.granted = r.RefreshToken
	}
	if g := w.grants[r.RefreshToken]; w.lies != honest && w.saving[g] > 0 {
		delete(w.forgotten, g) // by a Save that was told of a conflict where there was none
	}
	if g := w.grants[r.RefreshToken]; w.forgotten[g] {
		w.violateLossy("%s of the grant %s is back, which was forgotten", r.AccessToken, g)
	}
	if r.AccessToken == "" {
		w.emptied()
	}
	w.checkRejected(r)
	w.past = append(w.past, e)
	l.wrote = w.noteWrite(l.p, r)
	w.record = r
	w.stored[r.AccessToken] = true
	if r.Attempt != nil {
		if w.attempts[r.RefreshToken] == nil {
			w.attempts[r.RefreshToken] = map[string]bool{}
		}
		w.attempts[r.RefreshToken][r.Attempt.ID] = true
	}
	attempt := "no attempt"
	if r.Attempt != nil {
		attempt = fmt.Sprintf("attempt %.4s, %d replays", r.Attempt.ID, r.Attempt.Replays)
	}
	w.noteLocked("store: generation %d: %s %s, %s, rejected %q", r.Generation, r.AccessToken, r.RefreshToken, attempt, r.Rejected)
	return nil
}

func (l *ledger) Delete(ctx context.Context, key string, old uint64) error {
	w := l.w
	w.storeMu.Lock()
	defer w.storeMu.Unlock()
	if err := w.inner.Delete(ctx, key, old); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noteLocked("store: generation %d deleted", w.generation)
	w.emptied()
	w.generation, w.record = 0, stored{}
	return nil
}

// emptied notes that what is stored was forgotten.
func (w *world) emptied() {
	if w.record.RefreshToken != "" {
		w.forgotten[w.grants[w.record.RefreshToken]] = true
	}
	w.granted = ""
}

// handle is the store as one process reaches it.
type handle struct{ p *process }

type storeFault int

const (
	noFault storeFault = iota
	failsBefore
	failsAfter // the write is done, and nobody hears of it
	slowBefore
	slowAfter
	hangs     // until the context ends
	deafHangs // for a while, whatever the context, and then does it
	storePanics
	conflicts // somebody else writes first
	faultKinds
)

var errExample = errors.New("example fault of a store")

// do is one call of the store with all that can go wrong with it.
func (h *handle) do(ctx context.Context, what string, write bool, op func(context.Context) error) error {
	p, w := h.p, h.p.w
	if err := p.pass(nil, w.between(50*time.Microsecond, time.Millisecond)); err != nil {
		return err
	}
	w.mu.Lock()
	slow := p.slow
	w.mu.Unlock()
	if slow > 0 {
		if err := p.pass(ctx.Done(), w.between(0, slow)); err != nil {
			return err
		}
	}
	w.mu.Lock()
	f := noFault
	if w.rng.Float64() < p.weather {
		f = 1 + storeFault(w.rng.IntN(int(faultKinds)-1))
		if p.weather == 1 { // down, mostly
			f = failsBefore
		}
		w.count.storeFaults++
	}
	if p.readOnly && write {
		f = failsBefore
	}
	if f != noFault {
		w.noteLocked("%s: %s: fault %d", p.name, what, f)
	}
	w.mu.Unlock()
	switch f {
	case failsBefore:
		return errExample
	case slowBefore:
		if err := p.pass(ctx.Done(), w.between(100*time.Millisecond, 4*time.Second)); err != nil {
			return err
		}
	case hangs:
		if err := p.pass(ctx.Done(), 5*time.Minute); err != nil {
			return errors.Join(err, ctx.Err())
		}
	case deafHangs:
		if err := p.pass(nil, w.between(time.Second, 40*time.Second)); err != nil {
			return err
		}
		ctx = context.WithoutCancel(ctx)
	case storePanics:
		panic("example panic of a store")
	case conflicts:
		if write && w.chance(0.3) {
			w.elsewhere()
		}
	}
	if p.dead() {
		return errKilled
	}
	err := op(ctx)
	if f == slowAfter {
		if err := p.pass(ctx.Done(), w.between(100*time.Millisecond, 4*time.Second)); err != nil {
			return err
		}
	} else if err := p.pass(nil, w.between(50*time.Microsecond, time.Millisecond)); err != nil {
		return err
	}
	if f == failsAfter && err == nil {
		return errExample
	}
	return err
}

// pass lets time pass, until done or the end of the process.
func (p *process) pass(done <-chan struct{}, d time.Duration) error {
	select {
	case <-p.gone:
		return errKilled
	case <-done:
		return context.Canceled
	case <-time.After(d):
		return nil
	}
}

func (h *handle) Load(ctx context.Context, key string) (e tokens.Entry, err error) {
	err = h.do(ctx, "load", false, func(ctx context.Context) error {
		e, err = (&ledger{w: h.p.w}).Load(ctx, key)
		if err == nil && h.p.drawLie(false) == laggingRead {
			e = h.p.w.fromBefore(e)
		}
		return err
	})
	if err != nil {
		return tokens.Entry{}, err
	}
	return e, nil
}

func (h *handle) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	l := &ledger{w: h.p.w, p: h.p}
	began := h.p.began(e)
	err := h.do(ctx, "swap", true, func(ctx context.Context) error {
		if how := h.p.drawLie(true); how != noLie {
			return h.p.lyingSwap(ctx, how, l, old, e)
		}
		return l.CompareAndSwap(ctx, old, e)
	})
	h.p.w.mu.Lock()
	defer h.p.w.mu.Unlock()
	if l.wrote != nil {
		l.wrote.answered, l.wrote.late = err == nil && !h.p.dead(), time.Since(began) > 4*time.Second
	}
	return err
}

// began is when this process first tried to write e.
func (p *process) began(e tokens.Entry) time.Time {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if p.tried == nil {
		p.tried = map[string]time.Time{}
	}
	name := fmt.Sprint(e.Generation, string(e.Data))
	if p.tried[name].IsZero() {
		p.tried[name] = time.Now()
	}
	return p.tried[name]
}

func (h *handle) Delete(ctx context.Context, key string, old uint64) error {
	return h.do(ctx, "delete", true, func(ctx context.Context) error { return (&ledger{w: h.p.w}).Delete(ctx, key, old) })
}

// leasingHandle has leases besides.
type leasingHandle struct{ *handle }

func (h *leasingHandle) Acquire(ctx context.Context, key string, ttl time.Duration) (l tokens.Lease, err error) {
	err = h.do(ctx, "acquire", false, func(ctx context.Context) error {
		l, err = h.p.w.inner.(tokens.Leaser).Acquire(ctx, key, ttl)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &handleLease{h.handle, l}, nil
}

type handleLease struct {
	h *handle
	l tokens.Lease
}

func (l *handleLease) Renew(ctx context.Context) error {
	return l.h.do(ctx, "renew", false, l.l.Renew)
}

func (l *handleLease) Release(ctx context.Context) error {
	return l.h.do(ctx, "release", false, l.l.Release)
}
