//go:build !race

package scorecard

// maxAlloc is what one call may allocate, whatever the server sends.
const maxAlloc = 4 << 20
