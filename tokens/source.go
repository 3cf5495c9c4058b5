package tokens

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"reflect"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/flight"
	"github.com/grantway/grantway/provider"
)

// Options is what a user may choose of a Source. The zero value is what the
// provider package advises.
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

// Source hands out the current token of one credential and keeps it fresh. All
// Sources of one process that share store and key share the token and the one
// refresh that is under way. It is safe for concurrent use.
//
// It is an oauth2.TokenSource; do not wrap it into oauth2.ReuseTokenSource for
// speed, since it caches by itself.
type Source struct {
	reporter
	rules  provider.TokenRules
	opts   Options
	origin *url.URL
	// What is published, the record in the store, and the refresh: each has a
	// file and a lock of its own.
	current *currentToken
	entry   *entry
	history *refreshHistory

	closed atomic.Bool
	// testClock is set if a test owns the clock: the timers know nothing of it.
	testClock bool
	// noFastPath disables the lock-free path in token: testClock or closed.
	noFastPath atomic.Bool
}

var _ oauth2.TokenSource = (*Source)(nil)

// ErrClosed says that the Source was closed.
var ErrClosed = errors.New("the token source is closed")

// NewSource returns the Source of one account: of rules' client, kept in store.
// account is whose token it is, in the program's own terms. It is what a
// provider package calls; a program calls its TokenSource method. The error is
// of grantway.KindInvalid and names the field.
func NewSource(rules provider.TokenRules, store Store, account string, opts Options) (*Source, error) {
	key := Key{Provider: rules.Provider, Environment: rules.Environment, ClientID: rules.ClientID, Account: account}
	invalid := func(field, reason string) (*Source, error) {
		return nil, provider.InvalidConfig(rules.Provider, field, reason)
	}
	if field, reason := key.check(); reason != "" {
		return invalid(field, reason)
	}
	if store == nil || reflect.ValueOf(store).Kind() == reflect.Pointer && reflect.ValueOf(store).IsNil() {
		return invalid("Store", "is nil")
	}
	if rules.Refresh == nil || rules.Advise == nil {
		return invalid("Refresh", "and Advise must be set")
	}
	if opts.Timeout < 0 {
		return invalid("Timeout", "is negative")
	}
	if opts.Timeout == 0 {
		opts.Timeout = time.Minute
	}
	origin, err := url.Parse(rules.Origin)
	if err != nil || origin.Host == "" {
		return invalid("Origin", "is not a URL")
	}
	testClock := rules.Now != nil
	if !testClock {
		rules.Now = time.Now
	}
	report := reporter{provider: rules.Provider, key: key.String(), logger: opts.Logger}
	shared := sharedBy(store, report.key)
	s := &Source{
		reporter: report, rules: rules, opts: opts, origin: origin, testClock: testClock,
		current: &shared.current,
		entry:   &entry{reporter: report, store: store, sealer: opts.Sealer, mayRestart: rules.Mints, position: &shared.position},
		history: &shared.history,
	}
	s.noFastPath.Store(testClock)
	s.current.opened()
	return s, nil
}

// Token is TokenContext without a context, for oauth2.TokenSource. The refresh
// it may wait for is bounded all the same.
func (s *Source) Token() (*oauth2.Token, error) {
	p, err := s.token(context.Background())
	if err != nil {
		return nil, err
	}
	return p.oauth2, nil
}

// TokenContext returns the current token, refreshed if it is due. ctx bounds
// this caller's wait and not the refresh, which goes on for the others. The
// Token is shared: do not change it.
//
// The error is a *grantway.Error. It matches grantway.ErrReauthorize if nobody
// has authorized yet or the grant is gone, grantway.ErrStore if the store cannot
// be used, grantway.ErrAmbiguous if a refresh may have spent the refresh token;
// otherwise it is the refresh's own, and asking again later may help.
func (s *Source) TokenContext(ctx context.Context) (*grantway.Token, error) {
	p, err := s.token(ctx)
	if err != nil {
		return nil, err
	}
	return p.token, nil
}

