package cli

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.path(name), []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
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

func run(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Run(args, &out, &errs)
	return code, out.String(), errs.String()
}

// want runs a command and returns its lines on standard output.
func (p *sandbox) want(command string, code int) []string {
	p.t.Helper()
	got, stdout, stderr := run("-C", p.root, command)
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

func TestGenerateThenCheckIsClean(t *testing.T) {
	p := newProject(t)
	got := p.want("generate", exitOK)
	want := []string{"created gen/acmeapi/client.gen.go", "created gen/acmeapi/operations.gen.go", "created gen/MANIFEST"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
	before := p.files()
	for _, command := range []string{"check", "lint", "generate"} {
		if got := p.want(command, exitOK); got[0] != "" {
			t.Errorf("%s of an up-to-date project says %q", command, got)
		}
	}
	p.unchanged(before)
}

func TestEachKindOfDriftMakesCheckFailAndNamesTheFile(t *testing.T) {
	const client = "gen/acmeapi/client.gen.go"
	for _, c := range []struct {
		name   string
		drift  func(*sandbox)
		begins string
	}{
		{"a byte changed in gen", func(p *sandbox) {
			p.write(client, strings.Replace(p.read(client), "type Client struct", "type client struct", 1))
		}, client + ":"},
		{"a file deleted", func(p *sandbox) { p.remove(client) }, client + ":1:1: GEN-MISSING"},
		{"the manifest deleted", func(p *sandbox) { p.remove("gen/MANIFEST") }, "gen/MANIFEST:1:1: GEN-MISSING"},
		{"a file added", func(p *sandbox) { p.write("gen/acmeapi/mine.go", "package acmeapi\n") }, "gen/acmeapi/mine.go:1:1: GEN-ORPHAN"},
		{"a file added elsewhere in gen", func(p *sandbox) { p.write("gen/notes.txt", "x") }, "gen/notes.txt:1:1: GEN-ORPHAN"},
		{"a spec changed", func(p *sandbox) {
			p.write(spectest.Name, spectest.Spec+"# a comment is a change too\n")
		}, client + ":3:"},
		{"an entry taken out of the config", func(p *sandbox) {
			p.write("api/other.yaml", spectest.Spec)
			p.write("api/specgen.yaml", strings.ReplaceAll(spectest.Config, "acme", "other"))
		}, client + ":1:1: GEN-ORPHAN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := generated(t)
			c.drift(p)
			before := p.files()
			p.wantFinding("check", c.begins)
			p.unchanged(before)
		})
	}
	// The inverse is TestGenerateThenCheckIsClean: without drift check is silent.
}

func TestCheckTellsAHandEditFromASpecThatMovedOn(t *testing.T) {
	p := generated(t)
	p.write("gen/acmeapi/client.gen.go", p.read("gen/acmeapi/client.gen.go")+"// mine\n")
	if got := p.want("check", exitFindings); len(got) != 1 || !strings.Contains(got[0], "GEN-CHANGED edited by hand") {
		t.Errorf("got %q", got)
	}
	p = generated(t)
	p.write(spectest.Name, spectest.Spec+"# more\n")
	for _, line := range p.want("check", exitFindings) {
		if !strings.Contains(line, "GEN-STALE "+spectest.Name+" changed since") {
			t.Errorf("got %q", line)
		}
	}
}

func TestGenerateMendsDrift(t *testing.T) {
	p := generated(t)
	before := p.files()
	p.write("gen/acmeapi/client.gen.go", "package acmeapi\n")
	p.remove("gen/acmeapi/operations.gen.go")
	got := p.want("generate", exitOK)
	if strings.Join(got, ",") != "updated gen/acmeapi/client.gen.go,created gen/acmeapi/operations.gen.go" {
		t.Errorf("got %q", got)
	}
	p.unchanged(before)
}

func TestGenerateRemovesItsOwnOrphansOnly(t *testing.T) {
	p := generated(t)
	p.write("gen/acmeapi/mine.go", "package acmeapi\n")
	p.write("api/other.yaml", spectest.Spec)
	p.write("api/specgen.yaml", strings.ReplaceAll(spectest.Config, "acme", "other"))
	p.wantFinding("generate", "gen/acmeapi/mine.go:1:1: GEN-ORPHAN specgen did not write this file")
	if _, err := os.Stat(p.path("gen/acmeapi/client.gen.go")); !os.IsNotExist(err) {
		t.Errorf("the old client is still there: %v", err)
	}
	if p.read("gen/acmeapi/mine.go") != "package acmeapi\n" || !strings.Contains(p.read("gen/otherapi/client.gen.go"), "package otherapi") {
		t.Error("what somebody else wrote has to stay, and the new client has to be there")
	}
}

func TestABrokenSpecHasFileLineAndRuleAndLeavesGenAsItIs(t *testing.T) {
	for _, c := range []struct{ name, spec, begins string }{
		{"broken YAML", "openapi: 3.0.3\ninfo: [\n", "api/acme.yaml:3:1: YAML-SYNTAX "},
		{"an empty spec", "", "api/acme.yaml:1:1: SPEC-EMPTY "},
		{"a reference out of the file", spectest.Edit(t, "'#/components/schemas/TokenRequest'", "'/etc/hostname'"), "api/acme.yaml:20:21: REF-EXTERNAL "},
		{"no x-retry", spectest.Edit(t, "      x-retry: never\n", ""), "api/acme.yaml:10:5: OP-RETRY "},
		{"a name that collides", strings.ReplaceAll(spectest.Spec, "TokenRequest", "Operation"), "api/acme.yaml:68:5: GEN-BROKEN "},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := generated(t)
			p.write(spectest.Name, c.spec)
			before := p.files()
			p.wantFinding("generate", c.begins)
			p.wantFinding("check", c.begins)
			p.unchanged(before)
		})
	}
}

