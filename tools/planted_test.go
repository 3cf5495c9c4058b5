package tools

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// goMod makes testdata/planted a module of the project's name: the lists of
// imports go by it. Another module is a folder, so that nothing is downloaded.
const goMod = `module github.com/grantway/grantway

go 1.25.0

require github.com/getkin/kin-openapi v0.0.0

replace github.com/getkin/kin-openapi => ./other/kin-openapi
`

// mark is a finding. In testdata/planted a comment promises it for the next line:
// "// want: LINTER TEXT" of one that is reported, "// excepted: LINTER TEXT" of
// one that would be, were it not for an exclusion of the config.
type mark struct {
	file     string
	line     int
	linter   string
	text     string
	excepted bool
}

var promise = regexp.MustCompile(`^\s*// (want|excepted): (\S+) (.+)$`)

func (m mark) String() string { return fmt.Sprintf("%s:%d: %s: %s", m.file, m.line, m.linter, m.text) }

// promises reports whether f is what m says.
func (m mark) promises(f mark) bool {
	return m.file == f.file && m.line == f.line && m.linter == f.linter && strings.Contains(f.text, m.text)
}

func TestEachLinterSeesWhatIsPlanted(t *testing.T) {
	dir := planted(t)
	promised := marks(t, dir)
	wanted := slices.DeleteFunc(slices.Clone(promised), func(m mark) bool { return m.excepted })
	config := read(t, "../.golangci.yml")

	found := lint(t, dir, config)
	compare(t, found, wanted)

	for _, linter := range enabled(t, dir) {
		if !slices.ContainsFunc(found, func(f mark) bool { return f.linter == linter }) {
			t.Errorf("%s is enabled, and nothing is planted that it sees", linter)
		}
	}
	for _, list := range submatches(t, config, `(?m)^        ([a-z-]+):$`) {
		if !slices.ContainsFunc(found, func(f mark) bool { return strings.Contains(f.text, "'"+list+"'") }) {
			t.Errorf("no import is planted that the list %s forbids", list)
		}
	}
	for _, reason := range submatches(t, config, `(?m)^          msg: (.+)$`) {
		if !slices.ContainsFunc(found, func(f mark) bool { return strings.Contains(f.text, reason) }) {
			t.Errorf("nothing is planted that is forbidden because %s", reason)
		}
	}

	// The inverse of an exclusion: without it there is a finding.
	from, to := strings.Index(config, "\n    rules:\n      # "), strings.Index(config, "\nissues:\n")
	if from < 0 || to < from {
		t.Fatal("the config has no exclusions where this test looks for them")
	}
	all := lint(t, dir, config[:from]+config[to:])
	compare(t, all, promised)
	for _, text := range submatches(t, config[from:to], `(?m)^        text: (.+)$`) {
		re, err := regexp.Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(all, func(f mark) bool { return re.MatchString(f.text) && !slices.Contains(found, f) }) {
			t.Errorf("nothing is planted that is excluded by %s", text)
		}
	}
}

// planted is a copy of testdata/planted. The config names its folders from its
// own, so it stands at the top of the copy.
func planted(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS("testdata/planted")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.mod"), goMod)
	write(t, filepath.Join(dir, "other/kin-openapi/go.mod"), "module github.com/getkin/kin-openapi\n")
	return dir
}

// marks are the findings that the comments below dir promise.
func marks(t *testing.T, dir string) []mark {
	t.Helper()
	var out []mark
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" {
			return err
		}
		var pending []mark
		for i, line := range strings.Split(read(t, filepath.Join(dir, name)), "\n") {
			if p := promise.FindStringSubmatch(line); p != nil {
				pending = append(pending, mark{file: name, linter: p[2], text: p[3], excepted: p[1] == "excepted"})
			} else if strings.TrimSpace(line) != "" {
				for _, m := range pending {
					m.line = i + 1
					out = append(out, m)
				}
				pending = nil
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// lint returns what golangci-lint finds in dir with that config.
func lint(t *testing.T, dir, config string) []mark {
	t.Helper()
	write(t, filepath.Join(dir, ".golangci.yml"), config)
	report := filepath.Join(t.TempDir(), "report.json")
	out, err := golangci(t, dir, "run", "--output.json.path="+report).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) { // 1: there are findings
		t.Fatalf("golangci-lint: %v\n%s", err, out)
	}
	var result struct {
		Issues []struct {
			FromLinter, Text string
			Pos              struct {
				Filename string
				Line     int
			}
		}
	}
	if err := json.Unmarshal([]byte(read(t, report)), &result); err != nil {
		t.Fatal(err)
	}
	var found []mark
	for _, x := range result.Issues {
		found = append(found, mark{file: filepath.ToSlash(x.Pos.Filename), line: x.Pos.Line, linter: x.FromLinter, text: x.Text})
	}
	return found
}

// compare fails for what was found and not promised, and the other way round.
func compare(t *testing.T, found, want []mark) {
	t.Helper()
	for _, f := range found {
		if !slices.ContainsFunc(want, func(m mark) bool { return m.promises(f) }) {
			t.Errorf("found and not planted: %s", f)
		}
	}
	for _, m := range want {
		if !slices.ContainsFunc(found, m.promises) {
			t.Errorf("planted and not found: %s", m)
		}
	}
}

// enabled are the names of the linters that the config in dir turns on.
func enabled(t *testing.T, dir string) []string {
	t.Helper()
	out, err := golangci(t, dir, "linters", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Enabled []struct{ Name string } }
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range list.Enabled {
		names = append(names, l.Name)
	}
	if len(names) == 0 {
		t.Fatalf("no linter is enabled: %s", out)
	}
	return names
}

// golangci is the pinned golangci-lint, to be run in dir.
func golangci(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := exec.CommandContext(t.Context(), "go", "tool", "-n", "golangci-lint").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), strings.TrimSpace(string(program)), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOTOOLCHAIN=local")
	return cmd
}

// submatches are what the group of re matches in text, at least once.
func submatches(t *testing.T, text, re string) []string {
	t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(re).FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	if len(out) == 0 {
		t.Fatalf("the config has nothing like %s", re)
	}
	return out
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
