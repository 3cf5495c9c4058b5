// Package scorecard makes the scorecard from what the tests say when they run.
//
// A check is a test called TestCheckNNN_…, NNN being its number, in any module.
// It logs what it measured. A test called TestPeersNNN_… measures the same on
// other people's clients; it fails with the check and does not stand for it.
// The forms of their log lines are in lines.go and nowhere else.
//
// The package takes nobody's word for a result: a test that fails, that is
// skipped, or that logs no figure shows as that, and so does a module in which
// no test ran.
package scorecard
