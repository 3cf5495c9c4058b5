package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/tokens"
)

func TestWhatThePageSaysOfEachStatus(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	ago, ahead := now.Add(-time.Hour), now.Add(time.Hour)
	failed := func(k grantway.Kind) error { return &grantway.Error{Provider: "acme", Operation: "refresh", Kind: k} }
	connected := tokens.Status{HasToken: true, GoodUntil: grantway.ExpiresAt(ahead), DueAt: ahead, RefreshedAt: ago}
	with := func(change func(*tokens.Status)) tokens.Status {
		st := connected
		change(&st)
		return st
	}
	for _, tt := range []struct {
		name string
		st   tokens.Status
		err  error
		want state
	}{
		{"nothing", tokens.Status{}, nil, state{none, "Not connected", "", false}},
		{"good", connected, nil, state{good, "Connected", "", false}},
		{"an unknown expiry", with(func(st *tokens.Status) { st.GoodUntil, st.DueAt = grantway.Expiry{}, time.Time{} }), nil, state{good, "Connected", "", false}},
		{"due", with(func(st *tokens.Status) { st.DueAt = ago }), nil, state{good, "Refreshing soon", "the next time that it is used", false}},
		{"ended", with(func(st *tokens.Status) { st.GoodUntil, st.DueAt = grantway.ExpiresAt(ago), time.Time{} }), nil, state{good, "Refreshing soon", "", false}},
		{"being refreshed", with(func(st *tokens.Status) { st.DueAt, st.Refreshing = ago, true }), nil, state{good, "Refreshing now", "", false}},
		{"down, and good", with(func(st *tokens.Status) { st.LastError = failed(grantway.KindUnavailable) }), nil,
			state{wait, "Acme is down", "since 25 November 2026, 11:00 UTC. It is tried again. What it allows goes on until 25 November 2026, 13:00 UTC", false}},
		{"down, and ended", with(func(st *tokens.Status) {
			st.LastError, st.GoodUntil = failed(grantway.KindNotSent), grantway.ExpiresAt(ago)
		}), nil,
			state{wait, "Acme is down", "Until then nothing works that needs Acme", false}},
		{"a gateway", with(func(st *tokens.Status) { st.LastError = failed(grantway.KindNotJudged) }), nil, state{wait, "Something is between us and Acme", "fails since", false}},
		{"a wrong secret", with(func(st *tokens.Status) { st.LastError = failed(grantway.KindBadClient) }), nil, state{wait, "Our access to Acme is set up wrong", "", false}},
		{"a secret that cannot be asked for", with(func(st *tokens.Status) { st.LastError = failed(grantway.KindInvalid) }), nil, state{wait, "Our access to Acme is set up wrong", "", false}},
		{"throttled", with(func(st *tokens.Status) { st.LastError = failed(grantway.KindThrottled) }), nil, state{wait, "Acme asks us to slow down", "", false}},
		{"a full disk", with(func(st *tokens.Status) { st.LastError = failed(grantway.KindStore) }), nil, state{wait, "Our own store is down", "", false}},
		{"an answer that got lost", with(func(st *tokens.Status) { st.OutcomeUnknownSince, st.LastError = ago, failed(grantway.KindAmbiguous) }), nil, state{wait, "Waiting", "its answer got lost", false}},
		{"a token that is not saved", with(func(st *tokens.Status) { st.NotPersistedSince, st.LastError = ago, failed(grantway.KindNotPersisted) }), nil, state{wait, "Not saved", "Nothing is lost", false}},
		{"likely dead", with(func(st *tokens.Status) { st.LikelyDeadSince, st.LastError = ago, failed(grantway.KindNotJudged) }), nil, state{bad, "Likely dead", "Since 25 November 2026, 11:00 UTC", true}},
		{"refused", with(func(st *tokens.Status) { st.RejectedSince, st.RejectedCode = ago, "invalid_grant" }), nil, state{bad, "Sign in again", "Acme has refused the access on 25 November 2026, 11:00 UTC (invalid_grant). Only you", true}},
		{"refused, and what else went wrong before", with(func(st *tokens.Status) {
			st.RejectedSince, st.RejectedCode, st.OutcomeUnknownSince, st.LikelyDeadSince, st.LastError = ago, "rejected", ago, ago, failed(grantway.KindRejected)
		}), nil, state{bad, "Sign in again", "11:00 UTC. Only you", true}},
		{"a store that cannot be read", connected, errors.New("example: no disk"), state{bad, "Not known", "Our own store", false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := stateOf("Acme", tt.st, tt.err, ago, now)
			if got.Level != tt.want.Level || got.Title != tt.want.Title || got.Again != tt.want.Again || !strings.Contains(got.Why, tt.want.Why) {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestSinceWhenRefreshesFail(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 25, 12, minute, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name  string
		kinds []tokens.EventKind // one a minute
		want  time.Time
	}{
		{"they do not", []tokens.EventKind{tokens.EventSaved, tokens.EventRefreshed}, time.Time{}},
		{"the first failure counts", []tokens.EventKind{tokens.EventSaved, tokens.EventFailed, tokens.EventFailed, tokens.EventOutcomeUnknown}, at(1)},
		{"a refresh ends it", []tokens.EventKind{tokens.EventFailed, tokens.EventRefreshed}, time.Time{}},
		{"another process's does too", []tokens.EventKind{tokens.EventFailed, tokens.EventAdopted}, time.Time{}},
		{"a new sign-in does too", []tokens.EventKind{tokens.EventOutcomeUnknown, tokens.EventSaved}, time.Time{}},
		{"the next outage counts anew", []tokens.EventKind{tokens.EventFailed, tokens.EventRefreshed, tokens.EventFailed}, at(2)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m memory
			for i, k := range tt.kinds {
				m.hear(tokens.Event{Kind: k, At: at(i)})
			}
			if _, got := m.recall(); !got.Equal(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestTheWordsForWhatWentWrong(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"a denial that names no sign-in", login.ErrMaybeDenied, "If you said no, nothing was stored"},
		{"a second try", login.ErrFailedBefore, "tried before and did not work"},
		{"a second try, wrapped", fmt.Errorf("callback: %w", login.ErrFailedBefore), "tried before and did not work"},
		{"no sign-in", login.ErrNoSignIn, ": this sign-in is over. It was finished before"},
		{"a denial", &grantway.Error{Kind: grantway.KindRejected}, "access was not granted"},
		{"a store", &grantway.Error{Kind: grantway.KindStore}, "something is wrong on our side"},
		{"anything else", errors.New("example-secret"), "does not answer as it should"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := problem(tt.err); !strings.Contains(got, tt.want) || strings.Contains(got, "example-secret") {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}
