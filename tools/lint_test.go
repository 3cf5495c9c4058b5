package tools

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The linter may be skipped for one reason, and says so.
func TestLintIsSkippedOnlyWhereItsGoCannotBeHad(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no sh")
	}
	for _, tt := range []struct {
		name, goMod string
		skipped     bool
	}{
		{"a module that needs a newer Go", "module example.com/tools\n\ngo 1.999.0\n", true},
		{"a module that cannot be read", "modul example.com/tools\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "lint.sh"), read(t, "lint.sh"))
			write(t, filepath.Join(dir, "go.mod"), tt.goMod)
			cmd := exec.CommandContext(t.Context(), "sh", filepath.Join(dir, "lint.sh"), "no-module")
			cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local")
			out, err := cmd.CombinedOutput()
			if line, rest, _ := strings.Cut(string(out), "\n"); tt.skipped && (err != nil || rest != "" || !strings.HasPrefix(line, "golangci-lint is skipped: ")) {
				t.Errorf("%v\n%s", err, out)
			}
			if !tt.skipped && (err == nil || strings.Contains(string(out), "skipped")) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
