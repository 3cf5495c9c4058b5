//go:build unix

package tree

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Whoever opens a named pipe for reading waits for somebody to write.
func TestANamedPipeIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o600); err != nil {
		t.Skip("no named pipes here:", err)
	}
	if _, err := ReadInput(dir, "pipe.yaml", 10); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v", err)
	}
}
