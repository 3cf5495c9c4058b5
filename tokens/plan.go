package tokens

import (
	"math/rand/v2"
	"time"

	"github.com/grantway/grantway"
)

// RefreshPlan says when a token is refreshed while it is still good. The zero
// value refreshes only when it no longer is.
type RefreshPlan struct {
	// Fraction of its life after which a token is refreshed in the background,
	// such as 0.8.
	Fraction float64
	// MaxAge refreshes it no later than this after it was obtained, however
	// long it lives. Square advises seven days at most.
	MaxAge time.Duration
	// Margin is how long before its expiry a token is no longer handed out.
	Margin time.Duration
}

// jitter is the share of the waiting time by which refreshes are spread, always
// to the early side: a thousand tokens of one day are not due at one moment.
const jitter = 0.1

// unknownAgeSpread is the time within which a token of unknown age is due, so
// that ten thousand of them, imported at once, are not refreshed at once.
const unknownAgeSpread = time.Hour

// due returns when t is to be refreshed, and when it is no longer handed out;
// the zero time means never. A token of unknown age may be as old as the plan
// allows: it is due soon after now.
func (p RefreshPlan) due(t *grantway.Token, now time.Time) (due, end time.Time) {
	at, known := t.Expiry.Time()
	if known {
		end = at.Add(-p.Margin)
		due = end
	}
	if t.ObtainedAt.IsZero() {
		if soon := now.Add(rand.N(unknownAgeSpread)); p.refreshesByAge(t) && (due.IsZero() || soon.Before(due)) {
			due = soon
		}
		return due, end
	}
	earlier := func(wait time.Duration) {
		wait -= time.Duration(rand.Float64() * jitter * float64(wait))
		if d := t.ObtainedAt.Add(wait); due.IsZero() || d.Before(due) {
			due = d
		}
	}
	if known && p.Fraction > 0 && at.After(t.ObtainedAt) {
		earlier(time.Duration(p.Fraction * float64(at.Sub(t.ObtainedAt))))
	}
	if p.MaxAge > 0 && !t.Expiry.Never() && !t.RefreshToken.IsZero() {
		earlier(p.MaxAge)
	}
	return due, end
}

// refreshesByAge reports whether it depends on t's age when it is refreshed.
func (p RefreshPlan) refreshesByAge(t *grantway.Token) bool {
	_, expires := t.Expiry.Time()
	return !t.RefreshToken.IsZero() && !t.Expiry.Never() && (p.MaxAge > 0 || p.Fraction > 0 && expires)
}

// ReplayPolicy says what to do when it is unknown whether a refresh arrived:
// the connection broke after sending, a gateway answered, or the process died.
type ReplayPolicy uint8

const (
	// ReplayPaced sends the same refresh token again, by time: up to three times
	// within the first minute, since providers that rotate often answer a reuse
	// within a grace window; then not while the access token lives, since reuse
	// may revoke both; after its end once in a pause, which grows to an hour,
	// until the provider itself answers. The store is read before each.
	ReplayPaced ReplayPolicy = iota
	// ReplayNever stops, with an error that matches ErrAmbiguous, until the
	// user authorizes again.
	ReplayNever
	// ReplayFreely is for credentials that may be used again and again:
	// Square's code flow, ByteNite's API key.
	ReplayFreely
)

const (
	// earlyWindow is how long after the first attempt reuse is likely to be
	// answered, and earlyReplays how often that is tried.
	earlyWindow  = time.Minute
	earlyReplays = 3
)

// mayReplay reports whether an attempt of unknown outcome may be sent again at
// now, and if not, when it may: the zero time means never. end is when the
// access token ends, or ended; the zero time means that it does not live.
func (p ReplayPolicy) mayReplay(a *attempt, end, now time.Time) (may bool, next time.Time) {
	switch p {
	case ReplayNever:
		return false, time.Time{}
	case ReplayFreely:
		return true, now
	}
	if early := a.sentAt().Add(replayPause << a.Replays); a.Replays < earlyReplays && early.Before(a.since().Add(earlyWindow)) && now.Before(a.since().Add(earlyWindow)) {
		next = early
	} else {
		next = a.sentAt().Add(min(longPause<<min(max(a.Replays-earlyReplays, 0), 6), longestPause))
		if end.After(next) {
			next = end
		}
	}
	return !now.Before(next), next
}
