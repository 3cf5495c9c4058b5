package tokens

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net/url"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/detail"
	"github.com/grantway/grantway/internal/flight"
)

// SourceOptions is what a user may choose of a Source. The zero value is what
// the provider package advises.
type Options struct {
	// Sealer encrypts what goes into the store; nil stores in clear.
	Sealer *Sealer
	// Plan replaces the provider's.
	Plan *RefreshPlan
	// Replay replaces the provider's answer to a refresh of unknown outcome.
	Replay *ReplayPolicy
	// Timeout bounds one refresh, from taking the lease to the answer; 0 means
	// one minute.
	Timeout time.Duration
	// Logger gets one record per refresh and per failure, with the key and
	// the kind; nil logs nothing.
	Logger *slog.Logger
}

// SourceConfig is what a provider package gives NewSource. Programs call the
// TokenSource method of their provider's client instead.
type SourceConfig struct {
	Options
	Key   Key
	Store Store
	// Refresh makes a new token of an old one, with one request. It is given
	// nil if nothing is stored and Mints is set.
	Refresh func(ctx context.Context, old *grantway.Token) (*grantway.Token, error)
	// Mints says that Refresh needs no old token: an API key makes new ones.
	Mints bool
	// Advise is the provider's plan and replay policy for a token.
	Advise func(*grantway.Token) (RefreshPlan, ReplayPolicy)
	// Origin is the base URL that Transport may send tokens to.
	Origin string
	// Scheme stands before the token in the Authorization header; empty sends
	// the token alone.
	Scheme string
	// Now is a test's clock; nil means time.Now.
	Now func() time.Time
}

// Source hands out the current token of one credential and keeps it fresh. All
// Sources of one process that share store and key share the token and the one
// refresh that is under way. It is safe for concurrent use.
//
// It is an oauth2.TokenSource; do not wrap it into oauth2.ReuseTokenSource for
// speed, since it caches by itself.
type Source struct {
	cfg    SourceConfig
	key    string
	origin *url.URL
	cred   *credential
	closed atomic.Bool
	// wall is set if a test owns the clock: the timers know nothing of it.
	wall bool
	// slow switches the way off that asks no clock: wall or closed.
	slow atomic.Bool
}

var _ oauth2.TokenSource = (*Source)(nil)

// ErrClosed says that the Source was closed.
var ErrClosed = errors.New("the token source is closed")

// credential is what the Sources of one store and key share.
type credential struct {
	base   time.Time // what the monotonic deadlines below count from
	held   atomic.Pointer[held]
	flight atomic.Pointer[flight.Flight[*held]] // written under mu

	mu       sync.Mutex
	open     int         // Sources that are not closed
	timer    *time.Timer // of the held token
	starter  *Source
	failure  error
	until    time.Time // no new flight before
	failures int
	refused  grantway.Secret // an access token that an API did not take
	pending  *record         // rotated and not saved yet
	spare    *record         // the loser of two refreshes that both worked
	seen     uint64          // the highest generation met, of grant
	grant    string
	forgot   string // a grant that Forget deleted
	attempt  string // the last attempt that was begun here
	innocent string // an attempt that spent nothing and could not be withdrawn
}

// held is a token that may be handed out, because it is in the store.
type held struct {
	token    *grantway.Token
	oauth2   *oauth2.Token
	header   []string // the value of Authorization
	grant    string
	due, end time.Time // zero: never
	// The same on the monotonic clock, as time since credential.base.
	dueAfter, endAfter time.Duration
	// isDue is set by a timer: to look at it is a hundredth of the price of a
	// clock.
	isDue atomic.Bool
}

const never = time.Duration(1<<63 - 1)

type credentialID struct {
	store Store
	key   string
}

// credentials finds the credential that other Sources of this process hold.
// It keeps none alive: an entry goes when the last Source of it does.
var credentials sync.Map // credentialID to weak.Pointer[credential]

func shared(store Store, key string) *credential {
	fresh := &credential{base: time.Now()}
	if !reflect.TypeOf(store).Comparable() {
		return fresh // it cannot be told from its like
	}
	id, ptr := credentialID{store, key}, weak.Make(fresh)
	for {
		was, loaded := credentials.LoadOrStore(id, ptr)
		if !loaded {
			// The table's own hold on the store ends here too.
			runtime.AddCleanup(fresh, func(id credentialID) { credentials.CompareAndDelete(id, ptr) }, id)
			return fresh
		}
		if c := was.(weak.Pointer[credential]).Value(); c != nil {
			return c
		}
		credentials.CompareAndDelete(id, was)
	}
}

// unsaved keeps credentials alive that hold a token which is in no store: the
// next Source of the same store and key saves it, even if the one that got it
// is gone.
var unsaved sync.Map // *credential to struct{}

