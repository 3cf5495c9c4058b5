package wire

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// maxLifetime is where a lifetime stops being believed. A number beyond it is
// a mistake or an attack on the arithmetic, and its token's expiry unknown.
const maxLifetime = 100 * 365 * 24 * time.Hour

// Lifetime is a number of seconds from now: 3600, "3600" or 3.6e3. Missing,
// empty, zero, absurd and unreadable mean unknown, because the credential that
// bought the token is spent by now and its token must not be lost over this;
// negative means that the token has expired already.
type Lifetime struct {
	seconds float64
	known   bool
}

// set fails only for a JSON type that no provider uses for a lifetime.
func (l *Lifetime) set(v Value) error {
	text := string(v.raw)
	switch first := v.raw[0]; {
	case first == '"':
		text = string(v.text)
	case first != '-' && (first < '0' || first > '9'):
		return &Error{Reason: "neither a number nor a string"}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || n == 0 || n > maxLifetime.Seconds() {
		*l = Lifetime{}
		return nil
	}
	*l = Lifetime{seconds: math.Floor(n), known: true}
	return nil
}

// After is the moment this lifetime ends if it starts at now; ok is false when
// it is unknown.
func (l Lifetime) After(now time.Time) (t time.Time, ok bool) {
	if !l.known {
		return time.Time{}, false
	}
	n := max(l.seconds, -maxLifetime.Seconds()) // long past is past; the product below must not wrap
	return now.Add(time.Duration(n) * time.Second), true
}

// Timestamp is a moment, RFC 3339 or near it. Whether an empty or unreadable
// one means "never" is the caller's to know.
type Timestamp struct {
	// At is zero when the text was empty or could not be read.
	At time.Time
	// Present reports whether the member was there at all, and not null.
	Present bool
	// Empty reports whether it was the empty string.
	Empty bool
}

var timestampLayouts = [...]string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02 15:04:05.999999999Z07:00",
}

func (t *Timestamp) set(v Value) error {
	text, err := v.String()
	if err != nil {
		return err
	}
	*t = Timestamp{Present: true, Empty: text == ""}
	for _, layout := range timestampLayouts {
		if at, err := time.Parse(layout, text); err == nil && at.Year() > 0 {
			t.At = at.UTC()
			return nil
		}
	}
	return nil
}
