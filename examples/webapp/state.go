package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// level is how good a state is: a class of the style sheet.
type level string

const (
	good level = "good" // nobody has to do anything
	wait level = "wait" // it mends itself
	bad  level = "bad"  // somebody has to act
	none level = "none" // nothing is connected
)

// state is how a credential is, in words for its user.
type state struct {
	Level      level
	Title, Why string
	// Again says that the user can sign in again, and should.
	Again bool
}

// memory is what the app keeps of one connection beside its token: whose it is,
// and since when its refreshes fail, which OnEvent tells.
//
// Yours: the account stands in your database, with the user.
type memory struct {
	mu      sync.Mutex
	account string
	failing time.Time // zero while they do not
}

func (m *memory) hear(e tokens.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch e.Kind {
	case tokens.EventFailed, tokens.EventOutcomeUnknown:
		if m.failing.IsZero() {
			m.failing = e.At
		}
	case tokens.EventRefreshed, tokens.EventAdopted, tokens.EventSaved, tokens.EventForgotten:
		m.failing = time.Time{}
	}
}

func (m *memory) remember(account string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.account = account
}

func (m *memory) recall() (account string, failing time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.account, m.failing
}

// stateOf says how a credential of provider is, and why. The first thing that is
// wrong is the one to tell. failing is since when refreshes fail.
func stateOf(provider string, st tokens.Status, err error, failing, now time.Time) state {
	if failing.IsZero() {
		failing = now // OnEvent has not heard of it yet
	}
	ended := st.HasToken && st.GoodUntil.Expired(now)
	still := "What it allows goes on until " + until(st.GoodUntil) + "."
	if ended {
		still = "Until then nothing works that needs " + provider + "."
	}
	switch {
	case err != nil:
		return state{bad, "Not known", "Our own store cannot be read. It is looked at again with the next visit.", false}
	case !st.RejectedSince.IsZero():
		code := ""
		if st.RejectedCode != "rejected" { // then the provider gave none
			code = " (" + st.RejectedCode + ")"
		}
		return state{bad, "Sign in again", provider + " has refused the access on " + on(st.RejectedSince) + code + ". Only you can give it anew.", true}
	case !st.HasToken:
		return state{none, "Not connected", "", false}
	case !st.LikelyDeadSince.IsZero():
		return state{bad, "Likely dead", "Since " + on(st.LikelyDeadSince) + " something that is not known to be " + provider +
			" refuses, and the access has run out. It is tried again; if that does not help, sign in again.", true}
	case !st.NotPersistedSince.IsZero():
		return state{wait, "Not saved", "Our own store cannot be written since " + on(st.NotPersistedSince) + ". Nothing is lost: it is tried again.", false}
	case !st.OutcomeUnknownSince.IsZero():
		return state{wait, "Waiting", provider + " was asked to renew the access on " + on(st.OutcomeUnknownSince) + ", and its answer got lost. It is asked again. " + still, false}
	case st.LastError != nil:
		return state{wait, failure(provider, st.LastError), "Renewing the access fails since " + on(failing) + ". It is tried again. " + still, false}
	case st.Refreshing:
		return state{good, "Refreshing now", "", false}
	case ended, !st.DueAt.IsZero() && !now.Before(st.DueAt):
		return state{good, "Refreshing soon", "It is renewed the next time that it is used.", false}
	}
	return state{good, "Connected", "", false}
}

// failure is what fails, by the kind of its error.
func failure(provider string, err error) string {
	switch {
	case errors.Is(err, grantway.ErrNotJudged):
		return "Something is between us and " + provider
	case errors.Is(err, grantway.ErrBadClient), errors.Is(err, grantway.ErrInvalidArgument):
		return "Our access to " + provider + " is set up wrong"
	case errors.Is(err, grantway.ErrThrottled):
		return provider + " asks us to slow down"
	case errors.Is(err, grantway.ErrStore), errors.Is(err, grantway.ErrNotPersisted):
		return "Our own store is down"
	}
	return provider + " is down"
}

func on(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

func until(e grantway.Expiry) string {
	if t, ok := e.Time(); ok {
		return on(t)
	}
	return "an end that is not known"
}

// row is one provider as the page shows it.
type row struct {
	Path, Name                           string
	State                                state
	Connected, Refreshable               bool
	Account, Refreshed, Until, Next, Try string
	Scopes                               []string
}

// row asks nobody but the store: showing how things are spends nothing.
func (c connection) row(ctx context.Context, now time.Time) row {
	st, err := c.source.Status(ctx)
	account, failing := c.memory.recall()
	r := row{Path: c.Path, Name: c.client.Name(), State: stateOf(c.client.Name(), st, err, failing, now), Connected: st.HasToken}
	if !st.HasToken {
		return r
	}
	r.Refreshable = st.RejectedSince.IsZero() // else nothing is tried until somebody signs in
	r.Account, r.Scopes, r.Until = account, st.Scopes, until(st.GoodUntil)
	if !st.RefreshedAt.IsZero() {
		r.Refreshed = on(st.RefreshedAt)
	}
	switch {
	case r.Refreshable && st.LastError != nil && st.NextTryAt.After(now):
		r.Try = on(st.NextTryAt)
	case r.Refreshable && st.LastError == nil && st.DueAt.After(now):
		r.Next = on(st.DueAt)
	}
	return r
}
