//go:build unix

package cli

import (
	"strings"
	"testing"
)

// A Ctrl-C ahead of the first file, in the middle of the wrapper, between it and
// gen/, and ahead of the last step.
func TestCtrlCPutsBackWhatInitWrote(t *testing.T) {
	p := checkout(t)
	before := p.files()
	initUntil := func(stop int) (code, steps int, stderr string) {
		var out, errs strings.Builder
		with := process(&out, &errs)
		with.Step = func(string) {
			if steps++; steps == stop {
				interruptSelf(t)
			}
		}
		code = Run([]string{"-C", p.root, "init", newcomer}, with)
		return code, steps, errs.String()
	}
	const wrapper = 17 // files, and two that change
	for _, stop := range []int{1, wrapper / 2, wrapper + 1, wrapper + 3, wrapper + 8} {
		code, steps, stderr := initUntil(stop)
		if code != exitCannot || steps != stop || !strings.HasSuffix(stderr, "specgen: "+errInterrupted.Error()+"\n") {
			t.Errorf("step %d: exit %d after %d steps, %q", stop, code, steps, stderr)
		}
		p.unchanged(before)
	}
	// The inverse: left alone, the same run writes.
	if code, steps, stderr := initUntil(0); code != exitOK || steps <= wrapper+8 || len(p.files()) <= len(before)+wrapper {
		t.Errorf("exit %d after %d steps, %q", code, steps, stderr)
	}
}
