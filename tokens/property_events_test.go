package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// What the processes of the property test's world are told, held against what was
// written and what the provider did:
//
//   - a refresh, a Save, a Forget and a rejection are told once, by the process
//     that wrote them and by no other. If the answer to the write got lost, they
//     are told at most once, and if the record stays until the process reads it,
//     they are told.
//   - a token of another process that takes the place of one is told as adopted,
//     once.
//   - a send of unknown outcome is told once by each process that sent one, however
//     often it is replayed.
//   - a double spend is told only if the provider carried out two refreshes of one
//     token, "failed" only if nothing was spent.
//   - the generations are told in their order, but for a write whose answer took
//     longer than a save may.
//   - one function is called at a time. It may block, panic and call the Source.
//   - at rest, Status says what the store has.

// transition is a write that somebody has to tell.
type transition struct {
	kind       tokens.EventKind
	generation uint64
	by         *process
	access     string
	answered   bool // the process heard of it
	late       bool // and that took longer than a save may
}

// kept is what was stored at a generation.
type kept struct {
	record stored
	by     *process
}

// since is when the outcome of the record's attempt got lost first.
func (s stored) since() time.Time {
	switch {
	case s.Attempt == nil:
		return time.Time{}
	case s.Attempt.FirstAt != nil:
		return *s.Attempt.FirstAt
	}
	return s.Attempt.StartedAt
}

// transitionOf is what a write changes that somebody has to tell; 0 is nothing.
func transitionOf(before, after stored) tokens.EventKind {
	switch {
	case after.AccessToken == "" && before.AccessToken != "":
		return tokens.EventForgotten
	case after.AccessToken == "":
		return 0
	case after.Grant != before.Grant:
		return tokens.EventSaved
	case after.AccessToken != before.AccessToken:
		return tokens.EventRefreshed
	case after.Rejected != "" && before.Rejected == "":
		return tokens.EventRejected
	}
	return 0
}

// noteWrite is called by the ledger. w.mu is held.
func (w *world) noteWrite(p *process, r stored) *transition {
	if w.kept == nil {
		w.kept, w.author = map[uint64]kept{}, map[string]*process{}
	}
	w.kept[r.Generation] = kept{r, p}
	if _, known := w.author[r.AccessToken]; !known {
		w.author[r.AccessToken] = p
	}
	if p != nil {
		p.wrote[r.Generation]++
		if r.Attempt != nil {
			p.attempt = r.since()
		}
	}
	kind := transitionOf(w.record, r)
	if kind == 0 || p == nil {
		return nil
	}
	t := &transition{kind: kind, generation: r.Generation, by: p, access: r.AccessToken}
	w.transitions = append(w.transitions, t)
	return t
}

// unknown notes that a send of p ended with an unknown outcome. w.mu is held.
func (p *process) unknown() {
	if p.lost == nil {
		p.lost = map[time.Time]bool{}
	}
	p.lost[p.attempt] = true
}

var errPanicOfAHandler = errors.New("example panic of a handler")

// hear is the OnEvent of a Source: it blocks, panics, and calls the Source.
func (p *process) hear(src func() *tokens.Source) func(tokens.Event) {
	return func(e tokens.Event) {
		w := p.w
		w.mu.Lock()
		if p.inside++; p.inside > 1 {
			w.violateLocked("%s: two events are told at once", p.name)
		}
		if !p.dead() {
			p.told = append(p.told, e)
			w.noteLocked("%s: is told: %v %d %v", p.name, e.Kind, e.Generation, e.Err)
		}
		what := w.rng.IntN(20)
		if w.healed || p.dead() {
			what = -1
		}
		w.mu.Unlock()
		defer func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			p.inside--
		}()
		ctx, cancel := context.WithTimeout(context.Background(), w.between(time.Second, 20*time.Second))
		defer cancel()
		switch what {
		case 0, 1:
			_ = p.pass(nil, w.between(0, 2*time.Minute))
		case 2, 3:
			panic(errPanicOfAHandler)
		case 4, 5, 6:
			_, err := src().Status(ctx)
			w.checkHeard(p, "Status", err)
		case 7, 8:
			_, err := src().TokenContext(ctx)
			w.checkHeard(p, "TokenContext", err)
		case 9:
			w.refreshNow(p, src())
		case 10:
			w.mu.Lock()
			tok := w.grant()
			w.mu.Unlock()
			w.checkHeard(p, "Save", w.saveWith(ctx, src(), tok))
		case 11:
			w.checkHeard(p, "Forget", src().Forget(ctx))
		}
	}
}

func (w *world) checkHeard(p *process, what string, err error) {
	if err != nil && !p.dead() {
		w.note("%s: %s in the function that is told: %v", p.name, what, err)
		w.checkError(p, err)
	}
}

