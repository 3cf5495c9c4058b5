package scorecard

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/grantway/grantway/cmd/specgen/internal/heap" // as the command has it
)

// childVariable makes the test binary a process that runs the pipeline once over
// what it reads, and tells how that ended and what it took.
const childVariable = "SPECGEN_BAR_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childVariable) {
	case "":
		os.Exit(m.Run())
	case "bare":
		child(func(data []byte) (string, error) {
			_, err := bare(string(data))
			return "made", err
		})
	case "lenient":
		child(func(data []byte) (string, error) {
			return guardedChild(data, func(rule string) bool { return rule == "X-GO" })
		})
	default:
		child(func(data []byte) (string, error) { return guardedChild(data, safety) })
	}
}

// guardedChild is the pipeline. All rules run; those that are not wanted do not
// keep the rest from running.
func guardedChild(data []byte, wanted func(string) bool) (string, error) {
	files, findings, err := pipeline(data, wanted)
	if err != nil {
		return "", err
	}
	if len(findings) > 0 {
		return fmt.Sprintf("refused %s (%d findings)", findings[0], len(findings)), nil
	}
	size := 0
	for name, content := range files {
		size += len(content)
		if dir := os.Getenv(keepVariable); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, path.Base(name)), content, 0o600); err != nil {
				return "", err
			}
		}
	}
	return fmt.Sprintf("made %d bytes", size), nil
}

// keepVariable names a folder for what the child makes.
const keepVariable = "SPECGEN_BAR_KEEP"

func child(work func([]byte) (string, error)) {
	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Println("stdin:", err)
		os.Exit(2)
	}
	result, err := work(data)
	if err != nil {
		result = "failed " + err.Error()
	}
	result, _, _ = strings.Cut(result, "\n")
	fmt.Println(result)
	fmt.Println("peak", peak())
}

// peak is the most memory that this process has used so far, in KiB, or 0 where
// the system does not tell.
func peak() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kib, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(value, "kB")))
			return kib
		}
	}
	return 0
}

// outcome is how a child ended.
type outcome struct {
	text string // made, refused or failed, with more
	kib  int
	cpu  time.Duration
}

// errStopped says that a child was still running at its deadline, or fell over.
var errStopped = errors.New("the process did not end by itself")

// run has a child handle a spec. The deadline keeps a child that would never end
// from holding up the tests; it is no measure of speed.
func run(t *testing.T, mode, text string, deadline time.Duration) (outcome, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), childVariable+"="+mode)
	cmd.Stdin = strings.NewReader(text)
	output, err := cmd.Output()
	if err != nil {
		return outcome{}, fmt.Errorf("%w: %w", errStopped, err)
	}
	result, rest, _ := strings.Cut(string(output), "\n")
	o := outcome{text: result, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if _, err := fmt.Sscanf(rest, "peak %d", &o.kib); err != nil {
		t.Fatalf("the child said %q", output)
	}
	return o, nil
}
