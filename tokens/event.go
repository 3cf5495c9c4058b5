package tokens

import (
	"fmt"
	"log/slog"
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
	// EventForgotten: Forget removed the token.
	EventForgotten
	// EventRejected: the provider refused the grant, and that is in the store.
	// The user has to authorize again; an access token that is still good is
	// handed out until it ends.
	EventRejected
	// EventOutcomeUnknown: a refresh was sent and nobody knows what came of it.
	// It is told once, and not again for each replay.
	EventOutcomeUnknown
	// EventNotPersisted: a refresh worked and its token could not be saved. It
	// is kept in memory and saved before anything else is tried.
	EventNotPersisted
	// EventDoubleSpend: two refreshes of one token worked. Only one of the two
	// grants may have survived.
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

// maxEvents bounds the events that wait to be told.
const maxEvents = 1000

// eventQueue tells events in their order, outside of every lock and of every
// refresh: a function that blocks holds up nothing but the events behind it.
type eventQueue struct {
	mu      sync.Mutex
	waiting []toldEvent
	running bool
	missed  int32
}

type toldEvent struct {
	Event
	to  func(Event)
	log *slog.Logger
}

// tell has e told to a function, after those before it.
func (q *eventQueue) tell(to func(Event), log *slog.Logger, e Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= maxEvents {
		q.missed++
		return
	}
	e.Missed, q.missed = int(q.missed), 0
	q.waiting = append(q.waiting, toldEvent{e, to, log})
	if !q.running {
		q.running = true
		go q.run()
	}
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
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		next.deliver()
	}
}

// deliver calls the function. One that panics loses the event and nothing else.
func (e toldEvent) deliver() {
	defer func() {
		if r := recover(); r != nil && e.log != nil {
			e.log.Error("grantway: OnEvent panicked", "key", e.Key.String(), "event", e.Kind.String(), "panic", fmt.Sprintf("a %T", r))
		}
	}()
	e.to(e.Event)
}

// event tells the user's function what happened. A thousand events may wait for
// it, so that none keeps a whole error page.
func (s *Source) event(kind EventKind, generation uint64, err error) {
	if s.opts.OnEvent == nil {
		return
	}
	err = withShortBody(err)
	s.events.tell(s.opts.OnEvent, s.logger, Event{Kind: kind, Key: s.id(), At: s.now().UTC(), Generation: generation, Err: err})
}