func TestWhatOnlyTheToolchainSeesLeavesGenAsItIs(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command:", err)
	}
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "")
	p := newProject(t)
	p.write("go.mod", "module example.com/m\n\ngo 1.25.0\n")
	p.want("generate", exitOK)
	// A file that is there already is none of the in-process gate's business,
	// but the compiler sees it.
	p.write("gen/acmeapi/mine.go", "package acmeapi\n\ntype Extra int\n")
	p.write(spectest.Name, spectest.Edit(t, "        short_lived:\n          type: boolean\n", "        extra:\n          $ref: '#/components/schemas/Extra'\n",
		"    Error:\n", "    Extra:\n      type: string\n    Error:\n"))
	before := p.files()
	p.wantFinding("generate", "api/acme.yaml:1:1: GEN-BROKEN ")
	p.unchanged(before)
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
		{"a folder without config", []string{"-C", t.TempDir(), "check"}, "api/specgen.yaml"},
		{"a folder that is not there", []string{"-C", filepath.Join(p.root, "no"), "check"}, "api/specgen.yaml"},
		{"a config with an unknown key", []string{"-C", broken.root, "check"}, "api/specgen.yaml:2:1: CONFIG "},
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

func TestALinkInGenIsRefused(t *testing.T) {
	p := newProject(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, p.path("gen")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	code, _, stderr := run("-C", p.root, "generate")
	if code != exitCannot || !strings.Contains(stderr, "symbolic link") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("written outside: %v, %v", entries, err)
	}
}

func TestHelpDocumentsCommandsConfigAndExitCodes(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}, {"check", "-h"}} {
		code, stdout, stderr := run(args...)
		if code != exitOK || stderr != "" {
			t.Errorf("%v: exit %d, stderr %q", args, code, stderr)
		}
		for _, want := range []string{"-C dir", "api/specgen.yaml", "clients:", "spec:", "package:", "dir:", "options:", "Exit codes", "0 ", "1 ", "2 "} {
			if !strings.Contains(stdout, want) {
				t.Errorf("%v: the help lacks %q", args, want)
			}
		}
		for name := range commands {
			if !strings.Contains(stdout, "    "+name+" ") {
				t.Errorf("%v: the help lacks the command %s", args, name)
			}
		}
	}
}

func TestTheConfigInTheHelpIsOne(t *testing.T) {
	_, after, _ := strings.Cut(help, "which package:\n\n")
	example, _, _ := strings.Cut(after, "\n\n")
	var config strings.Builder
	for line := range strings.Lines(example + "\n") {
		config.WriteString(strings.TrimPrefix(line, "        "))
	}
	p := newProject(t)
	p.write("api/specgen.yaml", config.String())
	p.want("lint", exitOK)
}
