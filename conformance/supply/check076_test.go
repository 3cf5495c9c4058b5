package supply_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
)

// minVersions are the first releases without the faults that the scorecard
// names.
var minVersions = map[string]string{
	"github.com/oapi-codegen/oapi-codegen/v2": "v2.8.2",
	"github.com/getkin/kin-openapi":           "v0.144.0",
}

// generatorFaults says what the generator's go.mod lacks.
func generatorFaults(m modFile) []string {
	var faults []string
	for path, want := range minVersions {
		found := ""
		for _, r := range m.Require {
			if r.Path == path && !r.Indirect {
				found = r.Version
			}
		}
		if !atLeast(found, want) {
			faults = append(faults, path+" is at "+found+", want "+want)
		}
	}
	if len(m.Replace) > 0 {
		faults = append(faults, "a replace line: what is pinned is not what is built")
	}
	return faults
}

func TestCheck076_TheGeneratorIsPinnedAndGeneratingAgainChangesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: everything is generated again")
	}
	m := parse(t, string(repo.Read(t, "cmd/specgen/go.mod")))
	for _, fault := range generatorFaults(m) {
		t.Errorf("cmd/specgen/go.mod: %s", fault)
	}
	var pins []string
	for _, r := range m.Require {
		if minVersions[r.Path] != "" {
			pins = append(pins, r.Path+" "+r.Version)
		}
	}

	root := repo.Root(t)
	if exit, out := runSpecgen(t, root, "check"); exit != 0 {
		t.Errorf("specgen check: exit %d\n%s", exit, out)
	}
	fresh := copyProject(t)
	if err := os.RemoveAll(filepath.Join(fresh, "gen")); err != nil {
		t.Fatal(err)
	}
	if exit, out := runSpecgen(t, fresh, "generate"); exit != 0 {
		t.Fatalf("specgen generate: exit %d\n%s", exit, out)
	}
	changed, files := differences(t, root, fresh)
	for _, path := range changed {
		t.Errorf("gen/%s is not what the specs make", path)
	}
	t.Logf("figure: %s pinned; specgen check exits 0; generating %d files again changes %d", strings.Join(pins, ", "), files, len(changed))
}

func TestCheck076_AnOlderGeneratorIsRefused(t *testing.T) {
	good := string(repo.Read(t, "cmd/specgen/go.mod"))
	oapi := line(t, good, "github.com/oapi-codegen/oapi-codegen/v2 ")
	kin := line(t, good, "github.com/getkin/kin-openapi ")
	for _, c := range []struct{ name, text, want string }{
		{"an older oapi-codegen", strings.Replace(good, oapi, "github.com/oapi-codegen/oapi-codegen/v2 v2.8.1", 1), "oapi-codegen"},
		{"an older kin-openapi", strings.Replace(good, kin, "github.com/getkin/kin-openapi v0.143.9", 1), "kin-openapi"},
		{"no kin-openapi", strings.Replace(good, kin, "", 1), "kin-openapi"},
		{"a replacement", good + "\nreplace github.com/getkin/kin-openapi => ../kin\n", "replace"},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults := strings.Join(generatorFaults(parse(t, c.text)), "; ")
			if !strings.Contains(faults, c.want) {
				t.Errorf("faults: %q, want one about %q", faults, c.want)
			}
		})
	}
}

func TestCheck076_AChangeInGeneratedCodeIsSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: everything is generated again")
	}
	const victim = "gen/squareapi/calls.gen.go"
	for _, c := range []struct {
		name, file string
		change     func(t *testing.T, root string)
	}{
		{"a byte changed", victim, func(t *testing.T, root string) {
			edit(t, root, victim, func(text string) string { return strings.Replace(text, "access_token", "access-token", 1) })
		}},
		{"a file deleted", victim, func(t *testing.T, root string) {
			if err := os.Remove(filepath.Join(root, filepath.FromSlash(victim))); err != nil {
				t.Fatal(err)
			}
		}},
		{"a file added", "gen/squareapi/more.go", func(t *testing.T, root string) {
			if err := os.WriteFile(filepath.Join(root, "gen", "squareapi", "more.go"), []byte("package squareapi\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}},
		{"a spec changed", victim, func(t *testing.T, root string) {
			edit(t, root, "api/square.yaml", func(text string) string { return strings.Replace(text, "maxLength: 191", "maxLength: 190", 1) })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			project := copyProject(t)
			if exit, out := runSpecgen(t, project, "check"); exit != 0 {
				t.Fatalf("before the change: exit %d\n%s", exit, out)
			}
			c.change(t, project)
			exit, out := runSpecgen(t, project, "check")
			if exit != 1 || !strings.Contains(out, c.file) {
				t.Errorf("exit %d, want 1 and a word about %s\n%s", exit, c.file, out)
			}
			if changed, _ := differences(t, repo.Root(t), project); (len(changed) == 0) != (c.name == "a spec changed") {
				t.Errorf("the comparison of the test above sees %v", changed)
			}
		})
	}
}

// edit changes a file, and fails the test if that changes nothing.
func edit(t *testing.T, root, name string, change func(string) string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := change(string(text))
	if changed == string(text) {
		t.Fatalf("%s: nothing to change", name)
	}
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
}
