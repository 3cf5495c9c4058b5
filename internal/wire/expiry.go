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

// readSeconds reads a lifetime in seconds: 3600, " 3600 " or 3.6e3. One below zero
// is over. Nothing and zero are none, and no fault. ok is false for what cannot be
// one. Long past is past: it is held to where a time.Duration does not wrap.
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
	return max(math.Floor(n), -maxLifetime.Seconds()), true
}

var timestampLayouts = [...]string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02 15:04:05.999999999Z07:00",
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
