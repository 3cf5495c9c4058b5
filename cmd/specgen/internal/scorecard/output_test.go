package scorecard

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/cli"
	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/gate"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// project is a Go module with a spec, without a workspace around it.
func project(t *testing.T, text string) string {
	t.Helper()
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "")
	root := t.TempDir()
	files := spectest.Module(t)
	maps.Copy(files, map[string]string{config.Path: spectest.Config, "api/SOURCES.md": spectest.Sources, spectest.Name: text})
	for name, content := range files {
		spectest.Put(t, root, name, content)
	}
	return root
}

// specgen runs the command in a project.
func specgen(root string, args ...string) (code int, output string) {
	var out bytes.Buffer
	code = cli.Run(append([]string{"-C", root}, args...), cli.Process{Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }, Source: os.DirFS("."), Build: debug.ReadBuildInfo})
	return code, out.String()
}

// odd are specs at which a generator may say all is well over code that does not
// compile. Where fine is set the code is good.
var odd = []struct {
	name string
	text func(t *testing.T) string
	fine bool
}{
	{"a plain spec", func(*testing.T) string { return spectest.Spec }, true},
	{"an operationId twice", edited("operationId: getStatus", "operationId: getToken"), false},
	{"operationIds that are one in Go", edited("operationId: getStatus", "operationId: gettoken"), false},
	{"a struct that holds itself", edited(atError, "    Loop: {type: object, required: [a], properties: {a: {$ref: '#/components/schemas/Loop'}}}\n"+atError, atProperty, atProperty+"        loop: {$ref: '#/components/schemas/Loop'}\n"), false},
	{"a list of itself", edited(atError, "    Loop: {type: array, items: {$ref: '#/components/schemas/Loop'}}\n"+atError, atProperty, atProperty+"        loop: {$ref: '#/components/schemas/Loop'}\n"), false},
	{"a schema called Client", renamed("TokenRequest", "Client"), true},
	{"a schema called as a predeclared type", renamed("TokenRequest", "string"), true},
	{"a schema called as a keyword", renamed("TokenRequest", "func"), true},
	{"a schema called as an option", renamed("TokenRequest", "ClientOption"), true},
	{"a schema called as an answer", renamed("TokenRequest", "GetTokenResponse"), true},
	{"schemas that are one in Go", edited(atError, "    token-response: {type: string}\n"+atError, atProperty, atProperty+"        other: {$ref: '#/components/schemas/token-response'}\n"), true},
	{"properties that are one in Go", edited(atProperty, atProperty+"        short-lived: {type: boolean}\n"), true},
	{"a property without a letter", edited(atProperty, atProperty+"        '$': {type: boolean}\n"), true},
	{"enum values that are one in Go", edited(atProperty, atProperty+"        kind: {type: string, enum: [a, A, 'a ']}\n"), true},
	{"an operation called as a function of the client", edited("operationId: getStatus", "operationId: client"), true},
	{"a parameter twice", edited(atOp, atOp+"      parameters:\n        - {in: query, name: a, schema: {type: string}}\n        - {in: query, name: A, schema: {type: string}}\n"), true},
	{"a schema called as a server's address", renamed("TokenRequest", "ServerURLProduction"), true},
	{"a schema called as a function that decodes", renamed("TokenRequest", "DecodeError"), true},
	{"an operation called as a field of the client", edited("operationId: getStatus", "operationId: http"), true},
	{"a tree", edited(atError, "    Tree: {type: object, properties: {a: {$ref: '#/components/schemas/Tree'}}}\n"+atError, atProperty, atProperty+"        tree: {$ref: '#/components/schemas/Tree'}\n"), true},
}

func edited(pairs ...string) func(*testing.T) string {
	return func(t *testing.T) string { return spectest.Edit(t, pairs...) }
}

func renamed(from, to string) func(*testing.T) string {
	return func(*testing.T) string { return strings.ReplaceAll(spectest.Spec, from, to) }
}

func TestCheck062_ExitZeroMeansGoodCode(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: what was made is compiled")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command:", err)
	}
	good, refused, silent := 0, 0, 0
	for _, c := range odd {
		text := c.text(t)
		root := project(t, text)
		code, output := specgen(root, "generate")
		made, err := tree.Read(root)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case code == 0:
			good++
			holds(t, c.name, root, made)
		case code == 1 && len(made) == 0 && strings.HasPrefix(output, "api/acme.yaml:"):
			refused++
		default:
			t.Errorf("%s: exit %d with %d files and %q: want 0 and good code, or 1, a finding and no file", c.name, code, len(made), output)
		}
		if c.fine && code != 0 {
			t.Errorf("%s is refused: %s", c.name, output)
		}
		// The inverse: the generator alone reports no error over code that does
		// not compile.
		if src, err := bare(text); err == nil && compiles(src) != nil {
			silent++
		}
	}
	if silent == 0 {
		t.Error("the generator alone makes good code of each of these: they test nothing")
	}
	t.Logf("figure: %d odd specs: %d made that format, vet, build and hold nothing that is not allowed, %d refused with their place and without a file; the generator alone writes code that does not compile for %d of them, and says nothing",
		len(odd), good, refused, silent)
}

