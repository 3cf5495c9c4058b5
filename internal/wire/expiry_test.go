package wire

import "testing"

// FuzzExpiry: no text makes the arithmetic wrap: a lifetime that is known ends
// within a hundred years of its arrival, and a moment in the first 9999 years.
func FuzzExpiry(f *testing.F) {
	for _, s := range []string{"3600", "-5", "3.6e3", "99999999999999", "-99999999999999", "1e308", "0", "", "NaN", "2006-01-02T15:04:05Z", "9999-12-31T23:59:59Z", "0001-01-01t00:00:60z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, doc := range []string{`{"v":` + s + `}`, `{"v":"` + s + `"}`} {
			d := NewDecoder([]byte(doc), arrival, nil)
			if d.Open() && d.Next() {
				if e, ok := d.Lifetime(); ok {
					if at, _ := e.Time(); at.Sub(arrival) > maxLifetime || at.Sub(arrival) < -maxLifetime {
						t.Fatalf("%q ends %v from its arrival", s, at.Sub(arrival))
					}
				}
			}
			d = NewDecoder([]byte(doc), arrival, nil)
			if d.Open() && d.Next() {
				if e, ok := d.Timestamp(); ok {
					if at, _ := e.Time(); at.Year() < 1 || at.Year() > 9999 {
						t.Fatalf("%q is %v", s, at)
					}
				}
			}
		}
	})
}
