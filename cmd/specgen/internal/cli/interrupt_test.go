//go:build unix

package cli

import (
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// interruptSelf sends this process the signal of Ctrl-C and waits until it is
// delivered, to whoever else waits for it too.
func interruptSelf(t *testing.T) {
	t.Helper()
	own := make(chan os.Signal, 1)
	signal.Notify(own, os.Interrupt)
	defer signal.Stop(own)
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-own
}

func TestCtrlCStopsTheWritingAndPutsEverythingBack(t *testing.T) {
	p := generated(t)
	p.write("api/acme.yaml", p.read("api/acme.yaml")+"# more\n")
	before := p.files()
	var out, errs strings.Builder
	steps := 0
	interrupted := process(&out, &errs)
	interrupted.Step = func(string) {
		if steps++; steps == 5 {
			interruptSelf(t)
		}
	}
	code := Run([]string{"-C", p.root, "generate"}, interrupted)
	if code != exitCannot || out.String() != "" || errs.String() != "specgen: "+errInterrupted.Error()+"\n" {
		t.Errorf("exit %d, stdout %q, stderr %q", code, out.String(), errs.String())
	}
	p.unchanged(before)
	// The inverse: left alone, the same run changes it.
	p.want("generate", exitOK)
	if after := p.files(); after[p.path("gen/MANIFEST")] == before[p.path("gen/MANIFEST")] {
		t.Error("there was nothing to write")
	}
}