// NewSource checks cfg. Its error names the field.
func NewSource(cfg SourceConfig) (*Source, error) {
	invalid := func(field, reason string) error {
		return &grantway.Error{Provider: cfg.Key.Provider, Operation: "config", Kind: grantway.KindInvalid, Field: field, Reason: reason}
	}
	if field, reason := cfg.Key.check(); reason != "" {
		return nil, invalid(field, reason)
	}
	if cfg.Store == nil || reflect.ValueOf(cfg.Store).Kind() == reflect.Pointer && reflect.ValueOf(cfg.Store).IsNil() {
		return nil, invalid("Store", "is nil")
	}
	if cfg.Refresh == nil || cfg.Advise == nil {
		return nil, invalid("Refresh", "and Advise must be set")
	}
	if cfg.Timeout < 0 {
		return nil, invalid("Timeout", "is negative")
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = time.Minute
	}
	origin, err := url.Parse(cfg.Origin)
	if err != nil || origin.Host == "" {
		return nil, invalid("Origin", "is not a URL")
	}
	s := &Source{cfg: cfg, key: cfg.Key.String(), origin: origin, wall: cfg.Now != nil}
	if s.cfg.Now == nil {
		s.cfg.Now = time.Now
	}
	s.slow.Store(s.wall)
	s.cred = shared(cfg.Store, s.key)
	s.cred.mu.Lock()
	s.cred.open++
	s.cred.mu.Unlock()
	return s, nil
}

// Token is TokenContext without a context, for oauth2.TokenSource. The refresh
// it may wait for is bounded all the same.
func (s *Source) Token() (*oauth2.Token, error) {
	h, err := s.current(context.Background())
	if err != nil {
		return nil, err
	}
	return h.oauth2, nil
}

// TokenContext returns the current token, refreshed if it is due. ctx bounds
// this caller's wait and not the refresh, which goes on for the others. The
// Token is shared: do not change it.
func (s *Source) TokenContext(ctx context.Context) (*grantway.Token, error) {
	h, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	return h.token, nil
}

func (s *Source) current(ctx context.Context) (*held, error) {
	if ctx == nil {
		return nil, s.fail(grantway.KindInvalid, "ctx is nil", nil)
	}
	if h := s.cred.held.Load(); h != nil && !h.isDue.Load() && !s.slow.Load() {
		return h, nil
	}
	return s.wait(ctx)
}

// String names the credential and shows nothing of it.
func (s *Source) String() string { return "Source{" + s.key + "}" }

// Format writes String for every verb.
func (s *Source) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue is String for log/slog.
func (s *Source) LogValue() slog.Value { return slog.StringValue(s.String()) }

// fresh reports whether h is not due yet. The monotonic clock does not jump.
func (s *Source) fresh(h *held) bool {
	if s.closed.Load() {
		return false
	}
	if s.wall {
		return h.due.IsZero() || s.cfg.Now().Before(h.due)
	}
	return time.Since(s.cred.base) < h.dueAfter
}

// usable reports whether h may still be handed out.
func (s *Source) usable(h *held) bool {
	if h == nil {
		return false
	}
	if s.wall {
		return h.end.IsZero() || s.cfg.Now().Before(h.end)
	}
	return time.Since(s.cred.base) < h.endAfter
}

// wait joins the flight, or starts it. While a token is still good it is
// returned at once and the flight goes on behind.
func (s *Source) wait(ctx context.Context) (*held, error) {
	c := s.cred
	for {
		if s.closed.Load() {
			return nil, s.fail(grantway.KindNotSent, "", ErrClosed)
		}
		// Those who find a flight under way and no token to go on with queue
		// up behind it, and not behind a lock.
		f := c.flight.Load()
		if f == nil || s.usable(c.held.Load()) {
			h, started, err := s.join()
			if h != nil || err != nil {
				return h, err
			}
			f = started
		}
		h, err := f.Wait(ctx)
		switch {
		case err == nil:
			if c.held.Load() == h || !c.isGone(h) {
				return h, nil
			}
			continue // refused by an API, or forgotten, meanwhile
		case ctx.Err() != nil:
			return nil, s.fail(grantway.KindNotSent, "gave up waiting for the token", ctx.Err())
		case f.Stopped():
			continue // the Source that had started it was closed
		}
		if h := c.held.Load(); s.usable(h) { // the flight failed, but found this one in the store
			return h, nil
		}
		return nil, s.typed(err)
	}
}

