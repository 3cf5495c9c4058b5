//go:build race

package scorecard

// The race detector makes the library allocate about twice what it does
// without.
const maxAlloc = 8 << 20
