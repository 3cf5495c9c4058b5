//go:build !race

package scorecard

// raceEnabled tells whether the race detector is at work.
const raceEnabled = false

// maxAlloc is what one call may allocate, whatever the server sends.
const maxAlloc = 4 << 20