// token returns the current token: at once if it is not due, without a lock and
// without a look at the clock.
func (s *Source) token(ctx context.Context) (*published, error) {
	if ctx == nil {
		return nil, s.fail(grantway.KindInvalid, "ctx is nil", nil)
	}
	if p := s.current.load(); p != nil && !p.isDue.Load() && !s.noFastPath.Load() {
		return p, nil
	}
	return s.wait(ctx)
}

// wait joins the flight, or starts it. While a token is still good it is
// returned at once and the flight goes on behind it.
func (s *Source) wait(ctx context.Context) (*published, error) {
	for {
		if s.closed.Load() {
			return nil, s.fail(grantway.KindNotSent, "", ErrClosed)
		}
		// Those who find a flight under way and no token to go on with queue
		// up behind it, and not behind a lock.
		f := s.history.flight.Load()
		if f == nil || s.isUsable(s.current.load()) {
			p, started, err := s.join()
			if p != nil || err != nil {
				return p, err
			}
			f = started
		}
		p, err := f.Wait(ctx)
		switch {
		case err == nil:
			if s.current.load() == p || !s.current.isWithdrawn(p) {
				return p, nil
			}
			continue // an API refused it meanwhile, or it was forgotten
		case ctx.Err() != nil:
			return nil, s.fail(grantway.KindNotSent, "gave up waiting for the token", ctx.Err())
		case f.Stopped():
			continue // the Source that had started it was closed
		}
		if p := s.current.load(); s.isUsable(p) { // the flight failed, but found this one in the store
			return p, nil
		}
		return nil, s.typed(err)
	}
}

// join returns a token that may be used, starting a refresh behind it if it is
// due; or the failure that is being waited out; or the flight to wait for.
func (s *Source) join() (*published, *flight.Flight[*published], error) {
	h := s.history
	h.mu.Lock()
	defer h.mu.Unlock()
	p := s.current.load()
	if p != nil && s.isFresh(p) {
		if !s.testClock {
			s.current.rearm(p)
		}
		return p, nil, nil
	}
	usable := s.isUsable(p)
	f := h.flight.Load()
	if f == nil && h.failure != nil && s.rules.Now().Before(h.retryAt) {
		if usable {
			return p, nil, nil
		}
		return nil, nil, h.failure
	}
	if f == nil {
		h.starter = s
		f = flight.Start(s.opts.Timeout, flightGrace, s.refresh, s.flightEnded)
		h.flight.Store(f)
	}
	if usable {
		return p, nil, nil
	}
	return nil, f, nil
}

// flightEnded notes a flight's outcome before anybody who waits hears of it.
func (s *Source) flightEnded(f *flight.Flight[*published]) {
	_, err := f.Outcome()
	failed := err != nil && !f.Stopped()
	if failed {
		err = s.typed(err)
		s.log(slog.LevelWarn, "refresh failed", err) // the user's code, and not under the lock
	}
	h := s.history
	h.mu.Lock()
	defer h.mu.Unlock()
	h.flight.Store(nil)
	h.starter = nil
	switch {
	case failed:
		h.failures++
		h.failure, h.retryAt = err, s.rules.Now().Add(pause(err, h.failures))
	case err == nil:
		h.failure, h.failures = nil, 0
	}
}

// isFresh reports whether p is not due yet. The monotonic clock does not jump.
func (s *Source) isFresh(p *published) bool {
	switch {
	case s.closed.Load():
		return false
	case s.testClock:
		return p.due.IsZero() || s.rules.Now().Before(p.due)
	}
	return s.current.elapsed() < p.dueAfter
}

// isUsable reports whether p may still be handed out. nil may not.
func (s *Source) isUsable(p *published) bool {
	switch {
	case p == nil:
		return false
	case s.testClock:
		return p.end.IsZero() || s.rules.Now().Before(p.end)
	}
	return s.current.elapsed() < p.endAfter
}

