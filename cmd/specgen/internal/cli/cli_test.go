package cli

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// sandbox is a small project on the disk.
type sandbox struct {
	t    *testing.T
	root string
}

func newProject(t *testing.T) *sandbox {
	t.Helper()
	p := &sandbox{t, t.TempDir()}
	p.write("api/specgen.yaml", spectest.Config)
	p.write(spectest.Name, spectest.Spec)
	p.write("api/SOURCES.md", spectest.Sources)
	return p
}

// generated is a project that is up to date.
func generated(t *testing.T) *sandbox {
	t.Helper()
	p := newProject(t)
	p.want("generate", exitOK)
	return p
}

func (p *sandbox) path(name string) string { return filepath.Join(p.root, filepath.FromSlash(name)) }

func (p *sandbox) write(name, content string) {
	p.t.Helper()
	spectest.Put(p.t, p.root, name, content)
}

func (p *sandbox) read(name string) string {
	p.t.Helper()
	data, err := os.ReadFile(p.path(name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

func (p *sandbox) remove(name string) {
	p.t.Helper()
	if err := os.Remove(p.path(name)); err != nil {
		p.t.Fatal(err)
	}
}

// files is everything below the root, to see that nothing changed.
func (p *sandbox) files() map[string]string {
	p.t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(p.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		out[path] = string(data)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

func (p *sandbox) unchanged(before map[string]string) {
	p.t.Helper()
	after := p.files()
	if len(after) != len(before) {
		p.t.Errorf("%d files became %d", len(before), len(after))
	}
	for path, content := range before {
		if after[path] != content {
			p.t.Errorf("%s changed", path)
		}
	}
}

// ownSource stands for the source of specgen.
var ownSource = fstest.MapFS{"main.go": {Data: []byte("package main\n")}}

var ownBuild = &debug.BuildInfo{GoVersion: "go1.99", Deps: []*debug.Module{{Path: "github.com/getkin/kin-openapi", Version: "v0.0.1"}}}

func process(stdout, stderr io.Writer) Process {
	return Process{
		Stdout: stdout, Stderr: stderr, Getenv: func(string) string { return "" }, Source: ownSource,
		Build: func() (*debug.BuildInfo, bool) { return ownBuild, true },
	}
}

func run(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Run(args, process(&out, &errs))
	return code, out.String(), notes.ReplaceAllString(errs.String(), "")
}

// notes are what a user is told while he waits, which depends on the machine, and that
// the project is no Go module, which most are not here.
var notes = regexp.MustCompile(`(?m)^specgen: (still at |no go\.mod here, ).*\n`)

// want runs a command, of several words maybe, and returns its lines on standard output.
func (p *sandbox) want(command string, code int) []string {
	p.t.Helper()
	got, stdout, stderr := run(append([]string{"-C", p.root}, strings.Fields(command)...)...)
	if got != code {
		p.t.Fatalf("%s: exit %d, want %d\nstdout: %s\nstderr: %s", command, got, code, stdout, stderr)
	}
	if code != exitCannot && stderr != "" {
		p.t.Errorf("%s: stderr %q", command, stderr)
	}
	if strings.Contains(stdout, p.root) {
		p.t.Errorf("%s names a folder of the machine: %s", command, stdout)
	}
	return strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
}

func (p *sandbox) wantFinding(command, begins string) {
	p.t.Helper()
	lines := p.want(command, exitFindings)
	for _, line := range lines {
		if strings.HasPrefix(line, begins) {
			return
		}
	}
	p.t.Errorf("%s: no line begins with %q: %q", command, begins, lines)
}

func TestBadArgumentsAndInputsExitTwoAndSayWhy(t *testing.T) {
	p := newProject(t)
	broken := newProject(t)
	broken.write("api/specgen.yaml", "version: 1\ncolour: red\n")
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no command", nil, "no command"},
		{"an unknown command", []string{"make"}, `"make"`},
		{"an unknown flag", []string{"-x", "check"}, "-x"},
		{"an unknown flag after the command", []string{"check", "--fast"}, "-fast"},
		{"a flag without its value", []string{"check", "-C"}, "-C"},
		{"one argument too many", []string{"check", "api/acme.yaml"}, `"api/acme.yaml"`},
		{"a format that is none", []string{"--format", "xml", "check"}, "text, json or github"},
		{"a flag of another command", []string{"lint", "--full"}, "-full"},
		{"a command's flag before it", []string{"--full", "check"}, "-full"},
		{"no rule to explain", []string{"explain"}, "no RULE"},
		{"two rules to explain", []string{"explain", "OP-ID", "OP-RETRY"}, `"OP-RETRY"`},
		{"a rule that is none", []string{"explain", "OP-IDS"}, "did you mean OP-ID"},
		{"a rule that is far from any", []string{"explain", "NO-SUCH-RULE-AT-ALL"}, "`specgen rules`"},
		{"a folder without config", []string{"-C", t.TempDir(), "check"}, "api/specgen.yaml"},
		{"a folder that is not there", []string{"-C", filepath.Join(p.root, "no"), "check"}, "api/specgen.yaml"},
		{"a config with an unknown key", []string{"-C", broken.root, "check"}, "api/specgen.yaml:2:1: CFG-KEY "},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := run(c.args...)
			if code != exitCannot || stdout != "" || !strings.Contains(stderr, c.want) || strings.Contains(stderr, "goroutine") {
				t.Errorf("exit %d, stdout %q, stderr %q; want exit 2 and %q", code, stdout, stderr, c.want)
			}
		})
	}
}

func TestTheFolderMayStandAfterTheCommand(t *testing.T) {
	p := newProject(t)
	if code, _, stderr := run("lint", "-C", p.root); code != exitOK {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
