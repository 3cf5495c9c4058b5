package project

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

const twoClients = spectest.Config + "  - spec: api/other.yaml\n    package: otherapi\n    dir: gen/otherapi\n"

// built is a project of two specs on the disk, whose gen/ the specgen called
// "this" wrote.
func built(t *testing.T) (root string, in Inputs) {
	t.Helper()
	root = write(t, map[string]string{
		config.Path: twoClients, spectest.Name: spectest.Spec, "api/other.yaml": spectest.Spec, SourcesPath: spectest.Sources,
	})
	in, findings, err := Load(root)
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	in.Generator = "this"
	files, findings, err := Build(in)
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	for name, content := range files {
		spectest.Put(t, root, name, string(content))
	}
	in.Have = files
	return root, in
}

func TestHashesTellThatNothingChanged(t *testing.T) {
	root, _ := built(t)
	if !Unchanged(root, "this") {
		t.Error("nothing changed, and it counts as changed")
	}
}

func TestHashesSeeWhateverChanges(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: a project is generated for each change")
	}
	for name, change := range map[string]func(t *testing.T, root string){
		"a spec":      func(t *testing.T, root string) { spectest.Put(t, root, spectest.Name, spectest.Spec+"#\n") },
		"the config":  func(t *testing.T, root string) { spectest.Put(t, root, config.Path, twoClients+"#\n") },
		"the sources": func(t *testing.T, root string) { spectest.Put(t, root, SourcesPath, "# None\n") },
		"no sources":  func(t *testing.T, root string) { remove(t, root, SourcesPath) },
		"an edited file": func(t *testing.T, root string) {
			spectest.Put(t, root, "gen/acmeapi/calls.gen.go", "package acmeapi\n")
		},
		"a file less": func(t *testing.T, root string) { remove(t, root, "gen/acmeapi/calls.gen.go") },
		"a file more": func(t *testing.T, root string) { spectest.Put(t, root, "gen/acmeapi/mine.go", "package acmeapi\n") },
		"no manifest": func(t *testing.T, root string) { remove(t, root, tree.ManifestPath) },
		"a manifest of nought": func(t *testing.T, root string) {
			spectest.Put(t, root, tree.ManifestPath, string(tree.Manifest{}.Sealed(unlisted("this", []byte(spectest.Sources))...)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			root, _ := built(t)
			change(t, root)
			if Unchanged(root, "this") {
				t.Error("it goes unseen")
			}
		})
	}
	root, _ := built(t)
	if Unchanged(root, "another") {
		t.Error("another specgen goes unseen")
	}
	if Unchanged(filepath.Join(root, "none"), "this") {
		t.Error("a folder that is not there counts as unchanged")
	}
}

func remove(t *testing.T, root, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(root, name)); err != nil {
		t.Fatal(err)
	}
}

// marked puts a mark into the file of a package, and into the manifest as if
// specgen had written it so: whoever finds it in a result knows where it was
// taken from.
func marked(t *testing.T, in *Inputs, file string) {
	t.Helper()
	in.Have = maps.Clone(in.Have)
	in.Have[file] = append(slices.Clip(in.Have[file]), "// a mark\n"...)
	m := tree.ParseManifest(in.Have[tree.ManifestPath])
	m[file] = tree.NewManifest(nil, in.Have)[file]
	in.Have[tree.ManifestPath] = m.Sealed(unlisted("this", in.Sources)...)
}

func TestAPackageIsMadeAgainOnlyIfItsSpecChanged(t *testing.T) {
	const acme, other = "gen/acmeapi/operations.gen.go", "gen/otherapi/operations.gen.go"
	_, in := built(t)
	marked(t, &in, acme)
	marked(t, &in, other)
	reused := func(in Inputs) (a, o bool) {
		t.Helper()
		files, findings, err := Build(in)
		if err != nil || len(findings) > 0 {
			t.Fatal(findings, err)
		}
		mark := func(name string) bool { return strings.HasSuffix(string(files[name]), "// a mark\n") }
		return mark(acme), mark(other)
	}
	if a, o := reused(in); !a || !o {
		t.Errorf("nothing changed: reused %t, %t", a, o)
	}
	for _, c := range []struct {
		name   string
		change func(*Inputs)
		a, o   bool
	}{
		{"one spec", func(in *Inputs) {
			in.Specs = maps.Clone(in.Specs)
			in.Specs["api/other.yaml"] = []byte(spectest.Spec + "#\n")
		}, true, false},
		{"one file", func(in *Inputs) { in.Have = maps.Clone(in.Have); in.Have["gen/acmeapi/calls.gen.go"] = nil }, false, true},
		{"the config", func(in *Inputs) { in.ConfigFile = []byte(twoClients + "#\n") }, false, false},
		{"the sources", func(in *Inputs) { in.Sources = []byte(spectest.Sources + "\n") }, false, false},
		{"specgen", func(in *Inputs) { in.Generator = "another" }, false, false},
		{"everything asked for", func(in *Inputs) { in.Have = nil }, false, false},
	} {
		in := in
		c.change(&in)
		if a, o := reused(in); a != c.a || o != c.o {
			t.Errorf("%s changed: reused %t, %t, want %t, %t", c.name, a, o, c.a, c.o)
		}
	}
}

func TestWhatIsReusedIsWhatWouldBeMade(t *testing.T) {
	_, in := built(t)
	in.Specs["api/other.yaml"] = []byte(spectest.Spec + "#\n")
	with, _, err := Build(in)
	if err != nil {
		t.Fatal(err)
	}
	in.Have = nil
	without, _, err := Build(in)
	if err != nil || fingerprint(with) != fingerprint(without) {
		t.Errorf("the result depends on what was there: %v", err)
	}
}

func TestEachSpecIsWatched(t *testing.T) {
	_, in := built(t)
	began, done := make(chan string, 2), make(chan string, 2)
	in.Watch = func(name string) func() {
		began <- name
		return func() { done <- name }
	}
	if _, _, err := Build(in); err != nil {
		t.Fatal(err)
	}
	for _, c := range []chan string{began, done} {
		names := []string{<-c, <-c}
		slices.Sort(names)
		if !slices.Equal(names, []string{spectest.Name, "api/other.yaml"}) {
			t.Errorf("got %v", names)
		}
	}
}
