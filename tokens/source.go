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
	"github.com/grantway/grantway/internal/limit"
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
	// one minute. The wait for its turn among the refreshes of the client comes
	// before (grantway.ClientConfig.RefreshesAtOnce).
	Timeout time.Duration
	// LeastInterval is how long after a refresh that worked the next one may
	// begin at the earliest; 0 means one second, and a minute is the most. It
	// doubles, up to 64 times as long, while one refresh after another helps
	// nothing: the clock is wrong, or the API takes no token.
	LeastInterval time.Duration
	// OnEvent is told what happens to the credential: the place for metrics and
	// alerts. It is called by one goroutine, in the order of the events, outside
	// of every lock and refresh: it may block, and it may call the Source. The
	// Source that did something tells it, not the others that share the
	// credential. A write that the store did not answer is told once its record is
	// found. An answer that is late holds up the events behind it for five seconds.
	OnEvent func(Event)
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
	account string
	rules   provider.TokenRules
	opts    Options
	// What is published, the record in the store, and the refresh: each has a
	// file and a lock of its own.
	current *currentToken
	entry   *entry
	history *refreshHistory
	events  *eventQueue
	// limiter brakes the refreshes of all Sources of the client.
	limiter *limit.Limiter

	closed atomic.Bool
	// noFastPath disables the lock-free path in token: a test owns the clock, or the
	// Source is closed.
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
	rules = rules.Complete()
	key := keyOf(&rules, account)
	invalid := func(field, reason string) (*Source, error) {
		return nil, provider.InvalidConfig(rules.Provider, field, reason)
	}
	if field, reason := key.check(); reason != "" {
		return invalid(field, reason)
	}
	if store == nil || reflect.ValueOf(store).Kind() == reflect.Pointer && reflect.ValueOf(store).IsNil() {
		return invalid("Store", "is nil")
	}
	if rules.Refresh == nil && !rules.ReadOnly || rules.Advise == nil {
		return invalid("Refresh", "and Advise must be set")
	}
	if opts.Timeout < 0 {
		return invalid("Timeout", "is negative")
	}
	if opts.Timeout == 0 {
		opts.Timeout = time.Minute
	}
	if opts.LeastInterval < 0 || opts.LeastInterval > longPause {
		return invalid("LeastInterval", "is not between 0 and a minute")
	}
	if opts.LeastInterval == 0 {
		opts.LeastInterval = firstPause
	}
	if origin, err := url.Parse(rules.Origin); err != nil || origin.Host == "" {
		return invalid("Origin", "is not a URL")
	}
	report := reporter{provider: rules.Provider, key: key.String(), logger: opts.Logger}
	// A Source that only reads would share its failures with those that refresh.
	sharing := report.key
	if rules.ReadOnly {
		sharing += " (read-only)"
	}
	shared := sharedBy(store, sharing)
	limiter := rules.Client.RefreshLimiter()
	s := &Source{
		reporter: report, account: account, rules: rules, opts: opts,
		current: &shared.current,
		history: &shared.history,
		events:  &shared.events,
		limiter: limiter,
	}
	s.entry = &entry{reporter: &s.reporter, store: store, sealer: opts.Sealer, mayRestart: rules.Mints, position: &shared.position}
	s.noFastPath.Store(s.hasTestClock())
	return s, nil
}

// NoSecret is asked for the secret of a client behind a read-only Source, which
// calls nothing: it fails. It is for a provider package.
func NoSecret(context.Context) (grantway.Secret, error) {
	return grantway.Secret{}, errors.New("the source is read-only")
}

func keyOf(rules *provider.TokenRules, account string) Key {
	return Key{Provider: rules.Provider, Environment: rules.Environment, ClientID: rules.ClientID, Account: account}
}

// id is whose credential it is.
func (s *Source) id() Key { return keyOf(&s.rules, s.account) }

func (s *Source) now() time.Time {
	if s.rules.Now != nil {
		return s.rules.Now()
	}
	return time.Now()
}

// hasTestClock reports whether a test owns the clock: timers know nothing of it.
func (s *Source) hasTestClock() bool { return s.rules.Now != nil }

