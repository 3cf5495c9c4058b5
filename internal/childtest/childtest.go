// Package childtest starts the running test binary again, as another process
// that plays a part in a test.
//
// A test package with parts has a TestMain that calls Main. Each part is a
// function; a test starts it by its name.
package childtest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Variable is the environment variable that names the part to play. A process
// that runs another test binary clears it.
const Variable = "GRANTWAY_TEST_PART"

// Main plays a part if this process is a child, else it runs the tests. It does
// not return. A part that fails prints its error and exits with 1.
func Main(m *testing.M, parts map[string]func(args []string) error) {
	play, ok := parts[os.Getenv(Variable)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := play(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stdout, "failed:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Child is a process that Start started.
type Child struct {
	*exec.Cmd
	// In is the child's standard input, open until the child ends.
	In io.WriteCloser
	// Out is what the child prints.
	Out *bufio.Reader
}

// Start starts a part. The child is killed when the test ends, if it lives on.
func Start(t testing.TB, part string, args ...string) *Child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	// Under the race detector a process lingers for a second unless told.
	cmd.Env = append(os.Environ(), Variable+"="+part, "GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &Child{cmd, in, bufio.NewReader(out)}
}

// End waits for the child, and returns what else it says and how it ends.
func (c *Child) End() (string, error) {
	said, err := io.ReadAll(c.Out)
	if waited := c.Wait(); waited != nil {
		err = waited
	}
	return strings.TrimSpace(string(said)), err
}
