package supply_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// wantDirect are the direct dependencies of the root module, all of them.
var wantDirect = []string{"github.com/oapi-codegen/runtime", "golang.org/x/oauth2"}

// notInRoot are modules that the root module's graph must not hold.
var notInRoot = []string{"github.com/oapi-codegen/oapi-codegen/v2", "github.com/getkin/kin-openapi", repo.Module + "/cmd/specgen"}

// rootFaults says what the root module's go.mod has and should not, or lacks.
func rootFaults(m modFile) []string {
	var faults []string
	direct := m.direct()
	for _, path := range direct {
		if !slices.Contains(wantDirect, path) {
			faults = append(faults, "direct dependency "+path)
		}
	}
	for _, path := range wantDirect {
		if !slices.Contains(direct, path) {
			faults = append(faults, "no direct dependency "+path)
		}
	}
	for _, r := range m.Require {
		if slices.Contains(notInRoot, r.Path) {
			faults = append(faults, "requires "+r.Path)
		}
	}
	if m.Go != "1.25.0" {
		faults = append(faults, "go "+m.Go+", which is not the floor")
	}
	// Each of these forces something on a user, or is ignored where it counts.
	if m.Toolchain != "" {
		faults = append(faults, "toolchain "+m.Toolchain)
	}
	if n := len(m.Replace) + len(m.Exclude); n > 0 {
		faults = append(faults, fmt.Sprintf("%d replace and exclude lines", n))
	}
	for _, tool := range m.Tool {
		faults = append(faults, "tool "+tool.Path)
	}
	return faults
}

func TestCheck075_TheRootModuleHasTwoDirectDependencies(t *testing.T) {
	root := repo.Root(t)
	m := parse(t, string(repo.Read(t, "go.mod")))
	for _, fault := range rootFaults(m) {
		t.Errorf("go.mod: %s", fault)
	}

	// The comments of go.mod against what the packages import, tests included.
	imported := map[string]bool{}
	listed := gocmd.Project(t, root, "list", "-f",
		`{{range .Imports}}{{.}}{{"\n"}}{{end}}{{range .TestImports}}{{.}}{{"\n"}}{{end}}{{range .XTestImports}}{{.}}{{"\n"}}{{end}}`, "./...")
	for _, path := range gocmd.Lines(listed) {
		for _, r := range m.Require {
			if path == r.Path || strings.HasPrefix(path, r.Path+"/") {
				imported[r.Path] = true
			}
		}
	}
	for path := range imported {
		if !slices.Contains(wantDirect, path) {
			t.Errorf("a package of the root module imports %s", path)
		}
	}
	if len(imported) != len(wantDirect) {
		t.Errorf("packages of the root module import %d of %v", len(imported), wantDirect)
	}

	// The whole graph, which is what a user inherits.
	graph := gocmd.Lines(gocmd.Project(t, root, "list", "-m", "-f", "{{.Path}}", "all"))
	for _, path := range notInRoot {
		if slices.Contains(graph, path) {
			t.Errorf("%s is in the root module's graph", path)
		}
	}
	specgen := parse(t, string(repo.Read(t, "cmd/specgen/go.mod")))
	if specgen.Module.Path != repo.Module+"/cmd/specgen" || len(specgen.Replace) > 0 {
		t.Errorf("cmd/specgen/go.mod: module %s with %d replace lines", specgen.Module.Path, len(specgen.Replace))
	}
	t.Logf("figure: direct dependencies of the root module: %d (%s); go %s, no toolchain line; %d modules in the graph; the generator is in a module of its own",
		len(m.direct()), strings.Join(m.direct(), ", "), m.Go, len(graph))
}

func TestCheck075_AnotherGoModIsRefused(t *testing.T) {
	good := string(repo.Read(t, "go.mod"))
	if faults := rootFaults(parse(t, good)); len(faults) > 0 {
		t.Fatalf("before it was changed: %v", faults)
	}
	oauth2 := line(t, good, "golang.org/x/oauth2 ")
	uuid := line(t, good, "github.com/google/uuid ")
	for _, c := range []struct{ name, text, want string }{
		{"one more", good + "\nrequire golang.org/x/sync v0.10.0\n", "direct dependency golang.org/x/sync"},
		{"the generator", good + "\nrequire github.com/oapi-codegen/oapi-codegen/v2 v2.0.0 // indirect\n", "requires github.com/oapi-codegen/oapi-codegen/v2"},
		{"the generator's module", good + "\nrequire github.com/grantway/grantway/cmd/specgen v0.0.0 // indirect\n", "requires github.com/grantway/grantway/cmd/specgen"},
		{"one fewer", strings.Replace(good, oauth2, "", 1), "no direct dependency golang.org/x/oauth2"},
		{"one called indirect", strings.Replace(good, oauth2, oauth2+" // indirect", 1), "no direct dependency golang.org/x/oauth2"},
		{"one no longer called indirect", strings.Replace(good, uuid, strings.Split(uuid, " //")[0], 1), "direct dependency github.com/google/uuid"},
		{"a toolchain line", good + "\ntoolchain go1.26.8\n", "toolchain go1.26.8"},
		{"a higher floor", strings.Replace(good, "go 1.25.0", "go 1.26.0", 1), "go 1.26.0"},
		{"a tool", good + "\ntool golang.org/x/oauth2\n", "tool golang.org/x/oauth2"},
		{"a replacement", good + "\nreplace golang.org/x/oauth2 => ../oauth2\n", "replace"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.text == good {
				t.Fatal("nothing was changed")
			}
			faults := strings.Join(rootFaults(parse(t, c.text)), "; ")
			if !strings.Contains(faults, c.want) {
				t.Errorf("faults: %q, want %q", faults, c.want)
			}
		})
	}
}

// line returns the line of a go.mod that begins with prefix, without its tab.
func line(t *testing.T, text, prefix string) string {
	t.Helper()
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); strings.HasPrefix(l, prefix) {
			return l
		}
	}
	t.Fatalf("go.mod has no line %q", prefix)
	return ""
}

// TestEveryModuleOfTheProjectKeepsTheFloor looks at all go.mod files but that of
// tools, whose linter may need a newer Go.
func TestEveryModuleOfTheProjectKeepsTheFloor(t *testing.T) {
	root := repo.Root(t)
	n := 0
	for _, dir := range []string{".", "cmd/specgen", "internal/peers", "conformance", "bench"} {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(dir), "go.mod"))
		if os.IsNotExist(err) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		n++
		if m := parse(t, string(text)); m.Go != "1.25.0" || m.Toolchain != "" {
			t.Errorf("%s/go.mod: go %s, toolchain %q", dir, m.Go, m.Toolchain)
		}
	}
	t.Logf("%d modules", n)
}