// holds checks code that specgen wrote, by the tools that are not specgen.
func holds(t *testing.T, name, root string, made map[string][]byte) {
	t.Helper()
	code := map[string][]byte{}
	for file, content := range made {
		if path.Ext(file) != ".go" {
			continue
		}
		code[file] = content
		if formatted, err := format.Source(content); err != nil || !bytes.Equal(formatted, content) {
			t.Errorf("%s: %s is not formatted: %v", name, file, err)
		}
	}
	if len(code) == 0 {
		t.Errorf("%s: nothing was made", name)
	}
	if fault := gate.Check(code); fault != nil {
		t.Errorf("%s: %v", name, fault)
	}
	for _, command := range []string{"vet", "build"} {
		cmd := exec.Command("go", command, "./...")
		cmd.Dir = root
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: go %s: %v\n%s", name, command, err, output)
		}
	}
}

func TestCheck063_AtomicAndConfined(t *testing.T) {
	old := map[string][]byte{}
	want := map[string][]byte{}
	for _, name := range []string{"a/x", "a/y", "b/x", "c/x"} {
		old["gen/"+name+".gen.go"] = []byte("// Code generated by specgen from api/acme.yaml; DO NOT EDIT.\n\npackage " + path.Dir(name) + "\n")
	}
	maps.Copy(want, old)
	delete(want, "gen/c/x.gen.go")
	want["gen/a/x.gen.go"] = append(slices.Clone(old["gen/a/x.gen.go"]), "// new\n"...)
	want["gen/b/x.gen.go"] = append(slices.Clone(old["gen/b/x.gen.go"]), "// new\n"...)
	want["gen/d/x.gen.go"] = old["gen/a/x.gen.go"]
	root := t.TempDir()
	lay(t, root, old)
	before := photograph(t, root)
	changes, _ := tree.Plan(old, want)

	steps := 0
	count := func(string) error { steps++; return nil }
	probe := t.TempDir()
	lay(t, probe, old)
	if err := tree.WriteSteps(probe, changes, old, want, count); err != nil {
		t.Fatal(err)
	}
	errBroken := errors.New("broken")
	for fail := range steps {
		n := 0
		err := tree.WriteSteps(root, changes, old, want, func(string) error {
			if n++; n == fail+1 {
				return errBroken
			}
			return nil
		})
		if !errors.Is(err, errBroken) {
			t.Errorf("step %d: got %v", fail, err)
		}
		if after := photograph(t, root); after != before {
			t.Errorf("step %d left another tree:\n%s\nwas\n%s", fail, after, before)
		}
	}

	// The inverse: to write one file after the other tears the tree at each step
	// but the first.
	torn := 0
	for fail := range len(changes) {
		naive := t.TempDir()
		lay(t, naive, old)
		was := photograph(t, naive)
		for _, c := range changes[:fail] {
			spectest.Put(t, naive, c.Path, want[c.Path])
		}
		if photograph(t, naive) != was {
			torn++
		}
	}
	if torn != len(changes)-1 {
		t.Errorf("writing one file after the other tears the tree at %d of %d steps: the photograph does not see it", torn, len(changes))
	}

	escapes := confined(t)
	t.Logf("figure: failure at each of %d steps: the old tree byte for byte, with modes; written one after the other %d of %d leave a torn one; %d ways out of gen/ refused",
		steps, torn, len(changes), escapes)
}

// confined tries to have specgen write outside of gen/, and counts the ways.
func confined(t *testing.T) int {
	t.Helper()
	ways := map[string]func(t *testing.T, root, outside string) error{
		"gen is a link":                func(_ *testing.T, root, outside string) error { return os.Symlink(outside, filepath.Join(root, "gen")) },
		"gen is a link inside":         func(_ *testing.T, root, _ string) error { return os.Symlink("api", filepath.Join(root, "gen")) },
		"the package is a link":        func(t *testing.T, root, outside string) error { return linked(t, root, "gen/acmeapi", outside) },
		"the package is a link inside": func(t *testing.T, root, _ string) error { return linked(t, root, "gen/acmeapi", "../api") },
		"the file is a link": func(t *testing.T, root, outside string) error {
			return linked(t, root, "gen/acmeapi/calls.gen.go", filepath.Join(outside, "x"))
		},
		"the file is a link to nothing": func(t *testing.T, root, outside string) error {
			return linked(t, root, "gen/acmeapi/calls.gen.go", filepath.Join(outside, "nothing"))
		},
		"the manifest is a link": func(t *testing.T, root, outside string) error {
			return linked(t, root, "gen/MANIFEST", filepath.Join(outside, "x"))
		},
	}
	for name, make := range ways {
		root, outside := project(t, spectest.Spec), t.TempDir()
		spectest.Put(t, outside, "x", []byte("mine\n"))
		if err := make(t, root, outside); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		was, apiWas := photograph(t, outside), photograph(t, filepath.Join(root, "api"))
		code, output := specgen(root, "generate")
		if code == 0 {
			t.Errorf("%s: exit 0: %s", name, output)
		}
		if photograph(t, outside) != was || photograph(t, filepath.Join(root, "api")) != apiWas {
			t.Errorf("%s: something was written outside of gen/", name)
		}
	}
	return len(ways)
}

func linked(t *testing.T, root, name, target string) error {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	return os.Symlink(target, file)
}

func lay(t *testing.T, root string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		spectest.Put(t, root, name, content)
	}
}

// photograph is every path below a folder with its kind, mode and content.
func photograph(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		fmt.Fprintf(&b, "%s %s ", rel, info.Mode())
		if info.Mode().IsRegular() {
			content, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%q", content)
		}
		b.WriteString("\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