// refreshNow refreshes a token, due or not.
func (w *world) refreshNow(p *process, src *tokens.Source) {
	w.mu.Lock()
	p.forcing++
	w.noteLocked("%s: refreshes now", p.name)
	w.mu.Unlock()
	_, err := src.Refresh(context.Background())
	w.mu.Lock()
	p.forcing--
	w.mu.Unlock()
	w.checkHeard(p, "Refresh", err)
}

// checkTold holds what every process was told against what happened. w.mu is held.
func (w *world) checkTold() {
	if w.tamper != nil {
		p := w.processes[0]
		p.told = w.tamper(p.told)
	}
	for _, p := range w.everyone {
		w.checkTruth(p)
		w.checkOrder(p)
		if !p.dead() {
			w.checkNothingIsMissing(p)
		}
	}
}

// transitionTold returns the transition that an event of p is about.
func (w *world) transitionTold(p *process, e tokens.Event) *transition {
	for _, t := range w.transitions {
		if t.by == p && t.kind == e.Kind && t.generation == e.Generation {
			return t
		}
	}
	return nil
}

// checkTruth: what was told happened, and was told once.
func (w *world) checkTruth(p *process) {
	again := map[string]bool{}
	notPersisted := 0
	for _, e := range p.told {
		var of any
		switch e.Kind {
		case tokens.EventRefreshed, tokens.EventSaved, tokens.EventForgotten, tokens.EventRejected:
			if of = e.Generation; w.transitionTold(p, e) == nil {
				w.violateLocked("%s told %v %d, and wrote no such thing", p.name, e.Kind, e.Generation)
			}
		case tokens.EventAdopted:
			of = w.kept[e.Generation].record.AccessToken
			if w.author[of.(string)] == p {
				w.violateLocked("%s told that it adopted %v, its own", p.name, of)
			}
		case tokens.EventOutcomeUnknown:
			since := w.kept[e.Generation].record.since()
			if of = since; !p.lost[since] {
				w.violateLocked("%s told that the outcome of %d is unknown, and it is not", p.name, e.Generation)
			}
		case tokens.EventDoubleSpend:
			if !w.spentTwice && w.lies == honest {
				w.violateLocked("%s told of a double spend, and there was none", p.name)
			}
			continue
		case tokens.EventNotPersisted:
			if notPersisted++; notPersisted > p.got {
				w.violateLocked("%s told %d times that a token could not be saved, and got %d", p.name, notPersisted, p.got)
			}
			continue
		case tokens.EventFailed:
			if e.Err == nil || errors.Is(e.Err, grantway.ErrAmbiguous) || errors.Is(e.Err, grantway.ErrMalformed) || errors.Is(e.Err, grantway.ErrNotPersisted) {
				w.violateLocked("%s told that nothing was spent: %v", p.name, e.Err)
			}
			continue
		default:
			w.violateLocked("%s told %v", p.name, e.Kind)
		}
		if e.Missed > 0 {
			w.violateLocked("%s missed %d events", p.name, e.Missed)
		}
		name := fmt.Sprintf("%v %v", e.Kind, of)
		if again[name] {
			w.violateLocked("%s told again: %s", p.name, name)
		}
		again[name] = true
	}
}

// checkOrder: what the store has came to be in this order.
func (w *world) checkOrder(p *process) {
	var last tokens.Event
	for _, e := range p.told {
		switch e.Kind {
		case tokens.EventRefreshed, tokens.EventSaved, tokens.EventForgotten, tokens.EventRejected:
			if t := w.transitionTold(p, e); t == nil || t.late {
				continue
			}
		case tokens.EventAdopted:
		default:
			continue
		}
		if e.Generation < last.Generation {
			w.violateLocked("%s told %v %d after %v %d", p.name, e.Kind, e.Generation, last.Kind, last.Generation)
		}
		last = e
	}
}

// checkNothingIsMissing: what happened was told.
func (w *world) checkNothingIsMissing(p *process) {
	told := func(kind tokens.EventKind, is func(e tokens.Event) bool) bool {
		for _, e := range p.told {
			if e.Kind == kind && is(e) {
				return true
			}
		}
		return false
	}
	for _, t := range w.transitions {
		lasts := t.generation == w.generation || t.kind == tokens.EventSaved && w.record.Grant == w.kept[t.generation].record.Grant
		if t.by == p && (t.answered || lasts) && !told(t.kind, func(e tokens.Event) bool { return e.Generation == t.generation }) {
			w.violateLocked("%s wrote %v %d (%s) and did not tell it", p.name, t.kind, t.generation, t.access)
		}
	}
	for since := range p.lost {
		if !told(tokens.EventOutcomeUnknown, func(e tokens.Event) bool { return w.kept[e.Generation].record.since().Equal(since) }) {
			w.violateLocked("%s did not tell that the outcome of the attempt of %v is unknown", p.name, since.Sub(w.began))
		}
	}
	for i, access := range p.handed {
		if i > 0 && w.author[access] != p && !told(tokens.EventAdopted, func(e tokens.Event) bool { return w.kept[e.Generation].record.AccessToken == access }) {
			w.violateLocked("%s handed out %s, another's, and did not tell that it adopted it", p.name, access)
		}
	}
}

