package snippet

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
)

// Build builds blocks in a module of their own that finds the project at root,
// and returns what the compiler says against them.
func Build(t testing.TB, root string, blocks []Block) []string {
	t.Helper()
	files, err := Files(blocks)
	if err != nil {
		return []string{err.Error()}
	}
	dir, err := module(t, root, files)
	if err != nil {
		return []string{err.Error()}
	}
	_, err = gocmd.Try(t, dir, "build", "-gcflags=-e", "-o", os.DevNull, "./...")
	if err == nil {
		return nil
	}
	var problems []string
	for _, line := range gocmd.Lines(err.Error())[1:] { // the first is the command
		line = filepath.ToSlash(line)
		if strings.HasPrefix(line, "# ") || strings.Contains(line, "declared and not used: ") && inFragment(blocks, line) {
			continue
		}
		problems = append(problems, line)
	}
	return problems
}

// module writes a reader's module, and returns its folder.
func module(t testing.TB, root string, files map[string]string) (string, error) {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: what the documentation shows is compiled")
	}
	files["go.mod"] = fmt.Sprintf("module example.com/reader\n\ngo 1.25.0\n\nrequire %s v0.0.0\n\nreplace %s => %q\n", ours, ours, root)
	dir := gocmd.Write(t, files)
	_, err := gocmd.Try(t, dir, "mod", "tidy")
	return dir, err
}

// inFragment reports whether a message of the compiler is about a fragment.
func inFragment(blocks []Block, message string) bool {
	for _, b := range blocks {
		for n := range strings.Count(b.Text, "\n") {
			if strings.Contains(message, fmt.Sprintf("%s:%d:", b.File, b.Line+n)) {
				return !isFile(b.Text)
			}
		}
	}
	return false
}
