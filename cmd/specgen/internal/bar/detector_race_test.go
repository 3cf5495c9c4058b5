//go:build race

package bar

// raceEnabled tells whether the race detector is at work.
const raceEnabled = true
