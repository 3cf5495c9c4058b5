package tokens

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// EventKind is what happened to a credential.
type EventKind uint8

const (
	// EventRefreshed: a refresh worked, and its token is in the store.
	EventRefreshed EventKind = iota + 1
	// EventAdopted: another process refreshed, and its token was found in the
	// store.
	EventAdopted
	// EventSaved: Save or Import stored a token.
	EventSaved
	// EventForgotten: Forget removed the token. There was one.
	EventForgotten
	// EventRejected: the provider refused the grant, and that is in the store.
	// The user has to authorize again; an access token that is still good is
	// handed out until it ends.
	EventRejected
	// EventOutcomeUnknown: a refresh was sent and nobody knows what came of it.
	// Each process that sent it tells so once, and not again for each replay.
	EventOutcomeUnknown
	// EventNotPersisted: a refresh worked and its token could not be saved. It
	// is kept in memory and saved before anything else is tried.
	EventNotPersisted
	// EventDoubleSpend: two refreshes of one token worked. Only one of the two
	// grants may have survived. It is not told if the store did not answer in
	// between: then the one may have been made of the other.
	EventDoubleSpend
	// EventOtherAccount: a refresh answered with the token of another account.
	// It was not saved.
	EventOtherAccount
	// EventFailed: a refresh failed, and nothing was spent.
	EventFailed
)

var eventNames = [...]string{
	EventRefreshed: "refreshed", EventAdopted: "adopted", EventSaved: "saved", EventForgotten: "forgotten",
	EventRejected: "rejected", EventOutcomeUnknown: "outcome unknown", EventNotPersisted: "not persisted",
	EventDoubleSpend: "double spend", EventOtherAccount: "other account", EventFailed: "failed",
}

// String is the name of the kind in words, such as "outcome unknown".
func (k EventKind) String() string {
	if int(k) < len(eventNames) && eventNames[k] != "" {
		return eventNames[k]
	}
	return fmt.Sprintf("EventKind(%d)", uint8(k))
}

// Event is one thing that happened to a credential. It holds no secret.
type Event struct {
	// Kind is what happened.
	Kind EventKind
	// Key is whose credential it is: provider, environment, client, account.
	Key Key
	// At is when, by the Source's clock, in UTC.
	At time.Time
	// Generation is that of the entry in the store, where there is one.
	Generation uint64
	// Err is why, on the kinds that are a failure.
	Err error
	// Missed is how many events before this one were dropped, because the
	// function that gets them did not keep up.
	Missed int
}

const (
	// maxEvents bounds the events that wait to be told.
	maxEvents = 1000
	// announcedFor is how long the events behind a write wait for its answer.
	announcedFor = saveLimit
)

// eventQueue tells events in the order in which they happened, outside of every
// lock and of every refresh: a function that blocks holds up nothing but the
// events behind it.
type eventQueue struct {
	mu      sync.Mutex
	waiting []*toldEvent
	running bool
	missed  int32
}

// toldEvent is an event and who is told. Where it is that of a write it is in the
// queue before the write begins: an answer that is late puts nothing out of order.
type toldEvent struct {
	Event
	to  func(Event)
	log *slog.Logger
	// answered is closed once the write was answered; nil for what is no write.
	answered chan struct{}
	// until is how long that is waited for, and written what the answer was.
	until   time.Time
	written bool
}

// isAnswered reports whether there is nothing to wait for.
func (e *toldEvent) isAnswered() bool {
	if e.answered == nil {
		return true
	}
	select {
	case <-e.answered:
		return true
	default:
		return false
	}
}

// tell has e told, after those before it. What is no write goes before a write
// that nobody can have seen yet.
func (q *eventQueue) tell(e *toldEvent) {
	if !q.queue(e) {
		q.miss(1)
	}
}

// miss counts events that are not told.
func (q *eventQueue) miss(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.missed += int32(n)
}

// queue is tell, if there is room.
func (q *eventQueue) queue(e *toldEvent) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= maxEvents {
		return false
	}
	e.Missed, q.missed = e.Missed+int(q.missed), 0
	at := len(q.waiting)
	for i, w := range q.waiting {
		if !w.isAnswered() && e.Generation > 0 && e.Generation < w.Generation {
			at = i
			break
		}
	}
	q.waiting = slices.Insert(q.waiting, at, e)
	if !q.running {
		q.running = true
		go q.run()
	}
	return true
}

// run tells what is waiting, and ends when nothing is.
func (q *eventQueue) run() {
	for {
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.running, q.waiting = false, nil
			q.mu.Unlock()
			return
		}
		next := q.waiting[0]
		if left := time.Until(next.until); !next.isAnswered() && left > 0 { //mutant:events-wait-for-no-answer
			q.mu.Unlock()
			next.waitForAnswer(left)
			continue
		}
		q.waiting = q.waiting[1:]
		late := !next.isAnswered()
		q.mu.Unlock()
		switch {
		case late:
			go q.tellLate(next)
		case next.answered == nil || next.written:
			next.deliver()
		default:
			q.miss(next.Missed) // the next one says it
		}
	}
}

// waitForAnswer waits no longer than left.
func (e *toldEvent) waitForAnswer(left time.Duration) {
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-e.answered:
	case <-timer.C:
	}
}

// tellLate tells the event of a write that took so long that others went before.
func (q *eventQueue) tellLate(e *toldEvent) {
	<-e.answered
	if e.written {
		late := *e
		late.answered = nil
		q.tell(&late)
	}
}

// deliver calls the function. One that panics loses the event and nothing else.
func (e *toldEvent) deliver() {
	defer func() {
		if r := recover(); r != nil && e.log != nil {
			e.log.Error("grantway: OnEvent panicked", "key", e.Key.String(), "event", e.Kind.String(), "panic", fmt.Sprintf("a %T", r))
		}
	}()
	e.to(e.Event)
}

// newEvent is an event of now, for the user's function. A thousand events may wait
// for it, so that none keeps a whole error page.
func (s *Source) newEvent(kind EventKind, generation uint64, err error) *toldEvent {
	return &toldEvent{
		Event: Event{Kind: kind, Key: s.id(), At: s.now().UTC(), Generation: generation, Err: withShortBody(err)},
		to:    s.opts.OnEvent, log: s.logger,
	}
}

// event tells the user's function what happened.
func (s *Source) event(kind EventKind, generation uint64, err error) {
	if s.opts.OnEvent != nil {
		s.events.tell(s.newEvent(kind, generation, err))
	}
}

// announce keeps the place of a write's event. What it returns is called once,
// with whether the write was done.
func (s *Source) announce(kind EventKind, generation uint64, because error) (answer func(written bool)) {
	if s.opts.OnEvent == nil {
		return func(bool) {}
	}
	e := s.newEvent(kind, generation, because)
	e.answered, e.until = make(chan struct{}), time.Now().Add(announcedFor)
	hasPlace := s.events.queue(e)
	return func(written bool) {
		if written && !hasPlace {
			s.events.miss(1)
		}
		e.written, e.At = written, s.now().UTC()
		close(e.answered)
	}
}
