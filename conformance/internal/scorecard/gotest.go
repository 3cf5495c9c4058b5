package scorecard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// GoTest runs the tests of the checks in one module, named from root, with no
// workspace around it. The table is measured, not remembered: no result comes
// from go's test cache.
func GoTest(ctx context.Context, root, module string) (Run, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-json", "-count=1", "-run", TestPattern, "./...")
	cmd.Dir = filepath.Join(root, filepath.FromSlash(module))
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return Run{}, fmt.Errorf("module %s: %w", module, err)
	}
	run, readErr := Read(module, &stdout)
	if readErr != nil {
		return run, fmt.Errorf("%w\n%s", readErr, stderr.String())
	}
	// What go test says beside the stream, such as that there is no module.
	if err != nil && len(run.Tests) == 0 && len(run.Trouble) == 0 {
		run.Trouble = append(run.Trouble, strings.TrimSpace("go test: "+err.Error()+"\n"+stderr.String()))
	}
	return run, nil
}
