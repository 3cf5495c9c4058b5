//go:build unix

package endtoend

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/cli"
)

// The environment of a child: the test binary, run as specgen.
const (
	childRoot  = "SPECGEN_CHILD_ROOT"  // the project; without it this is no child
	childStep  = "SPECGEN_CHILD_STEP"  // the number of the step at which it stops and waits, from 1
	childLimit = "SPECGEN_CHILD_LIMIT" // how many bytes a file may have, as on a disk that is full
)

func TestMain(m *testing.M) {
	if root := os.Getenv(childRoot); root != "" {
		os.Exit(child(root))
	}
	os.Exit(m.Run())
}

// child runs `specgen generate`.
func child(root string) int {
	p := process(os.Stderr, os.Stderr)
	if limit, err := strconv.ParseUint(os.Getenv(childLimit), 10, 64); err == nil {
		if err := limitFiles(limit); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 3
		}
	}
	if at, err := strconv.Atoi(os.Getenv(childStep)); err == nil {
		interrupt := make(chan os.Signal, 1)
		signal.Notify(interrupt, os.Interrupt)
		steps := 0
		p.Step = func(step string) {
			if steps++; steps == at {
				fmt.Println(step) // for the parent, which now interrupts
				<-interrupt
			}
		}
	}
	return cli.Run([]string{"-C", root, "generate"}, p)
}

// start starts a child.
func start(t *testing.T, root string, env ...string) (cmd *exec.Cmd, stdout *bufio.Reader, stderr *strings.Builder) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(self)
	cmd.Env = append(append(os.Environ(), childRoot+"="+root), env...)
	stderr = &strings.Builder{}
	cmd.Stderr = stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewReader(pipe), stderr
}

// steps are the numbers of those steps of `specgen generate` where a child is
// worth starting: the first and the last of each kind, by its first word. The
// project is changed by asking.
func steps(t *testing.T, root string) map[int]string {
	t.Helper()
	var all []string
	p := process(io.Discard, io.Discard)
	p.Step = func(step string) { all = append(all, step) }
	if code := cli.Run([]string{"-C", root, "generate"}, p); code != 0 {
		t.Fatalf("exit %d", code)
	}
	first, last := map[string]int{}, map[string]int{}
	for i, step := range all {
		kind, _, _ := strings.Cut(step, " ")
		if _, ok := first[kind]; !ok {
			first[kind] = i + 1
		}
		last[kind] = i + 1
	}
	picked := map[int]string{}
	for _, m := range []map[string]int{first, last} {
		for _, i := range m {
			picked[i] = all[i-1]
		}
	}
	return picked
}

// stopAt starts a child, lets it come to a step, and sends it a signal there. It
// returns how it ended.
func stopAt(t *testing.T, root string, step int, with os.Signal) (code int, stderr string) {
	t.Helper()
	cmd, stdout, errs := start(t, root, childStep+"="+strconv.Itoa(step))
	if what, err := stdout.ReadString('\n'); err != nil {
		t.Fatalf("it does not come to step %d: %q, %v: %s", step, what, err, errs)
	}
	if err := cmd.Process.Signal(with); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code says what came of it
	return cmd.ProcessState.ExitCode(), errs.String()
}
