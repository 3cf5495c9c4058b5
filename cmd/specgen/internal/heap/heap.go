// Package heap has the garbage collector run seldom, which a program that lives
// for a tenth of a second can afford: a fifth of its time went there.
//
// It does not let the heap grow without bound. Beyond the limit the collector
// runs as often as it takes, so that the largest spec that is read stays within
// 512 MiB of the machine's memory.
//
// This is an init, and main imports the package under a name that sorts before
// those of the OpenAPI libraries, because half of what specgen does when it has
// nothing to do is to set up their package variables.
package heap

import "runtime/debug"

const (
	// growth is how much garbage may come on top of what is in use, in percent:
	// with nothing in use that is 32 MiB, more than this project's own specs
	// take.
	growth = 800
	// limit is for all of Go's memory, in bytes.
	limit = 384 << 20
)

func init() {
	debug.SetGCPercent(growth)
	debug.SetMemoryLimit(limit)
}
