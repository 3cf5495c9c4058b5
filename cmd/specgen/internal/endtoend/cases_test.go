package endtoend

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/lint"
	"github.com/grantway/grantway/cmd/specgen/internal/rule"
)

var update = flag.Bool("update", false, "write what the sessions print now")

const cases = "testdata/cases"

// newSession lays out the project of a case.
func newSession(t *testing.T, dir string) session {
	t.Helper()
	s := session{dir: dir, root: t.TempDir()}
	for _, from := range []string{"testdata/base", filepath.Join(dir, "files")} {
		err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, err := filepath.Rel(from, name)
			if err != nil {
				return err
			}
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			place := filepath.Join(s.root, rel)
			return errors.Join(os.MkdirAll(filepath.Dir(place), 0o755), os.WriteFile(place, data, 0o600))
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return s
}

func TestCases(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: a hundred sessions, each in a project of its own")
	}
	for name, want := range sessions(t) {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(want, "$ git ") {
				if _, err := exec.LookPath("git"); err != nil {
					t.Skip("no git here:", err)
				}
			}
			got, err := newSession(t, filepath.Join(cases, name)).replay(want)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case got == want:
			case *update:
				if err := os.WriteFile(filepath.Join(cases, name, "session"), []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("got:\n%s\nwant:\n%s\n(`go test ./internal/endtoend -update` writes what it prints now)", got, want)
			}
		})
	}
}

// sessions are the texts of the cases by their names.
func sessions(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(cases, e.Name(), "session"))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(data)
	}
	return out
}

// atLeast is how many cases there are to be.
const atLeast = 60

// elsewhere are the rules that no folder shows, for their input is made by a
// test of this package.
var elsewhere = map[string]string{
	"SPEC-SIZE":  "TestAFileThatIsTooLargeIsRefused",
	"SPEC-DEPTH": "TestAFileThatIsTooDeepIsRefused",
}

func TestEachRuleIsShown(t *testing.T) {
	all := sessions(t)
	if len(all) < atLeast {
		t.Errorf("%d cases, want at least %d", len(all), atLeast)
	}
	for _, r := range rule.All() {
		if _, ok := elsewhere[r.ID]; !ok && !shown(all, r.ID) {
			t.Errorf("no case shows %s", r.ID)
		}
	}
	if shown(all, "NO-SUCH") {
		t.Error("a rule that is none counts as shown")
	}
	// Each rule of the lint fails in one case and passes in another that looks
	// much like it.
	for _, r := range lint.Rules() {
		name := "lint-" + strings.ToLower(r.ID)
		if text := all[name+"-fails"]; !strings.Contains(text, ": "+r.ID+" ") || !strings.Contains(text, "[exit 1]") {
			t.Errorf("%s-fails does not fail by %s", name, r.ID)
		}
		if text, ok := all[name+"-passes"]; !ok || strings.Contains(text, "[exit") {
			t.Errorf("%s-passes is not there or does not pass", name)
		}
	}
}

// shown tells whether a session reports a finding of the rule.
func shown(all map[string]string, id string) bool {
	for _, text := range all {
		if strings.Contains(text, ": "+id+" ") {
			return true
		}
	}
	return false
}

func TestASessionThatDiffersIsSeen(t *testing.T) {
	s := newSession(t, t.TempDir())
	const text = "$ specgen lint\n$ specgen frobnicate\n! specgen: unknown command \"frobnicate\"; `specgen help` lists what there is\n[exit 2]\n"
	got, err := s.replay(text)
	if err != nil || got != text {
		t.Errorf("got %q, %v", got, err)
	}
	for _, wrong := range []string{
		strings.Replace(text, "[exit 2]", "[exit 1]", 1),
		strings.Replace(text, "[exit 2]\n", "", 1),
		strings.Replace(text, "! specgen", "specgen", 1),
		strings.Replace(text, "lint\n", "lint\nmore\n", 1),
	} {
		if got, err := s.replay(wrong); err != nil || got == wrong {
			t.Errorf("it goes unseen: %q, %v", wrong, err)
		}
	}
	for _, broken := range []string{"$ frobnicate\n", "$ \n", "$ mv no-such-file x\n"} {
		if _, err := s.replay(broken); err == nil {
			t.Errorf("%q passes", broken)
		}
	}
}

func TestEditsThatDoNotApplyAreRefused(t *testing.T) {
	for _, text := range []string{
		"", "--- api/acme.yaml\n", "<<<<\na\n====\nb\n>>>>\n", "--- api/acme.yaml\n<<<<\nno such text\n====\n>>>>\n",
		"--- api/acme.yaml\n<<<<\n  \n====\n>>>>\n", "--- api/none.yaml\n<<<<\na\n====\n>>>>\n", "--- api/acme.yaml\n<<<<\na\n====\n",
		"--- api/acme.yaml\nstray\n",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "edits"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := newSession(t, dir).edit(); err == nil {
			t.Errorf("%q applies", text)
		}
	}
}
