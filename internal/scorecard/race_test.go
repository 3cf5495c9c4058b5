//go:build race

package scorecard

// raceEnabled tells whether the race detector is at work.
const raceEnabled = true

// The race detector makes the library allocate about twice what it does
// without.
const maxAlloc = 8 << 20
