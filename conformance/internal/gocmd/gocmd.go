// Package gocmd runs the go command as a user's machine would: on one module,
// with no workspace around it.
package gocmd

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
)

// Run runs go in a user's module and returns its standard output; an error ends
// the test. It may complete the module's go.mod: never run it in the project.
func Run(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := Try(t, dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Try is Run for a command that may fail. The error has what go said.
func Try(t testing.TB, dir string, args ...string) (string, error) {
	t.Helper()
	return run(t, dir, "-mod=mod", args)
}

// Project is Run in a module of the project itself, which stays as it is.
func Project(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := run(t, dir, "-mod=readonly", args)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func run(t testing.TB, dir, flags string, args []string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS="+flags)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("go %s: %w\n%s%s", strings.Join(args, " "), err, stdout.String(), stderr.String())
	}
	return stdout.String(), nil
}

// Lines splits output into lines, without empty ones.
func Lines(out string) []string {
	var lines []string
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Write puts files into a new folder that ends with the test, and returns it.
func Write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		repo.Write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	return dir
}