// join returns a token that may be used, starting a refresh behind it if it is
// due; or the failure that is being waited out; or the flight to wait for.
func (s *Source) join() (*held, *flight.Flight[*held], error) {
	c := s.cred
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.held.Load()
	if h != nil && s.fresh(h) {
		if h.isDue.Load() && !s.wall { // its timer was stopped by a Close
			h.isDue.Store(false)
			c.hold(h)
		}
		return h, nil, nil
	}
	usable := s.usable(h)
	f := c.flight.Load()
	if f == nil && c.failure != nil && s.cfg.Now().Before(c.until) {
		if usable {
			return h, nil, nil
		}
		return nil, nil, c.failure
	}
	if f == nil {
		c.starter = s
		f = flight.Start(s.cfg.Timeout, flightGrace, s.refresh, s.settle)
		c.flight.Store(f)
	}
	if usable {
		return h, nil, nil
	}
	return nil, f, nil
}

// isGone reports whether h, published a moment ago, may not be handed out any
// more.
func (c *credential) isGone(h *held) bool {
	if c.isRefused(h.token.AccessToken) {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return h.grant != "" && h.grant == c.forgot
}

// isRefused reports whether an API did not take the token.
func (c *credential) isRefused(access grantway.Secret) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.refused.IsZero() && c.refused.Equal(access)
}

// settle notes a flight's outcome before anybody who waits hears of it.
func (s *Source) settle(f *flight.Flight[*held]) {
	c := s.cred
	_, err := f.Outcome()
	failed := err != nil && !f.Stopped()
	if failed {
		err = s.typed(err)
		s.log(slog.LevelWarn, "refresh failed", err) // the user's code, and not under the lock
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flight.Store(nil)
	c.starter = nil
	switch {
	case failed:
		c.failures++
		c.failure, c.until = err, s.cfg.Now().Add(pause(err, c.failures))
	case err == nil:
		c.failure, c.failures = nil, 0
	}
}

// flightGrace is what a flight may take beyond its time to save what it got.
const flightGrace = saveLimit + time.Second

const (
	firstPause = time.Second
	longPause  = time.Minute
)

// pause is how long a failure is shared before anybody tries again.
func pause(err error, failures int) time.Duration {
	d := longPause
	if failures < 7 {
		d = firstPause << (failures - 1)
	}
	var e *grantway.Error
	if errors.As(err, &e) {
		if e.Kind == grantway.KindBadClient {
			d = longPause // nothing mends itself here
		}
		d = max(d, e.RetryAfter)
	}
	return d + mathrand.N(d/4) // to the late side: a Retry-After is a promise
}

// Invalidate says that an API did not take the access token rejected. If it is
// the current one, the next call refreshes; if a newer one is current already,
// nothing happens.
func (s *Source) Invalidate(rejected grantway.Secret) {
	c := s.cred
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.held.Load()
	if h == nil || !h.token.AccessToken.Equal(rejected) {
		return
	}
	c.refused = rejected
	c.hold(nil)
}

// Save stores a token that was obtained otherwise, by Exchange as a rule, and
// makes it the current one.
func (s *Source) Save(ctx context.Context, t *grantway.Token) error {
	if ctx == nil {
		return s.fail(grantway.KindInvalid, "ctx is nil", nil)
	}
	if t == nil || t.AccessToken.IsZero() {
		return s.fail(grantway.KindInvalid, "the token is empty", nil)
	}
	s.cred.mu.Lock()
	if s.cred.refused.Equal(t.AccessToken) {
		s.cred.refused = grantway.Secret{}
	}
	s.cred.mu.Unlock()
	for range 10 {
		r, err := s.load(ctx)
		if err != nil {
			return err
		}
		next := &record{key: s.key, generation: r.generation + 1, token: t.Clone(), unknown: r.unknown, grant: rand.Text()}
		err = s.swap(ctx, r.generation, next)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return err
		}
		c := s.cred
		c.mu.Lock()
		c.failure, c.failures, c.spare = nil, 0, nil
		c.setPending(nil)
		c.mu.Unlock()
		s.publish(next)
		return nil
	}
	return s.fail(grantway.KindStore, "somebody else keeps writing the entry", ErrConflict)
}

