package fakeauth

import "strconv"

// Sequence makes codes and tokens: "example-access-1", "example-access-2".
// They are predictable on purpose, so that a failed test reads the same each
// time, and look like nobody's real credential. The caller makes the map and
// locks.
type Sequence map[string]int

// Next returns the next value of a kind.
func (s Sequence) Next(kind string) string {
	s[kind]++
	return "example-" + kind + "-" + strconv.Itoa(s[kind])
}
