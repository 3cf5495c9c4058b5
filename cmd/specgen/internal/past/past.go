// Package past reads a project as it was: from another folder, or out of git.
//
// It checks nothing out and writes nothing. Git is asked for single objects, by
// commands that run neither hooks nor filters nor the network, and a name that
// could be taken for an option is refused.
package past

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// Read returns a file of the past, by its path below the project root, at most
// limit bytes and one more. What was not there is fs.ErrNotExist.
type Read func(rel string, limit int64) ([]byte, error)

// At finds the past that a user names: a folder with a project in it, from the
// project root or absolute, or whatever git resolves to a commit.
func At(root, name string) (Read, error) {
	if name == "" || strings.HasPrefix(name, "-") {
		return nil, fmt.Errorf("--against %q is neither a folder nor a git ref", name)
	}
	folder := name
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(root, folder)
	}
	if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(config.Path))); err == nil {
		return func(rel string, limit int64) ([]byte, error) { return tree.ReadInput(folder, rel, limit) }, nil
	}
	g := git{root}
	commit, err := g.run(64<<10, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return nil, fmt.Errorf("--against %q is neither a folder with %s in it nor a git ref%s", name, config.Path, lastLine(exit.Stderr))
	case err != nil:
		return nil, fmt.Errorf("--against %q: %w", name, err)
	}
	return g.at(strings.TrimSpace(string(commit))), nil
}

type git struct{ root string }

// at reads files of a commit.
func (g git) at(commit string) Read {
	return func(rel string, limit int64) ([]byte, error) {
		// Path and project root are taken literally; ls-tree goes by the folder
		// that it is run in.
		entry, err := g.run(64<<10, "--literal-pathspecs", "ls-tree", "-z", commit, "--", rel)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rel, err)
		}
		if len(entry) == 0 {
			return nil, &fs.PathError{Op: "read", Path: rel, Err: fs.ErrNotExist}
		}
		meta, _, _ := strings.Cut(string(entry), "\t")
		fields := strings.Fields(meta) // mode, type, hash
		if len(fields) != 3 || fields[1] != "blob" || fields[0] == "120000" {
			return nil, fmt.Errorf("%s is not a regular file in %.12s", rel, commit)
		}
		data, err := g.run(limit, "cat-file", "blob", fields[2])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rel, err)
		}
		return data, nil
	}
}

// run runs git in the project and returns at most limit bytes, and one more, of
// what it prints.
func (g git) run(limit int64, args ...string) ([]byte, error) {
	cmd := exec.Command("git", append([]string{"--no-pager", "--no-replace-objects"}, args...)...)
	cmd.Dir = g.root
	// An object that a partial clone left out is not fetched for a check.
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	data, readErr := io.ReadAll(io.LimitReader(stdout, limit+1))
	if int64(len(data)) > limit {
		_ = cmd.Process.Kill() // the rest is not wanted
		_ = cmd.Wait()
		return data, nil
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		exit.Stderr = stderr.Bytes()
		return nil, err
	}
	return data, errors.Join(readErr, err)
}

// lastLine is what git says of a failure, for the end of a sentence.
func lastLine(stderr []byte) string {
	lines := strings.Split(strings.TrimSpace(string(stderr)), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return ": " + strings.TrimPrefix(last, "fatal: ")
	}
	return ""
}
