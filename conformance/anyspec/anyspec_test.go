package anyspec

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

const config = `version: 1
clients:
  - spec: api/odd.yaml
    package: oddapi
    dir: gen/oddapi
`

// module makes a user's module with the spec, its package, and the tests of it in
// the file named.
func module(t *testing.T, spec, tests string) string {
	t.Helper()
	root := repo.Root(t)
	dir := gocmd.Write(t, map[string]string{
		"api/specgen.yaml": config,
		"api/odd.yaml":     spec,
		"api/SOURCES.md":   "# Sources\n\n## Odd: keepSecrets\n\n## Odd: sendForm\n\n## Odd: listSecrets\n\n## Odd: operations\n\n## Odd: putNulls\n\n## Odd: holdLimits\n",
		"go.mod": "module odd.test\n\ngo 1.25.0\n\nrequire github.com/grantway/grantway v0.0.0\n\nreplace github.com/grantway/grantway => " +
			filepath.ToSlash(root) + "\n",
		"odd_test.go": tests,
	})
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func generate(t *testing.T, dir string) (string, error) {
	t.Helper()
	return gocmd.Try(t, filepath.Join(repo.Root(t), "cmd", "specgen"), "run", ".", "generate", "-C", dir)
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// inside are the tests in testdata/odd_test.txt, run against what is generated of
// testdata/odd.yaml: they fill every secret, send it, read it off the wire, get it
// back, and print all that has been sent and received. They run once, for all the
// checks that are among them.
var inside struct {
	once sync.Once
	out  string // what go test -v printed
	err  error
}

func ran(t *testing.T) (out string, err error) {
	t.Helper()
	inside.once.Do(func() {
		inside.err = errors.New("the tests inside were not run")
		dir := module(t, read(t, "odd.yaml"), read(t, "odd_test.txt"))
		if inside.out, inside.err = generate(t, dir); inside.err == nil {
			inside.out, inside.err = gocmd.Try(t, dir, "test", "-count=1", "-v", ".")
		}
	})
	return inside.out, inside.err
}

// within fails unless the test of that check has passed, and logs its figure.
func within(t *testing.T, check string) {
	t.Helper()
	out, err := ran(t)
	figure, verdict := verdictOf(out, check)
	if verdict != "" {
		t.Errorf("%s: %v", verdict, err)
	}
	if figure != "" {
		t.Log(figure)
	}
}

// verdictOf reads what go test -v printed: the figure of a check, and what is wrong
// with it, or "".
func verdictOf(out, check string) (figure, wrong string) {
	at, passed := "", 0
	for line := range strings.Lines(out) {
		if name, ok := strings.CutPrefix(line, "=== RUN   "); ok {
			at = name
		}
		_, text, ok := strings.Cut(line, ": figure: ")
		if ok && strings.HasPrefix(at, check+"_") {
			figure = "figure: " + strings.TrimSpace(text)
		}
		switch {
		case strings.HasPrefix(line, "--- FAIL: "+check+"_"):
			return figure, check + " failed"
		case strings.HasPrefix(line, "--- PASS: "+check+"_"):
			passed++
		}
	}
	if passed == 0 {
		return figure, check + " did not run to its end"
	}
	return figure, ""
}

func TestCheck102_WhateverIsMarkedSecretPrintsRedacted(t *testing.T) { within(t, "TestCheck102") }

func TestCheck106_AParameterCannotChangeTheEndpoint(t *testing.T) { within(t, "TestCheck106") }

func TestCheck107_NamesOfASpecNeverMeetTheGeneratorsOwn(t *testing.T) { within(t, "TestCheck107") }

// What no check is about has to pass as well.
func TestAPackageOfAnySpec(t *testing.T) {
	if _, err := ran(t); err != nil {
		t.Fatal(err)
	}
}

func TestTheVerdictOnATestInsideIsItsOwn(t *testing.T) {
	const run = "=== RUN   TestCheck001_A\n    a_test.go:1: figure: 7 calls\n--- PASS: TestCheck001_A (0.00s)\n" +
		"=== RUN   TestCheck002_B\n    a_test.go:1: figure: 8 calls\n    a_test.go:2: bad\n--- FAIL: TestCheck002_B (0.00s)\n=== RUN   TestCheck003_C\npanic: bad\n"
	for check, want := range map[string][2]string{
		"TestCheck001": {"figure: 7 calls", ""},
		"TestCheck002": {"figure: 8 calls", "TestCheck002 failed"},
		"TestCheck003": {"", "TestCheck003 did not run to its end"},
		"TestCheck004": {"", "TestCheck004 did not run to its end"},
	} {
		if figure, wrong := verdictOf(run, check); figure != want[0] || wrong != want[1] {
			t.Errorf("%s: %q, %q, want %q", check, figure, wrong, want)
		}
	}
}
