//go:build !race

package scorecard

// raceEnabled tells whether the race detector is at work.
const raceEnabled = false
