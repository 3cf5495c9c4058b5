package tree

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// sealed is a project whose manifest is true.
func sealed(t *testing.T) (dir string, m Manifest) {
	t.Helper()
	dir = t.TempDir()
	files := map[string][]byte{"gen/a/x.go": []byte(generated), "gen/b/y.go": []byte(generated)}
	inputs := map[string][]byte{"api/acme.yaml": []byte("spec")}
	m = NewManifest(inputs, files)
	files["api/acme.yaml"], files[ManifestPath] = inputs["api/acme.yaml"], m.Sealed("specgen")
	for name, content := range files {
		spectest.Put(t, dir, name, content)
	}
	return dir, m
}

func untouched(t *testing.T, dir string, m Manifest) bool {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	return Untouched(root, m)
}

func TestASealedManifestIsReadAsOneWithout(t *testing.T) {
	_, m := sealed(t)
	data, other := m.Sealed("specgen", "sources"), m.Sealed("another")
	if got := ParseManifest(data); len(got) != len(m) {
		t.Errorf("got %v", got)
	}
	m["gen/c/z.go"] = m["gen/a/x.go"]
	longer := m.Sealed("specgen")
	for _, c := range []struct {
		name              string
		data, other, want []byte
	}{
		{"another seal", data, other, other},
		{"no seal yet", ParseManifest(data).Bytes(), other, other},
		{"nothing", nil, other, nil},
		{"no end", []byte("# seal without an end"), other, []byte("# seal without an end")},
	} {
		if got := resealed(c.data, c.other); !bytes.Equal(got, c.want) {
			t.Errorf("%s: got %s", c.name, got)
		}
	}
	got := resealed(data, longer)
	_, seal, _ := cutSeal(got)
	if _, want, _ := cutSeal(longer); !bytes.Equal(seal, want) || len(ParseManifest(got)) != len(ParseManifest(data)) {
		t.Errorf("another list: got %s", got)
	}
}

func TestTheSealBreaksWithWhatItClosesOver(t *testing.T) {
	_, m := sealed(t)
	data := m.Sealed("specgen", "sources")
	if !Sound(data, "specgen", "sources") {
		t.Error("the seal is not whole to begin with")
	}
	for name, sound := range map[string]bool{
		"another specgen":        Sound(data, "another", "sources"),
		"other sources":          Sound(data, "specgen", ""),
		"the two swapped":        Sound(data, "sources", "specgen"),
		"a hash":                 Sound(bytes.Replace(data, []byte("  gen/a"), []byte("  gen/c"), 1), "specgen", "sources"),
		"a line gone":            Sound(data[:bytes.LastIndexByte(data[:len(data)-1], '\n')+1], "specgen", "sources"),
		"no seal":                Sound(m.Bytes(), "specgen", "sources"),
		"no manifest":            Sound(nil, "specgen", "sources"),
		"Windows line ends":      Sound(bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")), "specgen", "sources"),
		"a comment":              Sound(append([]byte("# mine\n"), data...), "specgen", "sources"),
		"one more line":          Sound(append(bytes.Clone(data), "x\n"...), "specgen", "sources"),
		"the parts run together": Sound(data, "specgensources"),
	} {
		if sound {
			t.Errorf("%s: the seal is taken for whole", name)
		}
	}
}

func TestWhatIsAsTheManifestHasItIsUntouched(t *testing.T) {
	dir, m := sealed(t)
	if !untouched(t, dir, m) {
		t.Error("an unchanged project counts as touched")
	}
	// An empty folder is nothing.
	if err := os.Mkdir(filepath.Join(dir, "gen/empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	if !untouched(t, dir, m) {
		t.Error("an empty folder counts as touched")
	}
}

func TestWhateverChangesIsSeen(t *testing.T) {
	write := func(name, content string) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600) }
	}
	for name, change := range map[string]func(dir string) error{
		"a spec":           write("api/acme.yaml", "speC"),
		"a generated file": write("gen/a/x.go", generated+"\n"),
		"a file less":      func(dir string) error { return os.Remove(filepath.Join(dir, "gen/b/y.go")) },
		"a spec less":      func(dir string) error { return os.Remove(filepath.Join(dir, "api/acme.yaml")) },
		"a file more":      write("gen/a/z.go", generated),
		"a file beside":    write("gen/notes.txt", ""),
		"a link to a file": func(dir string) error { return os.Symlink("x.go", filepath.Join(dir, "gen/a/z.go")) },
		"gen itself a link": func(dir string) error {
			if err := os.Rename(filepath.Join(dir, "gen"), filepath.Join(dir, "real")); err != nil {
				return err
			}
			return os.Symlink("real", filepath.Join(dir, "gen"))
		},
		"a link in a place": func(dir string) error {
			if err := os.Rename(filepath.Join(dir, "gen/a/x.go"), filepath.Join(dir, "x.go")); err != nil {
				return err
			}
			return os.Symlink("../../x.go", filepath.Join(dir, "gen/a/x.go"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, m := sealed(t)
			if err := change(dir); err != nil {
				t.Fatal(err)
			}
			if untouched(t, dir, m) {
				t.Error("it goes unseen")
			}
		})
	}
}

func TestNothingOutsideTheProjectIsRead(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir, _ := sealed(t)
	if err := os.Symlink(outside, filepath.Join(dir, "api/link.yaml")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	for _, name := range []string{"api/link.yaml", outside, "../" + filepath.Base(filepath.Dir(outside)) + "/secret"} {
		if data, err := ReadInput(dir, name, 100); err == nil || len(data) > 0 {
			t.Errorf("%s: read %q, %v", name, data, err)
		}
	}
	// The inverse: what is inside is read, by way of a link as well.
	if err := os.Symlink("acme.yaml", filepath.Join(dir, "api/inside.yaml")); err != nil {
		t.Fatal(err)
	}
	if data, err := ReadInput(dir, "api/inside.yaml", 100); err != nil || string(data) != "spec" {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestThePackageOfAManifestIsWholeOrNone(t *testing.T) {
	_, m := sealed(t)
	have := map[string][]byte{"gen/a/x.go": []byte(generated), "gen/b/y.go": []byte(generated + "//\n"), "gen/a/z.go": nil}
	if got := m.Package("gen/a", have); len(got) != 1 || !strings.HasPrefix(string(got["gen/a/x.go"]), "//") {
		t.Errorf("got %v", got)
	}
	for _, dir := range []string{"gen/b", "gen/c", "gen"} {
		if got := m.Package(dir, have); got != nil {
			t.Errorf("%s: got %v", dir, got)
		}
	}
	delete(have, "gen/a/x.go")
	if got := m.Package("gen/a", have); got != nil {
		t.Errorf("a file less: got %v", got)
	}
}
