package wire

import (
	"testing"
	"time"
)

func lifetime(t *testing.T, raw string) Lifetime {
	t.Helper()
	var l Lifetime
	if err := Object([]byte(`{"l":`+raw+`}`), []Field{{"l", &l}}); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return l
}

func TestLifetime(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for raw, want := range map[string]time.Duration{
		`3600`: time.Hour, `"3600"`: time.Hour, `3600.0`: time.Hour, `3.6e3`: time.Hour, `" 3600 "`: time.Hour,
		`3600.9`: time.Hour, `1`: time.Second, `-5`: -5 * time.Second,
		`-99999999999999`: -maxLifetime, `3153600000`: maxLifetime,
	} {
		at, ok := lifetime(t, raw).After(now)
		if !ok || at.Sub(now) != want {
			t.Errorf("%s: %v, %v; want %v from now", raw, at.Sub(now), ok, want)
		}
	}
	for _, raw := range []string{`null`, `""`, `0`, `"0"`, `99999999999999`, `1e400`, `"soon"`, `"NaN"`, `"Inf"`, `3153600001`} {
		if at, ok := lifetime(t, raw).After(now); ok {
			t.Errorf("%s: %v, want unknown", raw, at)
		}
	}
}

func TestTimestamp(t *testing.T) {
	want := time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		raw   string
		at    time.Time
		there bool
		empty bool
	}{
		{`"2006-01-02T15:04:05Z"`, want, true, false},
		{`"2006-01-02T17:04:05+02:00"`, want, true, false},
		{`"2006-01-02T17:04:05+0200"`, want, true, false},
		{`"2006-01-02 15:04:05Z"`, want, true, false},
		{`"2006-01-02T15:04:05.5Z"`, want.Add(time.Second / 2), true, false},
		{`""`, time.Time{}, true, true},
		{`"tomorrow"`, time.Time{}, true, false},
		{`null`, time.Time{}, false, false},
	} {
		var ts Timestamp
		if err := Object([]byte(`{"t":`+tt.raw+`}`), []Field{{"t", &ts}}); err != nil {
			t.Fatal(err)
		}
		if !ts.At.Equal(tt.at) || ts.Present != tt.there || ts.Empty != tt.empty {
			t.Errorf("%s: %+v", tt.raw, ts)
		}
	}
}

// FuzzExpiry: no text makes the arithmetic wrap: a lifetime that is known ends
// within a hundred years of now, on the side its sign says.
func FuzzExpiry(f *testing.F) {
	for _, s := range []string{"3600", "-5", "3.6e3", "99999999999999", "-99999999999999", "1e308", "0", "", "NaN", "2006-01-02T15:04:05Z", "9999-12-31T23:59:59Z"} {
		f.Add(s)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		var l Lifetime
		var ts Timestamp
		doc := []byte(`{"l":"` + s + `","n":` + s + `}`)
		if Object(doc, []Field{{"l", &l}, {"n", &l}}) == nil || Object([]byte(`{"l":"`+s+`"}`), []Field{{"l", &l}}) == nil {
			if at, ok := l.After(now); ok && (at.Sub(now) > maxLifetime || at.Sub(now) < -maxLifetime) {
				t.Fatalf("%q ends %v from now", s, at.Sub(now))
			}
		}
		if Object([]byte(`{"t":"`+s+`"}`), []Field{{"t", &ts}}) == nil && ts.At.Year() > 9999 {
			t.Fatalf("%q is %v", s, ts.At)
		}
	})
}