// handedOut notes a token that a caller of p got, the first time. w.mu is held.
func (p *process) handedOut(access string) {
	if !slices.Contains(p.handed, access) {
		p.handed = append(p.handed, access)
	}
}

// checkStatus holds what each living process says of the credential against the
// store, now that nothing is under way.
func (w *world) checkStatus() {
	for _, p := range w.processes {
		st, err := p.open[0].Status(context.Background())
		w.mu.Lock()
		r := w.record
		if err != nil {
			w.violateLocked("%s: Status: %v", p.name, err)
		}
		end, _ := st.GoodUntil.Time()
		if st.Generation != r.Generation || st.HasToken != (r.AccessToken != "") || st.HasToken && !end.Equal(r.Expiry) {
			w.violateLocked("%s: Status says generation %d, a token %v until %v; stored: %+v", p.name, st.Generation, st.HasToken, end, r)
		}
		if st.RejectedSince.IsZero() != (r.Rejected == "") || r.RejectedAt != nil && !st.RejectedSince.Equal(*r.RejectedAt) {
			w.violateLocked("%s: Status says rejected since %v; stored: %+v", p.name, st.RejectedSince, r)
		}
		// An attempt of p's own may be known to have spent nothing.
		own := r.Attempt != nil && w.kept[r.Generation].by == p && !p.lost[r.since()]
		if !st.OutcomeUnknownSince.Equal(r.since()) && !(own && st.OutcomeUnknownSince.IsZero()) {
			w.violateLocked("%s: Status says outcome unknown since %v; stored: %+v", p.name, st.OutcomeUnknownSince, r)
		}
		if unjudged := r.UnjudgedSince; st.NotJudgedSince.IsZero() != (unjudged == nil) || unjudged != nil && !st.NotJudgedSince.Equal(*unjudged) {
			w.violateLocked("%s: Status says not judged since %v; stored: %+v", p.name, st.NotJudgedSince, r)
		}
		if !st.NotPersistedSince.IsZero() {
			w.violateLocked("%s: Status says not persisted since %v", p.name, st.NotPersistedSince)
		}
		w.mu.Unlock()
	}
}

func TestCheck083_EveryTransitionIsToldOnceAndInOrder(t *testing.T) {
	worlds := 60
	if testing.Short() {
		worlds = 6
	}
	first := rand.Uint64()
	var count propertyCount
	for i := range worlds {
		runWorld(t, first+uint64(i), &count)
	}
	// Inverse: what one process was told is changed afterwards. Each world is tried
	// in turn until one shows it, for in some there is nothing to change.
	isWrite := func(e tokens.Event) bool { return e.Kind == tokens.EventRefreshed || e.Kind == tokens.EventSaved }
	for name, tamper := range map[string]func([]tokens.Event) []tokens.Event{
		"one is dropped": func(told []tokens.Event) []tokens.Event {
			i := slices.IndexFunc(told, isWrite)
			return slices.Delete(told, max(i, 0), max(i, 0)+min(i+1, 1))
		},
		"one is told twice": func(told []tokens.Event) []tokens.Event {
			if i := slices.IndexFunc(told, isWrite); i >= 0 {
				return slices.Insert(told, i, told[i])
			}
			return told
		},
		"the first comes last": func(told []tokens.Event) []tokens.Event {
			if i := slices.IndexFunc(told, isWrite); i >= 0 {
				return append(slices.Delete(slices.Clone(told), i, i+1), told[i])
			}
			return told
		},
		"one is of another kind": func(told []tokens.Event) []tokens.Event {
			if i := slices.IndexFunc(told, isWrite); i >= 0 {
				told[i].Kind = tokens.EventRejected
			}
			return told
		},
		"one is told that was not": func(told []tokens.Event) []tokens.Event {
			return append(told, tokens.Event{Kind: tokens.EventAdopted}, tokens.Event{Kind: tokens.EventAdopted})
		},
	} {
		found := 0
		for seed := uint64(1); found == 0 && seed < 40; seed++ {
			found = len(playWorld(t, seed, tamper).wrong)
		}
		if found == 0 {
			t.Errorf("inverse: %s, and nobody notices", name)
		}
	}
	t.Logf("figure: %d events told in %d worlds, each once and in order; 5 ways to tamper with them are noticed", count.told, worlds)
}
