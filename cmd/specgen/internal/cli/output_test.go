package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/rule"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestEachCommandHasEachFormat(t *testing.T) {
	p := newProject(t)
	p.write(spectest.Name, spectest.Edit(t, "      x-retry: never\n", ""))
	for _, command := range []string{"generate", "check", "lint"} {
		for format, begins := range map[string]string{
			"text":   "api/acme.yaml:10:5: OP-RETRY no x-retry",
			"json":   `{"file":"api/acme.yaml","line":10,"col":5,"rule":"OP-RETRY","message":"no x-retry`,
			"github": "::error file=api/acme.yaml,line=10,col=5,title=OP-RETRY::no x-retry",
		} {
			p.wantFinding(command+" --format "+format, begins)
			p.wantFinding("--format="+format+" "+command, begins)
		}
	}
}

func TestWhatGenerateDidIsJSONToo(t *testing.T) {
	p := newProject(t)
	var got []string
	for _, line := range append(p.want("generate --format json", exitOK), p.want("generate --format json", exitOK)...) {
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		got = append(got, e.Event+" "+e.Path)
	}
	if first, last := got[0], got[len(got)-1]; first != "created gen/acmeapi/calls.gen.go" || last != "up to date api/acme.yaml" {
		t.Errorf("got %q", got)
	}
}

func TestABadConfigIsReportedInTheFormatToo(t *testing.T) {
	p := newProject(t)
	p.write("api/specgen.yaml", spectest.Config+"colour: red\n")
	code, stdout, stderr := run("-C", p.root, "--format", "github", "lint")
	if code != exitCannot || stdout != "" || !strings.HasPrefix(stderr, "::error file=api/specgen.yaml,line=6,col=1,title=CFG-KEY::") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestColoursAreForATerminalThatWantsThem(t *testing.T) {
	terminal, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Skip(err)
	}
	defer terminal.Close()
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, c := range []struct {
		name   string
		stdout io.Writer
		env    map[string]string
		want   finding.Palette
	}{
		{"a terminal", terminal, nil, finding.Coloured},
		{"a terminal with NO_COLOR", terminal, map[string]string{"NO_COLOR": "1"}, finding.Plain},
		{"a terminal that knows none", terminal, map[string]string{"TERM": "dumb"}, finding.Plain},
		{"a file", file, nil, finding.Plain},
		{"a buffer", io.Discard, nil, finding.Plain},
	} {
		if _, dev := c.stdout.(*os.File); dev && c.want == finding.Coloured && !isTerminal(c.stdout) {
			t.Skip("no character device here")
		}
		out := newOutput(Process{Stdout: c.stdout, Stderr: io.Discard, Getenv: func(name string) string { return c.env[name] }})
		if out.palette != c.want {
			t.Errorf("%s: got %v", c.name, out.palette)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAnOutputThatIsCutShortIsNoSuccess(t *testing.T) {
	p := generated(t)
	for _, command := range []string{"rules", "help", "version", "explain OP-ID", "generate"} {
		var errs bytes.Buffer
		args := append([]string{"-C", p.root}, strings.Fields(command)...)
		code := Run(args, process(full{}, &errs))
		if code != exitCannot || !strings.Contains(errs.String(), "standard output: no space left") {
			t.Errorf("%s: exit %d: %s", command, code, errs.String())
		}
	}
}

func TestRulesAndExplainShowTheWholeList(t *testing.T) {
	code, list, stderr := run("rules")
	if code != exitOK || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	lines := strings.Split(strings.TrimSuffix(list, "\n"), "\n")
	for i, r := range rule.All() {
		if fields := strings.Fields(lines[i]); fields[0] != r.ID || !strings.HasSuffix(lines[i], " "+r.Title) {
			t.Errorf("got %q for %s", lines[i], r.ID)
		}
		if len(r.ID) > widestRule {
			t.Errorf("%s is wider than its column", r.ID)
		}
		for _, name := range []string{r.ID, strings.ToLower(r.ID)} {
			if code, page, _ := run("explain", name); code != exitOK || page != r.Page {
				t.Errorf("explain %s: exit %d: %q", name, code, page)
			}
		}
	}
	if len(lines) != len(rule.All()) {
		t.Errorf("%d lines for %d rules", len(lines), len(rule.All()))
	}
}

func TestVersionNamesTheGenerator(t *testing.T) {
	code, stdout, stderr := run("version")
	if code != exitOK || stderr != "" || !strings.HasPrefix(stdout, "specgen (devel)\n") || !strings.Contains(stdout, "\nkin-openapi v0.0.1\n") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	var out, errs bytes.Buffer
	p := process(&out, &errs)
	p.Build = func() (*debug.BuildInfo, bool) { return nil, false }
	if code := Run([]string{"version"}, p); code != exitCannot || !strings.Contains(errs.String(), "module information") {
		t.Errorf("without build information: exit %d, %q", code, errs.String())
	}
}
