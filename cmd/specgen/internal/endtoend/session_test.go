// Package endtoend runs specgen as a user does, and holds what it prints, the
// code it exits with and the files it leaves against what is written down.
//
// A case is a folder of testdata/cases with a file called session:
//
//	$ specgen lint
//	api/acme.yaml:10:5: OP-RETRY no x-retry: ...
//	[exit 1]
//
// A line that begins with $ is a command; what stands below it is what it
// prints, with "! " before a line of standard error. `go test -update` writes
// the answers; read them before you commit them. The commands are specgen, git,
// and those of session.builtin.
//
// The project is that of testdata/base, with the case's folder called files laid
// over it, and then the case's file called edits, or where the session says
// `$ edit`:
//
//	--- api/acme.yaml
//	<<<<
//	      x-retry: never
//	====
//	      x-retry: always
//	>>>>
//
// It is for tests only. Input that would turn into running code, and input that
// is large, is made by a test and not kept here.
package endtoend

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing/fstest"

	"github.com/grantway/grantway/cmd/specgen/internal/cli"
)

// session is a case that is being run.
type session struct {
	dir  string // of the case
	root string // of the project
}

// replay runs the commands of a session and returns it with the answers that
// they gave.
func (s session) replay(text string) (string, error) {
	if !strings.Contains(text, "$ edit\n") {
		if err := s.edit(); err != nil {
			return "", err
		}
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			if strings.HasPrefix(line, "#") {
				out.WriteString(line) // a remark
			}
			continue
		}
		out.WriteString(line)
		if err := s.command(strings.TrimSuffix(command, "\n"), &out); err != nil {
			return "", fmt.Errorf("$ %s: %w", strings.TrimSpace(command), err)
		}
	}
	return out.String(), nil
}

func (s session) command(line string, out *strings.Builder) error {
	words := strings.Fields(line)
	if len(words) == 0 {
		return errors.New("no command")
	}
	if words[0] != "specgen" {
		return s.builtin(words, out)
	}
	var stdout, stderr bytes.Buffer
	code := cli.Run(append([]string{"-C", s.root}, words[1:]...), process(&stdout, &stderr))
	answer(out, "", strings.ReplaceAll(stdout.String(), s.root, "ROOT"))
	// On a slow day any spec takes longer than a second; a test of its own has
	// that line.
	answer(out, "! ", slow.ReplaceAllString(strings.ReplaceAll(stderr.String(), s.root, "ROOT"), ""))
	if code != 0 {
		fmt.Fprintf(out, "[exit %d]\n", code)
	}
	return nil
}

var slow = regexp.MustCompile(`(?m)^specgen: still at .*\n`)

// answer writes what a command printed, so that no line can be taken for a
// command, a remark or an exit code.
func answer(out *strings.Builder, prefix, text string) {
	for line := range strings.Lines(text) {
		if prefix == "" && strings.ContainsAny(line[:1], "$#[!") {
			prefix := "| "
			out.WriteString(prefix)
		}
		out.WriteString(prefix + strings.TrimSuffix(line, "\n") + "\n")
	}
}

// process is one that is the same everywhere.
func process(stdout, stderr io.Writer) cli.Process {
	return cli.Process{
		Stdout: stdout, Stderr: stderr, Getenv: func(string) string { return "" },
		Source: fstest.MapFS{"main.go": {Data: []byte("package main\n")}},
		Build: func() (*debug.BuildInfo, bool) {
			return &debug.BuildInfo{GoVersion: "go1.99", Main: debug.Module{Version: "v1.2.3"}, Deps: []*debug.Module{
				{Path: "github.com/oapi-codegen/oapi-codegen/v2", Version: "v2.0.1"},
				{Path: "github.com/getkin/kin-openapi", Version: "v0.0.2"},
			}}, true
		},
	}
}

// builtin are the commands that change the project between two runs.
func (s session) builtin(words []string, out *strings.Builder) error {
	path := func(i int) string {
		if i >= len(words) || !filepath.IsLocal(words[i]) {
			return filepath.Join(s.root, "no-such-file")
		}
		return filepath.Join(s.root, words[i])
	}
	switch words[0] {
	case "edit":
		return s.edit()
	case "rm":
		return os.RemoveAll(path(1))
	case "mv":
		return os.Rename(path(1), path(2))
	case "cp": // a folder, to compare with
		return os.CopyFS(path(2), os.DirFS(path(1)))
	case "echo": // into a file that may be there
		if err := os.MkdirAll(filepath.Dir(path(1)), 0o755); err != nil {
			return err
		}
		f, err := os.OpenFile(path(1), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) //nolint:gosec // a test's own file
		if err != nil {
			return err
		}
		_, err = f.WriteString(strings.Join(words[2:], " ") + "\n")
		return errors.Join(err, f.Close())
	case "crlf":
		data, err := os.ReadFile(path(1))
		if err != nil {
			return err
		}
		return os.WriteFile(path(1), bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")), 0o600)
	case "head": // the first lines of a file
		data, err := os.ReadFile(path(1))
		lines := strings.SplitAfterN(string(data), "\n", 13)
		answer(out, "| ", strings.Join(lines[:min(12, len(lines))], ""))
		return err
	case "grep": // the lines of a file that have a text
		data, err := os.ReadFile(path(1))
		for line := range strings.Lines(string(data)) {
			if strings.Contains(line, strings.Join(words[2:], " ")) {
				answer(out, "| ", line)
			}
		}
		return err
	case "ls":
		return filepath.WalkDir(path(1), func(name string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				rel, _ := filepath.Rel(s.root, name) // both are absolute
				answer(out, "| ", filepath.ToSlash(rel)+"\n")
			}
			return err
		})
	case "git":
		cmd := exec.Command("git", append([]string{"-c", "user.name=Example", "-c", "user.email=someone@example.com", "-c", "commit.gpgsign=false"}, words[1:]...)...)
		cmd.Dir = s.root
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
		text, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, text)
		}
		return nil
	}
	return errors.New("no such command here")
}

// edit carries out the case's edits, if it has any. Each old text has to be
// there exactly once, so that no case passes because it changed nothing.
func (s session) edit() error {
	data, err := os.ReadFile(filepath.Join(s.dir, "edits"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	edits, err := parseEdits(string(data))
	if err != nil {
		return err
	}
	for _, e := range edits {
		name := filepath.Join(s.root, filepath.FromSlash(e.file))
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if n := strings.Count(string(text), e.old); n != 1 {
			return fmt.Errorf("edits: %s: the text to replace is there %d times, not once: %q", e.file, n, e.old)
		}
		if err := os.WriteFile(name, []byte(strings.Replace(string(text), e.old, e.new, 1)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

type edit struct{ file, old, new string }

func parseEdits(text string) ([]edit, error) {
	var edits []edit
	var e edit
	var into *string
	for line := range strings.Lines(text) {
		switch word := strings.TrimSuffix(line, "\n"); {
		case into == nil && strings.HasPrefix(word, "--- "):
			e.file = word[len("--- "):]
		case into == nil && word == "<<<<" && e.file != "":
			e.old, e.new = "", ""
			into = &e.old
		case into == &e.old && word == "====":
			into = &e.new
		case into == &e.new && word == ">>>>":
			edits = append(edits, e)
			into = nil
		case into != nil:
			*into += line
		case word != "":
			return nil, fmt.Errorf("edits: %q is out of place", word)
		}
	}
	if into != nil || len(edits) == 0 {
		return nil, errors.New("edits: there is none, or the last one does not end")
	}
	return edits, nil
}
