//go:build !race

package peers_test

const (
	// huge stands for a body without end, and spares the machine.
	huge = 64 * mib
	// budget is what a call may allocate for it.
	budget = 4 * mib
)
