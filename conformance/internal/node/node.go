// Package node runs the npm packages that conformance/npm pins, as child
// processes on loopback. It installs them when they are missing, with npm's own
// client and from the lock file; no install script of a package is run.
package node

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
)

// minMajor is the oldest node that the pinned packages run on.
const minMajor = 20

var (
	once sync.Once
	// unready is why node cannot be used here; empty if it can.
	unready string
)

// Dir is conformance/npm with everything installed. Where that cannot be, the
// test is skipped, or fails in CI.
func Dir(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: node is started, and npm installs what it runs")
	}
	dir := filepath.Join(repo.Root(t), "conformance", "npm")
	once.Do(func() { unready = install(dir) })
	if unready != "" {
		repo.SkipOrFail(t, "%s", unready)
	}
	return dir
}

func install(dir string) string {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Sprintf("%s is not on PATH; node %d or later and npm run the clients that this project did not write", tool, minMajor)
		}
	}
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return fmt.Sprintf("node --version: %v", err)
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(string(out), "v"), ".")
	if major, err := strconv.Atoi(version); err != nil || major < minMajor {
		return fmt.Sprintf("node is %s; the pinned packages need %d or later", bytes.TrimSpace(out), minMajor)
	}
	if upToDate(dir) {
		return ""
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Sprintf("npm ci in conformance/npm: %v\n%s", err, out)
	}
	return ""
}

// upToDate reports whether what is installed is not older than the lock file.
// npm writes its own copy of the lock last.
func upToDate(dir string) bool {
	lock, err := os.Stat(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return false
	}
	installed, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json"))
	return err == nil && !installed.ModTime().Before(lock.ModTime())
}

// command is node with a script and arguments, and with nothing in its
// environment that a client would read settings from.
func command(t testing.TB, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = dir
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "SystemRoot"} {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Env = append(cmd.Env, "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "NO_COLOR=1")
	return cmd
}

// Run runs a script below conformance/npm to its end. A failed run is no error
// here: linters fail by finding something.
func Run(t testing.TB, script string, args ...string) (stdout []byte, exit int, stderr string) {
	t.Helper()
	cmd := command(t, Dir(t), append([]string{script}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatalf("node %s: %v", script, err)
	}
	return out.Bytes(), cmd.ProcessState.ExitCode(), errs.String()
}