// Token is TokenContext without a context, for oauth2.TokenSource. The refresh
// it may wait for is bounded all the same, but not the wait for its turn.
//
// Who has only the oauth2.Token knows neither the provider's origin nor how it
// takes a token: oauth2.NewClient(ctx, src) sends "Bearer TOKEN", to any host
// that it is asked to call, and ByteNite is not known to take a scheme. Use
// Transport, which knows both.
func (s *Source) Token() (*oauth2.Token, error) {
	p, err := s.token(context.Background())
	if err != nil {
		return nil, err
	}
	return p.asOAuth2(), nil
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
	if p := s.current.load(); p != nil && p.isWatched.Load() && !s.noFastPath.Load() {
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
				s.refreshBehind(p)
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

// refreshBehind starts a refresh of a token that was found in the store, is due
// and is handed out meanwhile.
func (s *Source) refreshBehind(p *published) {
	if s.isUsable(p) && !s.isFresh(p) && !s.closed.Load() {
		_, _, _ = s.join()
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
		if !s.hasTestClock() {
			s.current.looked(p)
		}
		return p, nil, nil
	}
	usable := s.isUsable(p)
	f := h.flight.Load()
	if f == nil && h.failure != nil && s.now().Before(h.retryAt) {
		if usable {
			return p, nil, nil
		}
		return nil, nil, h.failure
	}
	if now := s.now(); f == nil && now.Before(h.notBefore) {
		switch {
		case usable:
			return p, nil, nil
		case p != nil && p == h.obtained:
			// It was obtained a moment ago and looks as if it had ended: the clock
			// here is wrong, or the provider's. The API will tell.
			return p, nil, nil
		}
		return nil, nil, s.notYet(h.notBefore.Sub(now))
	}
	if f == nil {
		f = s.startFlight(refreshing{})
	}
	if usable {
		return p, nil, nil
	}
	return nil, f, nil
}

// notYet is the error of a refresh that would follow the last one too soon.
func (s *Source) notYet(wait time.Duration) error {
	e := s.fail(grantway.KindUnavailable, "the token that was just obtained was refused; the next refresh is not due yet", nil)
	e.RetryAfter = wait
	return e
}

// flightEnded notes a flight's outcome before anybody who waits hears of it.
func (s *Source) flightEnded(f *flight.Flight[*published]) {
	_, err := f.Outcome()
	failed := err != nil && !f.Stopped()
	if failed {
		err = withShortBody(s.typed(err))
		s.log(slog.LevelWarn, "refresh failed", err) // the user's code, and not under the lock
		if spentNothing(err) {
			s.event(EventFailed, 0, err)
		}
	}
	h := s.history
	h.mu.Lock()
	defer h.mu.Unlock()
	h.flight.Store(nil)
	h.starter = nil
	switch {
	case failed:
		h.failures++
		h.failure, h.retryAt = err, s.now().Add(pause(err, h.failures))
	case err == nil:
		h.failure, h.failures = nil, 0
	}
}

// startFlight starts a refresh. history.mu is held.
func (s *Source) startFlight(r refreshing) *flight.Flight[*published] {
	r.Source, r.poll = s, firstPoll
	s.history.starter = s
	work := flight.Work[*published]{Look: r.lookAround, Admit: r.admit, Do: r.refresh}
	f := flight.Start(flight.Options{Limit: s.opts.Timeout, Grace: flightGrace}, work, s.flightEnded)
	s.history.flight.Store(f)
	return f
}

// spentNothing reports whether err says that nothing was spent. Whatever else
// ends a flight has told its own event.
func spentNothing(err error) bool {
	var e *grantway.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Kind {
	case grantway.KindRejected, grantway.KindAmbiguous, grantway.KindMalformed, grantway.KindNotPersisted:
		return false
	}
	return true
}

// isFresh reports whether p is not due yet. The monotonic clock does not jump.
func (s *Source) isFresh(p *published) bool {
	switch {
	case s.closed.Load():
		return false
	case s.hasTestClock():
		return p.due.IsZero() || s.now().Before(p.due)
	}
	return s.current.elapsed() < p.dueAfter
}

// isUsable reports whether p may still be handed out. nil may not.
func (s *Source) isUsable(p *published) bool {
	switch {
	case p == nil:
		return false
	case s.hasTestClock():
		return p.end.IsZero() || s.now().Before(p.end)
	}
	return s.current.elapsed() < p.endAfter
}

// publish makes the token of r, which is stored, the current one, unless a
// newer one is.
func (s *Source) publish(r *record) *published {
	p, _ := s.publishReplacing(r)
	return p
}

// publishReplacing is publish, and reports whether another token was the
// current one before.
func (s *Source) publishReplacing(r *record) (p *published, replaced bool) {
	plan, _ := s.advice(r.token)
	now := s.now()
	due, end := plan.due(r.token, now)
	if before := s.current.load(); before != nil && before.isOf(r.token) { //mutant:drawn-again
		due = before.due // drawn once: a token that is looked at when it is due would be put off to a later draw
	}
	p = &published{token: r.token, grant: r.grant, due: due, end: end}
	p.dueAfter, p.endAfter = s.current.after(due, now), s.current.after(end, now)
	return p, s.current.publish(p, r.generation)
}

// advice is the provider's unless the user chose.
func (s *Source) advice(t *grantway.Token) (RefreshPlan, ReplayPolicy) {
	advice := s.rules.Advise(t)
	plan := RefreshPlan{Fraction: advice.RefreshAfter, MaxAge: advice.MaxAge, Margin: advice.Margin}
	replay := ReplayPaced
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

// Refresh refreshes now, due or not, and returns the new token once it is in the
// store. A refresh that is under way is joined. It keeps the pace of all
// refreshes: while a failure is waited out it returns that failure, and within
// Options.LeastInterval of a refresh that worked the token of that one.
//
// ctx bounds the wait and not the refresh. A program that calls Refresh and then
// Close, a cron job say, has waited for all that it started.
func (s *Source) Refresh(ctx context.Context) (*grantway.Token, error) {
	if ctx == nil {
		return nil, s.fail(grantway.KindInvalid, "ctx is nil", nil)
	}
	if err := s.mayWrite("refresh"); err != nil {
		return nil, err
	}
	before := s.current.load()
	for {
		if s.closed.Load() {
			return nil, s.fail(grantway.KindNotSent, "", ErrClosed)
		}
		p, f, err := s.joinForced(before)
		if err != nil {
			return nil, err
		}
		if f != nil {
			p, err = f.Wait(ctx)
		}
		switch {
		case err == nil && (f == nil || before == nil || !p.token.AccessToken.Equal(before.token.AccessToken)) && !s.current.isWithdrawn(p):
			return p.token, nil
		case err == nil:
			continue // a flight that was under way found nothing to do
		case ctx.Err() != nil:
			return nil, s.fail(grantway.KindNotSent, "gave up waiting for the refresh", ctx.Err())
		case f.Stopped():
			continue
		}
		return nil, s.typed(err)
	}
}

// joinForced returns the flight under way, or starts one that replaces before;
// or the token or the failure that is to be waited out.
func (s *Source) joinForced(before *published) (*published, *flight.Flight[*published], error) {
	h := s.history
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.flight.Load(); f != nil {
		return nil, f, nil
	}
	now := s.now()
	if h.failure != nil && now.Before(h.retryAt) {
		return nil, nil, h.failure
	}
	if now.Before(h.notBefore) && h.obtained != nil {
		if s.current.isWithdrawn(h.obtained) {
			return nil, nil, s.notYet(h.notBefore.Sub(now))
		}
		return h.obtained, nil, nil
	}
	r := refreshing{forced: true}
	if before != nil {
		r.replaces = before.token.AccessToken
	}
	return nil, s.startFlight(r), nil
}

// Import stores a token that comes from elsewhere, a migration say, unless a
// newer one is stored, and reports whether it did. It may be run again and
// again. A stored token is newer if it was obtained later, if the age of either
// is unknown, or if the provider has rejected it since. Import is an act of the
// program: it may bring back a grant that was forgotten, but none of which the
// entry says that the provider rejected it. A token of unknown age is due soon
// (Token.ObtainedAt).
//
// The error is of grantway.KindInvalid if t has no access token or is, by what
// the provider says, of another account than the stored one, and of
// grantway.KindStore if the store cannot be used.
func (s *Source) Import(ctx context.Context, t *grantway.Token) (stored bool, err error) {
	return s.store(ctx, t, func(r *record, err error) (bool, error) {
		switch {
		case err != nil:
			return false, err
		case s.isOthers(r.token, t):
			return false, s.fail(grantway.KindInvalid, "the token is of another account than the one that is stored", nil)
		}
		return !r.isNewerThan(t), nil
	})
}

// store stores t as a new grant over the record r for which over is true. over gets
// the error errRolledBack too, with what is left of a record.
func (s *Source) store(ctx context.Context, t *grantway.Token, over func(r *record, err error) (bool, error)) (stored bool, err error) {
	if ctx == nil {
		return false, s.fail(grantway.KindInvalid, "ctx is nil", nil)
	}
	if t == nil || t.AccessToken.IsZero() {
		return false, s.fail(grantway.KindInvalid, "the token is empty", nil)
	}
	if err := s.mayWrite("store a token"); err != nil {
		return false, err
	}
	var c *change
	for n := 1; n <= maxConflicts; n++ {
		r, err := s.load(ctx)
		lostWrites := errors.Is(err, errRolledBack)
		switch {
		case err != nil && !lostWrites:
			return false, err
		case s.history.wasDone(c):
			return true, nil // and the store said that it conflicts
		}
		if ok, err := over(r, err); !ok {
			return false, err
		}
		c = s.newGrant(r, t)
		c.written.restores = lostWrites
		if err := s.carryOut(ctx, c); !errors.Is(err, ErrConflict) {
			return err == nil, err
		}
		if err := pauseAfterConflict(ctx, n); err != nil {
			return false, s.storeError("save", err)
		}
	}
	return false, s.storeError("save", errKeepsConflicting)
}

// newGrant is the change that stores t, a new grant, over r.
func (s *Source) newGrant(r *record, t *grantway.Token) *change {
	s.current.accept(t.AccessToken)
	next := &record{key: s.key, generation: r.generation + 1, token: t.Clone(), unknown: r.unknown, grant: rand.Text()}
	return &change{kind: EventSaved, written: next}
}

// mayWrite is an error of grantway.KindInvalid if the Source only reads.
func (s *Source) mayWrite(what string) error {
	if !s.rules.ReadOnly {
		return nil
	}
	return s.fail(grantway.KindInvalid, "the source is read-only and cannot "+what, nil)
}

// Save stores a token that was obtained otherwise, by Exchange as a rule, and
// makes it the current one. The error is of grantway.KindInvalid if t has no
// access token, and of grantway.KindStore if the store cannot be used.
func (s *Source) Save(ctx context.Context, t *grantway.Token) error {
	_, err := s.store(ctx, t, func(*record, error) (bool, error) { return true, nil })
	return err
}

// Forget removes the token from the store and from memory, after a revocation
// for one. An entry without a token stays. What was known of the grant is forgotten
// too, also that the provider rejected it: an Import may store its token again. The
// error is of grantway.KindStore.
func (s *Source) Forget(ctx context.Context) error { return s.forget(ctx, nil) }

// ForgetObtainedBefore is Forget for news that may be late, such as a webhook
// that tells of a revocation: a token that was obtained at that moment or later
// comes from a sign-in since, and stays. One of unknown age is forgotten. It
// reports whether there was a token to forget.
func (s *Source) ForgetObtainedBefore(ctx context.Context, revoked time.Time) (forgotten bool, err error) {
	had := false
	err = s.forget(ctx, func(t *grantway.Token) bool {
		had = t.ObtainedAt.IsZero() || t.ObtainedAt.Before(revoked)
		return !had
	})
	if errors.Is(err, errKept) {
		return false, nil
	}
	return had && err == nil, err
}

func (s *Source) forget(ctx context.Context, keep func(*grantway.Token) bool) error {
	if ctx == nil {
		return s.fail(grantway.KindInvalid, "ctx is nil", nil)
	}
	if err := s.mayWrite("delete one"); err != nil {
		return err
	}
	var c *change
	for n := 1; n <= maxConflicts; n++ {
		next, forgotten, err := s.entry.emptied(ctx, keep)
		if forgotten.in != nil {
			s.found(forgotten.in)
		}
		if s.history.wasDone(c) {
			return nil // and the store said that it conflicts
		}
		if err == nil {
			c = &change{kind: EventForgotten, written: next, forgotten: forgotten.name, silent: !forgotten.hasToken}
			err = s.carryOut(ctx, c)
		}
		switch {
		case err == nil || errors.Is(err, errKept) && keep == nil: // nothing is stored
			return nil
		case errors.Is(err, errKept):
			return err
		case !errors.Is(err, ErrConflict):
			return s.storeError("delete", err)
		}
		if err := pauseAfterConflict(ctx, n); err != nil {
			return s.storeError("delete", err)
		}
	}
	return s.storeError("delete", errKeepsConflicting)
}

// Close ends this Source: who asks it for a token or a refresh gets ErrClosed. A
// refresh that it started is ended too, and taken up by the other Sources that
// wait for it, if any. Save, Import, Forget and Status need the store and nothing
// else: they work on, so that a sign-in that ends late is not lost.
func (s *Source) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.noFastPath.Store(true)
	s.history.stopFlightOf(s)
	return nil
}

// String names the credential and shows nothing of it.
func (s *Source) String() string { return "Source{" + s.key + "}" }

// Format writes String for every verb.
func (s *Source) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue is String for log/slog.
func (s *Source) LogValue() slog.Value { return slog.StringValue(s.String()) }