// publish makes the token of r, which is stored, the current one, unless a
// newer one is.
func (s *Source) publish(r *record) *published {
	plan, _ := s.advice(r.token)
	due, end := plan.due(r.token)
	value := r.token.AccessToken.Reveal()
	if s.rules.Scheme != "" {
		value = s.rules.Scheme + " " + value
	}
	p := &published{token: r.token, oauth2: r.token.OAuth2Token(), header: []string{value}, grant: r.grant, due: due, end: end}
	now := s.rules.Now()
	p.dueAfter, p.endAfter = s.current.after(due, now), s.current.after(end, now)
	s.current.publish(p, r.generation)
	return p
}

// advice is the provider's unless the user chose.
func (s *Source) advice(t *grantway.Token) (RefreshPlan, ReplayPolicy) {
	advice := s.rules.Advise(t)
	plan := RefreshPlan{Fraction: advice.RefreshAfter, MaxAge: advice.MaxAge, Margin: advice.Margin}
	replay := ReplayOnce
	if advice.Reusable {
		replay = ReplayFreely
	}
	if s.opts.Plan != nil {
		plan = *s.opts.Plan
	}
	if s.opts.Replay != nil {
		replay = *s.opts.Replay
	}
	return plan, replay
}

// Invalidate says that an API did not take the access token rejected. If it is
// the current one, the next call refreshes; if a newer one is current already,
// nothing happens.
func (s *Source) Invalidate(rejected grantway.Secret) { s.current.invalidate(rejected) }

// writeTries bounds how often Save and Forget begin again because somebody else
// wrote the entry in between.
const writeTries = 10

// Save stores a token that was obtained otherwise, by Exchange as a rule, and
// makes it the current one. The error is of grantway.KindInvalid if t has no
// access token, and of grantway.KindStore if the store cannot be used.
func (s *Source) Save(ctx context.Context, t *grantway.Token) error {
	if ctx == nil {
		return s.fail(grantway.KindInvalid, "ctx is nil", nil)
	}
	if t == nil || t.AccessToken.IsZero() {
		return s.fail(grantway.KindInvalid, "the token is empty", nil)
	}
	s.current.accept(t.AccessToken)
	for range writeTries {
		r, err := s.entry.load(ctx)
		if err != nil {
			return err
		}
		next := &record{key: s.key, generation: r.generation + 1, token: t.Clone(), unknown: r.unknown, grant: rand.Text()}
		err = s.entry.swap(ctx, r.generation, next)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return err
		}
		s.history.startAnew()
		s.publish(next)
		return nil
	}
	return s.fail(grantway.KindStore, "somebody else keeps writing the entry", ErrConflict)
}

// Forget removes the token from the store and from memory, after a revocation
// for one. An entry without a token stays. The error is of grantway.KindStore.
func (s *Source) Forget(ctx context.Context) error {
	if ctx == nil {
		return s.fail(grantway.KindInvalid, "ctx is nil", nil)
	}
	forgotten := s.entry.position.currentGrant()
	for range writeTries {
		err := s.entry.erase(ctx)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return err
		}
		s.history.startAnew()
		s.current.forget(forgotten)
		return nil
	}
	return s.fail(grantway.KindStore, "somebody else keeps writing the entry", ErrConflict)
}

// Close ends this Source: its callers get ErrClosed. A refresh that it started
// is ended too, and taken up by the other Sources that wait for it, if any.
func (s *Source) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.noFastPath.Store(true)
	s.current.released()
	s.history.stopFlightOf(s)
	return nil
}

// String names the credential and shows nothing of it.
func (s *Source) String() string { return "Source{" + s.key + "}" }

// Format writes String for every verb.
func (s *Source) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue is String for log/slog.
func (s *Source) LogValue() slog.Value { return slog.StringValue(s.String()) }
