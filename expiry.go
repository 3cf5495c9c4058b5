package grantway

import "time"

// Expiry is the moment a token stops working. The zero value means that the
// provider did not say: unknown, which is neither "expired" nor "for ever".
type Expiry struct {
	at    time.Time
	never bool
}

// ExpiresAt is a known expiry. The zero time gives an unknown one. A moment
// that RFC 3339 cannot write, after the year 9999 in UTC or before the year 1,
// becomes the nearest one that it can.
func ExpiresAt(t time.Time) Expiry {
	if t.IsZero() {
		return Expiry{}
	}
	t = t.UTC().Round(0) // UTC, without the monotonic reading: it is stored and compared
	if latest := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC); t.After(latest) {
		t = latest
	}
	if earliest := time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC); t.Before(earliest) {
		t = earliest
	}
	return Expiry{at: t}
}

// NeverExpires is the expiry of a token of which the provider says that it
// does not expire (Square's personal access tokens do not).
func NeverExpires() Expiry { return Expiry{never: true} }

// Time returns the moment of expiry in UTC; ok is false when it is unknown or
// never comes.
func (e Expiry) Time() (t time.Time, ok bool) { return e.at, !e.at.IsZero() }

// Known reports whether the provider said anything: a moment, or never.
func (e Expiry) Known() bool { return e.never || !e.at.IsZero() }

// Never reports whether the provider said that the token does not expire.
func (e Expiry) Never() bool { return e.never }

// Expired reports whether the moment of expiry is known and not after now.
func (e Expiry) Expired(now time.Time) bool { return !e.at.IsZero() && !now.Before(e.at) }

// Equal reports whether both say the same.
func (e Expiry) Equal(f Expiry) bool { return e.never == f.never && e.at.Equal(f.at) }

// String is "unknown", "never" or the moment in RFC 3339.
func (e Expiry) String() string {
	switch {
	case e.never:
		return "never"
	case e.at.IsZero():
		return "unknown"
	}
	return e.at.Format(time.RFC3339)
}

// MarshalText is String, so that an Expiry reads well in logs.
func (e Expiry) MarshalText() ([]byte, error) { return []byte(e.String()), nil }
