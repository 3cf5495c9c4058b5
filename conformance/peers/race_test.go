//go:build race

package peers_test

// The race detector makes each write of a flood dear, and allocates about twice
// what a program without it does: less is sent, and more is allowed.
const (
	huge   = 16 * mib
	budget = 8 * mib
)
