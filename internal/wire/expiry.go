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
	n, _ := readSeconds(text)
	*l = Lifetime{seconds: n, known: n != 0}
	return nil
}

// readSeconds reads a lifetime. Nothing and zero are none, and no fault: ok is
// false for what cannot be one.
func readSeconds(text string) (seconds float64, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true
	}
	if strings.Trim(text, "0123456789.eE+-") != "" { // ParseFloat would read 0x10 and Inf
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n > maxLifetime.Seconds() {
		return 0, false
	}
	return math.Floor(n), true
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
	t.At, _ = readMoment([]byte(text), timestampLayouts[:])
	return nil
}

// longestMoment has room for a fraction of 38 digits. No clock has more.
const longestMoment = 64

// readMoment reads a moment in one of layouts. The letters of RFC 3339 may be in
// lower case (its section 5.6). A leap second is the last second of a month in UTC
// (section 5.7), and taken to be the one before it: what expires then is not held
// for longer than its provider holds it.
func readMoment(text []byte, layouts []string) (at time.Time, ok bool) {
	var buf [longestMoment]byte
	if len(text) > len(buf) {
		return time.Time{}, false
	}
	b := buf[:copy(buf[:], text)]
	const date, minute = len("2006-01-02"), len("2006-01-02T15:04")
	leap := len(b) > minute+3 && string(b[minute:minute+3]) == ":60"
	if leap {
		copy(b[minute:], ":59")
	}
	if len(b) > date && b[date] == 't' {
		b[date] = 'T'
	}
	if last := len(b) - 1; last > 0 && b[last] == 'z' {
		b[last] = 'Z'
	}
	for _, layout := range layouts {
		at, err := time.Parse(layout, string(b))
		if err != nil {
			continue
		}
		at = at.UTC()
		next := at.Truncate(time.Second).Add(time.Second)
		monthEnds := next.Day() == 1 && next.Hour() == 0 && next.Minute() == 0 && next.Second() == 0
		if at.Year() > 0 && (!leap || monthEnds) {
			return at, true
		}
	}
	return time.Time{}, false
}