// Forget removes the token from the store and from memory, after a revocation
// for one. An entry without a token stays.
func (s *Source) Forget(ctx context.Context) error {
	if ctx == nil {
		return s.fail(grantway.KindInvalid, "ctx is nil", nil)
	}
	c := s.cred
	c.mu.Lock()
	forgot := c.grant
	c.mu.Unlock()
	for range 10 {
		e, err := s.cfg.Store.Load(ctx, s.key)
		if err == nil {
			// Written over and not deleted: generations that began anew would
			// let a write through that has been waiting since before.
			err = s.swap(ctx, e.Generation, &record{key: s.key, generation: e.Generation + 1, grant: rand.Text()})
		}
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return s.storeError("delete", err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.hold(nil)
		c.failure, c.failures, c.spare = nil, 0, nil
		c.setPending(nil)
		c.forgot = forgot // a flight that is under way publishes nothing of it
		return nil
	}
	return s.fail(grantway.KindStore, "somebody else keeps writing the entry", ErrConflict)
}

// setPending notes a token that is in no store, or that there is none any
// more. c.mu is held.
func (c *credential) setPending(r *record) {
	c.pending = r
	if r != nil {
		unsaved.Store(c, struct{}{})
	} else {
		unsaved.Delete(c)
	}
}

// Close ends this Source: its callers get ErrClosed. A refresh that it started
// is ended too, and taken up by the other Sources that wait for it, if any.
func (s *Source) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.slow.Store(true)
	s.cred.mu.Lock()
	defer s.cred.mu.Unlock()
	if s.cred.open--; s.cred.open == 0 && s.cred.timer != nil {
		s.cred.timer.Stop() // whoever opens it again finds a clock in wait
		s.cred.held.Load().isDue.Store(true)
	}
	if f := s.cred.flight.Load(); f != nil && s.cred.starter == s {
		f.Stop()
	}
	return nil
}

// publish makes a stored record the current token, unless a newer one is.
func (s *Source) publish(r *record) *held {
	c := s.cred
	plan, _ := s.advice(r.token)
	due, end := plan.due(r.token)
	h := &held{token: r.token, oauth2: r.token.OAuth2Token(), grant: r.grant, due: due, end: end}
	value := r.token.AccessToken.Reveal()
	if s.cfg.Scheme != "" {
		value = s.cfg.Scheme + " " + value
	}
	h.header = []string{value}
	now := s.cfg.Now()
	h.dueAfter, h.endAfter = c.after(due, now), c.after(end, now)
	c.mu.Lock()
	defer c.mu.Unlock()
	// What was overtaken since it was read or written is not published.
	forgotten := r.grant != "" && r.grant == c.forgot
	if r.grant == c.grant && r.generation >= c.seen && !forgotten && !c.refused.Equal(r.token.AccessToken) {
		c.hold(h)
	}
	return h
}

// hold makes h the current token, or none if it is nil, and sets the timer for
// it. c.mu is held.
func (c *credential) hold(h *held) {
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
	if h != nil && h.dueAfter != never {
		if left := h.dueAfter - time.Since(c.base); left > 0 {
			c.timer = time.AfterFunc(left, func() { h.isDue.Store(true) })
		} else {
			h.isDue.Store(true)
		}
	}
	c.held.Store(h)
}

// after turns a moment of the wall clock into one of the monotonic clock.
func (c *credential) after(at, now time.Time) time.Duration {
	if at.IsZero() {
		return never
	}
	return time.Since(c.base) + at.Sub(now)
}

// advice is the provider's unless the user chose.
func (s *Source) advice(t *grantway.Token) (RefreshPlan, ReplayPolicy) {
	plan, replay := s.cfg.Advise(t)
	if s.cfg.Plan != nil {
		plan = *s.cfg.Plan
	}
	if s.cfg.Replay != nil {
		replay = *s.cfg.Replay
	}
	return plan, replay
}

func (s *Source) fail(kind grantway.Kind, reason string, cause error) *grantway.Error {
	e := &grantway.Error{Provider: s.cfg.Key.Provider, Operation: "token", Kind: kind, Reason: reason}
	return e.With(detail.Error{Cause: cause})
}

// storeError names the store's operation. The store's own error and its text
// are kept, for nobody else can say what is wrong with it.
func (s *Source) storeError(operation string, err error) error {
	return s.fail(grantway.KindStore, operation, err)
}

// typed makes an *Error of what ends a flight without being one.
func (s *Source) typed(err error) error {
	var e *grantway.Error
	if errors.As(err, &e) {
		return err
	}
	var p *flight.PanicError
	switch {
	case errors.As(err, &p):
		return s.fail(grantway.KindStore, "the store or the refresh panicked", p)
	case errors.Is(err, context.DeadlineExceeded):
		return s.fail(grantway.KindAmbiguous, "the refresh took too long", context.DeadlineExceeded)
	}
	return s.fail(grantway.KindAmbiguous, "", err)
}

func (s *Source) log(level slog.Level, what string, err error) {
	if s.cfg.Logger == nil {
		return
	}
	attrs := []slog.Attr{slog.String("key", s.key)}
	var e *grantway.Error
	if errors.As(err, &e) {
		attrs = append(attrs, slog.String("kind", e.Kind.String()), slog.Int("status", e.Status), slog.String("reason", e.Reason))
	}
	s.cfg.Logger.LogAttrs(context.Background(), level, "grantway: "+what, attrs...)
}
