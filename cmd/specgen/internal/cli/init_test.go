package cli

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/starter"
)

// besides is what the copy of a checkout does without.
var besides = []string{"cmd", "conformance", "bench", "examples", "docs"}

// checkout is a copy of the root module in which this test is, whatever
// providers it has by now, with the one folder of another module that vet can
// look at from there.
func checkout(t *testing.T) *sandbox {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: the project is copied, and what is added to it compiled")
	}
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		t.Fatal("the path of this file is unknown: build without -trimpath")
	}
	// As a user has it: without the workspace.
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "-mod=mod -trimpath")
	p := &sandbox{t, t.TempDir()}
	above := os.DirFS(filepath.Join(filepath.Dir(file), "..", "..", "..", ".."))
	for _, from := range []string{".", "conformance/internal/calls"} {
		err := fs.WalkDir(above, from, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains(besides, name)):
				return fs.SkipDir
			case !d.Type().IsRegular():
				return nil
			}
			data, err := fs.ReadFile(above, name)
			p.write(name, string(data))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	// Whatever specgen this test is, gen/ is by it.
	if code, _, stderr := run("-C", p.root, "generate"); code != exitOK {
		t.Fatalf("generate: exit %d, %s", code, stderr)
	}
	return p
}

// goCommand runs go in the copy.
func (p *sandbox) goCommand(args ...string) (string, error) {
	cmd := exec.CommandContext(p.t.Context(), "go", args...)
	cmd.Dir = p.root
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// about runs go in the copy, which has to build, and returns what it complains of the
// providers of a name. What it says of others is for the tests of the project.
func (p *sandbox) about(name string, args ...string) (complaints string) {
	out, err := p.goCommand(args...)
	if err == nil {
		return ""
	}
	for line := range strings.Lines(out) {
		if strings.Contains(line, name) || strings.Contains(line, "panic") || strings.Contains(line, "build failed") {
			complaints += line
		}
	}
	return complaints
}

// newcomer is a name that no provider has.
const newcomer = "newcomer"

// starters are what is begun in one checkout: each way of authentication, bodies and
// the other parts by turns.
var starters = [][]string{
	{"basicform"},
	{"basicraw", "--auth", "basic-raw", "--body", "json", "--pkce", "none", "--expiry", "none"},
	{"clientheader", "--auth", "client-header", "--body", "json", "--expiry", "timestamp"},
	{"bodysecret", "--auth", "body-secret", "--pkce", "none"},
	{"none", "--auth", "none"},
	{"bearer", "--auth", "bearer", "--body", "form"},
	{"baretoken", "--auth", "bare-token"},
}

// Every starter in one checkout, one init after the other: the wrappers build, are
// vetted, and pass their own tests and the checks over all providers.
func TestEveryStarterBuildsAndPassesItsTests(t *testing.T) {
	p := checkout(t)
	var packages []string
	for _, s := range starters {
		name := newcomer + s[0]
		code, stdout, stderr := run(append([]string{"-C", p.root, "init", name}, s[1:]...)...)
		if code != exitOK {
			t.Fatalf("%s: exit %d, %s", s, code, stderr)
		}
		lines := strings.Split(stdout, "\n")
		for _, want := range []string{"created " + name + "/client.go", "changed api/specgen.yaml", "created gen/" + name + "api/calls.gen.go", "Next:"} {
			if !slices.Contains(lines, want) {
				t.Errorf("%s: no line %q in %q", s, want, lines)
			}
		}
		packages = append(packages, "./"+name+"/...")
	}
	for _, args := range [][]string{{"check"}, {"check", "--full"}, {"lint"}} {
		if code, stdout, _ := run(append(args, "-C", p.root)...); code != exitOK || stdout != "" {
			t.Errorf("%s: exit %d, %s", args, code, stdout)
		}
	}
	// What every gate lets pass, todo lists: each rule of it, for each starter.
	code, stdout, _ := run("todo", "-C", p.root)
	for _, want := range []string{"TODO-REPLACE", "TODO-HOST", "TODO-SOURCE", "TODO-DRAFT"} {
		if got := strings.Count(stdout, want); code != exitFindings || got < len(packages) {
			t.Errorf("todo: exit %d, %d times %s for %d starters:\n%s", code, got, want, len(packages), stdout)
		}
	}
	if out, err := p.goCommand(slices.Concat([]string{"vet", "./internal/scorecard", "./conformance/internal/calls"}, packages)...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p.write("conformance/go.mod", "module github.com/grantway/grantway/conformance\n") // a module of its own from here on
	if out, err := p.goCommand(append([]string{"test"}, packages...)...); err != nil || strings.Count(out, "ok  \t") != 2*len(packages) {
		t.Errorf("%v\n%s", err, out)
	}
	const checks = "Table|Addition|Check002|Check003|Check004|Check005|Check006|Check007|Check008|Check009|Check014|Check016|Check017|Check018|Check023|Check048|Check049|Check052"
	if out := p.about(newcomer, "test", "-run", checks, "./internal/scorecard"); out != "" {
		t.Error(out)
	}

	// A spec of many kinds: what is written of it is whole too.
	zoo, err := os.ReadFile("testdata/zoo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p.write("api/zoo.yaml", string(zoo))
	if code, stdout, stderr := run("-C", p.root, "init", "--from", "api/zoo.yaml"); code != exitOK {
		t.Fatalf("zoo: exit %d, %s%s", code, stdout, stderr)
	}
	if out, err := p.goCommand("test", "./zoo/..."); err != nil || strings.Count(out, "ok  \t") != 2 {
		t.Errorf("zoo: %v\n%s", err, out)
	}
	p.remove("internal/scorecard/zoo_test.go") // its rows are for a 200, and it has none

	// Inverses: a mistake in a wrapper, and a provider that the scorecard has
	// not heard of.
	client := p.read("newcomerbasicraw/client.go")
	p.write("newcomerbasicraw/client.go", strings.Replace(client, `cfg.ClientSecretFunc, false)`, `cfg.ClientSecretFunc, true)`, 1))
	if out, err := p.goCommand("test", "./newcomerbasicraw/..."); err == nil || !strings.Contains(out, "--- FAIL: TestWire") {
		t.Errorf("inverse: a wrong header passes: %v\n%s", err, out)
	}
	p.write("newcomerbasicraw/client.go", client)
	p.remove("internal/scorecard/newcomernone_test.go")
	if out, err := p.goCommand("test", "-run", "TestTheTable|Check017_Every", "./internal/scorecard"); err == nil ||
		!strings.Contains(out, "no operation of newcomernone is in the table") || !strings.Contains(out, "package newcomernone is not in the table") {
		t.Errorf("inverse: a provider is left out in silence: %v\n%s", err, out)
	}
}

func TestInitThatCannotBeWritesNothing(t *testing.T) {
	p := checkout(t)
	for name, c := range map[string]struct {
		args   []string
		stderr string
	}{
		"no name":                 {[]string{"init"}, "init: no NAME"},
		"a keyword":               {[]string{"init", "func"}, "keyword"},
		"a path":                  {[]string{"init", "../newcomer"}, "not a name"},
		"a provider that exists":  {[]string{"init", "square"}, "square is already there"},
		"a folder that exists":    {[]string{"init", "login"}, "login is already there"},
		"a name that is imported": {[]string{"init", "http"}, "take another"},
		"a scheme that is none":   {[]string{"init", newcomer, "--auth", "digest"}, "basic-form, basic-raw"},
		"no checkout":             {[]string{"init", newcomer, "-C", newProject(t).root}, "run `specgen generate` first"},
	} {
		t.Run(name, func(t *testing.T) {
			before := p.files()
			code, stdout, stderr := run(append([]string{"-C", p.root}, c.args...)...)
			if code != exitCannot || stdout != "" || !strings.Contains(stderr, c.stderr) {
				t.Errorf("exit %d, %q, %q, want %q", code, stdout, stderr, c.stderr)
			}
			p.unchanged(before)
		})
	}
	generated := generated(t)
	if code, _, stderr := run("-C", generated.root, "init", "other"); code != exitCannot || !strings.Contains(stderr, "checkout of Grantway") {
		t.Errorf("a project that is not Grantway: exit %d, %q", code, stderr)
	}
}

func TestInitIntoAGenThatIsEditedIsRefused(t *testing.T) {
	p := checkout(t)
	p.write("gen/squareapi/calls.gen.go", "package squareapi\n")
	before := p.files()
	if code, _, stderr := run("-C", p.root, "init", newcomer); code != exitCannot || !strings.Contains(stderr, "run `specgen generate` first") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	p.unchanged(before)
}

func TestTheHelpHasEveryAuthScheme(t *testing.T) {
	for i, w := range starter.Ways() {
		line := "                   " + w.Name + " "
		if !strings.Contains(help, line) {
			t.Errorf("the help lacks %s", w.Name)
		}
		if _, after, _ := strings.Cut(help, line); i == 0 && !strings.Contains(after[:200], "the default") {
			t.Error("the help does not say which is the default")
		}
	}
}

func TestInitFromASpecAndAChoiceDoNotGoTogether(t *testing.T) {
	for _, args := range [][]string{{"init", "--from", "api/acme.yaml", "acme"}, {"init", "--from", "api/acme.yaml", "--body", "json"}} {
		if code, _, stderr := run(append([]string{"-C", t.TempDir()}, args...)...); code != exitCannot || !strings.Contains(stderr, "all from the spec") {
			t.Errorf("%s: exit %d, %s", args, code, stderr)
		}
	}
}

func TestInitInJSONIsEventsAlone(t *testing.T) {
	p := checkout(t)
	code, stdout, stderr := run("-C", p.root, "--format", "json", "init", newcomer)
	if code != exitOK {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	for _, line := range lines {
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Event != "created" && e.Event != "changed" {
			t.Errorf("%q: %v", line, err)
		} else if p.read(e.Path) == "" {
			t.Errorf("%s is empty", e.Path)
		}
	}
	if !slices.Contains(lines, `{"event":"created","path":"newcomer/client.go"}`) {
		t.Errorf("got %q", lines)
	}
}
