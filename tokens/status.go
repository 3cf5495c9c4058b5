package tokens

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/grantway/grantway"
)

// Status is what is known of a credential. It holds no secret. A time that is
// zero means that there is none: it never happened, or never will.
type Status struct {
	// Key is whose credential it is.
	Key Key
	// HasToken says whether a token is stored.
	HasToken bool
	// GoodUntil is when the access token ends; RefreshGoodUntil when the refresh
	// token does.
	GoodUntil, RefreshGoodUntil grantway.Expiry
	// RefreshedAt is when the token was obtained, by the clock of the process
	// that obtained it. DueAt is when it is refreshed.
	RefreshedAt, DueAt time.Time
	// Generation counts the writes to the entry.
	Generation uint64
	// Scopes are those the provider says it granted; nil if it did not say.
	Scopes []string
	// RequestedScopes are those that the sign-in asked for; nil if it asked for
	// none or that is not known.
	RequestedScopes []string
	// MissingScopes are those of RequestedScopes that are not in Scopes; nil if
	// there is none or the provider did not say what it granted.
	MissingScopes []string
	// WidenedScopes are those that a refresh brought and nobody had granted. They
	// are not in Scopes.
	WidenedScopes []string
	// RejectedSince is when the provider refused the grant: the user has to
	// authorize again. RejectedCode is the provider's code for it, or
	// "rejected".
	RejectedSince time.Time
	RejectedCode  string
	// NotJudgedSince is since when refreshes are refused by something that is
	// not known to be the provider: a gateway, a firewall. LikelyDeadSince is the
	// same once that has gone on for a day and the access token has ended: then
	// the grant is likely dead, but nobody has said so.
	NotJudgedSince, LikelyDeadSince time.Time
	// OutcomeUnknownSince is when a refresh was sent whose outcome is unknown.
	// Replays is how often it was sent again since.
	OutcomeUnknownSince time.Time
	Replays             int
	// NotPersistedSince is when a new token was obtained that could not be saved
	// yet. It is kept in this process's memory.
	NotPersistedSince time.Time
	// ClientRefusedSince is since when the provider refuses the client itself: its
	// id or its secret is wrong, after a deploy say. One refresh in a minute asks
	// again, for all credentials of the client.
	ClientRefusedSince time.Time
	// Refreshing says that this process is refreshing now, or waits for its turn.
	Refreshing bool
	// NextTryAt is when this process may refresh again at the earliest, if it
	// waits after a failure.
	NextTryAt time.Time
	// LastError is the failure that is being waited out.
	LastError error
}

// String says the most important thing, in a few words and without a secret.
func (st Status) String() string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case !st.RejectedSince.IsZero():
		add("rejected since %s (%s)", st.RejectedSince.Format(time.RFC3339), st.RejectedCode)
	case !st.HasToken:
		add("no token")
	}
	if !st.LikelyDeadSince.IsZero() {
		add("likely dead since %s", st.LikelyDeadSince.Format(time.RFC3339))
	}
	if !st.OutcomeUnknownSince.IsZero() {
		add("outcome unknown since %s", st.OutcomeUnknownSince.Format(time.RFC3339))
	}
	if !st.NotPersistedSince.IsZero() {
		add("not persisted since %s", st.NotPersistedSince.Format(time.RFC3339))
	}
	if !st.ClientRefusedSince.IsZero() {
		add("client refused since %s", st.ClientRefusedSince.Format(time.RFC3339))
	}
	if st.HasToken {
		add("good until %s", st.GoodUntil)
	}
	if n := len(st.MissingScopes); n > 0 {
		add("%d of %d requested scopes not granted", n, len(st.RequestedScopes))
	}
	if n := len(st.WidenedScopes); n > 0 {
		add("a refresh named %d scopes that nobody granted", n)
	}
	if st.LastError != nil {
		add("last refresh failed")
	}
	if !st.NextTryAt.IsZero() {
		add("next try at %s", st.NextTryAt.Format(time.RFC3339))
	}
	return strings.Join(parts, ", ")
}

// likelyDeadAfter is how long refreshes are refused by nobody known before the
// grant is called likely dead.
const likelyDeadAfter = 24 * time.Hour

// Status says what is known of the credential: what the store has, and what
// this process has met. It spends nothing and refreshes nothing. If the store
// cannot be read it returns what this process knows, with the error.
func (s *Source) Status(ctx context.Context) (Status, error) {
	if ctx == nil {
		return Status{}, s.fail(grantway.KindInvalid, "ctx is nil", nil)
	}
	st := Status{Key: s.id()}
	r, err := s.load(ctx)
	if err != nil {
		if p := s.current.load(); p != nil {
			st.describe(p.token)
			st.DueAt = p.due
		}
	} else {
		st.Generation = r.generation
		if r.token != nil {
			st.describe(r.token)
			plan, _ := s.advice(r.token)
			st.DueAt, _ = plan.due(r.token, s.now())
			if p := s.current.load(); p != nil && p.token.AccessToken.Equal(r.token.AccessToken) {
				st.DueAt = p.due // each process draws its own
			}
		}
		st.RejectedSince, st.RejectedCode = r.rejectedAt, r.rejected
		st.NotJudgedSince = r.unjudgedSince
		if now := s.now(); !r.unjudgedSince.IsZero() && now.Sub(r.unjudgedSince) >= likelyDeadAfter && (r.token == nil || r.token.Expiry.Expired(now)) {
			st.LikelyDeadSince = r.unjudgedSince
		}
		if a := s.history.unanswered(r.attempt); a != nil && !s.mayBeUnderWay(r.attempt) {
			st.OutcomeUnknownSince, st.Replays = a.since(), a.Replays
		}
	}
	st.ClientRefusedSince = s.limiter.RefusedSince().UTC()
	s.history.describe(&st, s.now())
	return st, err
}

func (st *Status) describe(t *grantway.Token) {
	st.HasToken = true
	st.GoodUntil, st.RefreshGoodUntil, st.RefreshedAt = t.Expiry, t.RefreshExpiry, t.ObtainedAt
	t = t.Clone()
	st.Scopes, st.RequestedScopes, st.WidenedScopes = t.Scopes, t.RequestedScopes, t.WidenedScopes
	st.MissingScopes, _ = t.MissingScopes(t.RequestedScopes...)
}

// describe adds what this process has met.
func (h *refreshHistory) describe(st *Status, now time.Time) {
	h.lock()
	defer h.unlock()
	st.Refreshing = h.flight.Load() != nil
	for _, r := range h.unsaved {
		if since := r.saving.failedSince; st.NotPersistedSince.IsZero() || !since.IsZero() && since.Before(st.NotPersistedSince) {
			st.NotPersistedSince = since
		}
	}
	st.LastError = h.failure
	for _, next := range []time.Time{h.retryAt, h.notBefore} {
		if next.After(now) && next.After(st.NextTryAt) {
			st.NextTryAt = next
		}
	}
}
