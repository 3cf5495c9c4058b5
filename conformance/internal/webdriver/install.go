package webdriver

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// installLimit bounds apt-get for one engine: some 100 MB to fetch, and perhaps
// another apt-get to wait for.
const installLimit = 5 * time.Minute

var (
	installing sync.Mutex
	unready    = map[string]string{} // by the engine's name; empty if it can be used
)

// ready returns the paths of what e needs, or why it cannot be used. It installs
// what is missing, once.
func ready(e Engine) (paths map[string]string, why string) {
	installing.Lock()
	defer installing.Unlock()
	paths, missing := find(e.programs)
	if len(missing) == 0 {
		return paths, ""
	}
	why, tried := unready[e.Name]
	if !tried {
		why = install(missing)
		unready[e.Name] = why
	}
	if why != "" {
		return nil, why
	}
	if paths, missing = find(e.programs); len(missing) > 0 {
		return nil, "is not on PATH, not even after apt-get install " + strings.Join(missing, " ")
	}
	return paths, ""
}

// find is where the programs are, and the packages of those that are nowhere.
func find(programs []program) (paths map[string]string, missing []string) {
	paths = map[string]string{}
	for _, p := range programs {
		for _, name := range p.names {
			if path, err := exec.LookPath(name); err == nil {
				paths[p.names[0]] = path
				break
			}
		}
		if paths[p.names[0]] == "" {
			missing = append(missing, p.packages...)
		}
	}
	return paths, missing
}

// install fetches Debian's packages, and returns why it could not. The lists of
// packages are fetched only if it does not go without: they may be missing, or
// name versions that are gone.
func install(packages []string) string {
	line := "apt-get install " + strings.Join(packages, " ")
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return "is not on PATH, and this user cannot " + line
	}
	ctx, cancel := context.WithTimeout(context.Background(), installLimit)
	defer cancel()
	args := append([]string{"install", "-y", "-qq", "--no-install-recommends"}, packages...)
	if _, err := apt(ctx, args...); err == nil {
		return ""
	}
	if out, err := apt(ctx, "update", "-qq"); err != nil {
		return fmt.Sprintf("is not on PATH, and apt-get update: %v: %s", err, lastLine(out))
	}
	if out, err := apt(ctx, args...); err != nil {
		return fmt.Sprintf("is not on PATH, and %s: %v: %s", line, err, lastLine(out))
	}
	return ""
}

// apt runs apt-get. It waits for another one to end: apt-get does that by itself
// for dpkg's lock, and not for the one on its lists.
func apt(ctx context.Context, args ...string) ([]byte, error) {
	args = append([]string{"-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30", "-o", "Dpkg::Use-Pty=0"}, args...)
	for {
		cmd := exec.CommandContext(ctx, "apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // apt-get then tidies up
		cmd.WaitDelay = 10 * time.Second
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "Could not get lock") {
			return out, err
		}
		select {
		case <-ctx.Done():
			return out, err
		case <-time.After(2 * time.Second):
		}
	}
}

// lastLine is the end of what a program said, for a message of one line.
func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
