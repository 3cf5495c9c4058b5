package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var made = sync.OnceValues(func() (map[string][]byte, error) { return makeAll(filepath.Join(root, "api")) })

// tree is a project whose clients are what the generators make.
func tree(t *testing.T) (dir string, want map[string][]byte) {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: the generators are compiled and run")
	}
	want, err := made()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if left, err := repair(dir, compare(nil, want), nil, want); err != nil || len(left) > 0 {
		t.Fatal(left, err)
	}
	return dir, want
}

const (
	oapiFile = oapiHome + "/square/client.gen.go"
	ogenFile = ogenHome + "/builtbybit/oas_client_gen.go"
)

func put(t *testing.T, dir, name, content string) {
	t.Helper()
	place := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(place, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// faultsIn is what check would say of a tree, without making the clients again.
func faultsIn(t *testing.T, dir string, want map[string][]byte) []fault {
	t.Helper()
	have, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return compare(have, want)
}

func TestEveryClientIsMade(t *testing.T) {
	dir, want := tree(t)
	for _, c := range clients {
		prefix := c.home + "/" + c.provider + "/"
		if !slices.ContainsFunc(slices.Collect(maps.Keys(want)), func(path string) bool { return strings.HasPrefix(path, prefix) }) {
			t.Errorf("nothing is made in %s", prefix)
		}
	}
	for path, content := range want {
		if !generatedMark.Match(content) {
			t.Errorf("%s does not say that it is generated", path)
		}
	}
	if faults := faultsIn(t, dir, want); len(faults) > 0 {
		t.Errorf("just written: %v", faults)
	}
}

func TestCheckSeesWhateverChanges(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string, want map[string][]byte)
		fault  fault
	}{
		{"an edit in a client by oapi-codegen", func(t *testing.T, dir string, want map[string][]byte) {
			put(t, dir, oapiFile, string(want[oapiFile])+"\n// mine\n")
		}, fault{oapiFile, differs}},
		{"an edit in a client by ogen", func(t *testing.T, dir string, want map[string][]byte) {
			put(t, dir, ogenFile, strings.Replace(string(want[ogenFile]), "package builtbybit", "package other", 1))
		}, fault{ogenFile, differs}},
		{"a file deleted", func(t *testing.T, dir string, _ map[string][]byte) {
			if err := os.Remove(filepath.Join(dir, filepath.FromSlash(oapiFile))); err != nil {
				t.Fatal(err)
			}
		}, fault{oapiFile, missing}},
		{"a file that is no longer made", func(t *testing.T, dir string, want map[string][]byte) {
			put(t, dir, oapiHome+"/bytenite/client.gen.go", string(want[oapiFile]))
		}, fault{oapiHome + "/bytenite/client.gen.go", orphan}},
		{"a file written by hand", func(t *testing.T, dir string, _ map[string][]byte) {
			put(t, dir, ogenHome+"/square/more.go", "package square\n")
		}, fault{ogenHome + "/square/more.go", orphan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, want := tree(t)
			c.change(t, dir, want)
			if got := faultsIn(t, dir, want); !slices.Equal(got, []fault{c.fault}) {
				t.Errorf("got %v, want %v", got, c.fault)
			}
		})
	}
}

func TestAChangedSpecMakesItsClientsStale(t *testing.T) {
	dir, _ := tree(t)
	api := t.TempDir()
	if err := os.CopyFS(api, os.DirFS(filepath.Join(root, "api"))); err != nil {
		t.Fatal(err)
	}
	spec, err := os.ReadFile(filepath.Join(api, "square.yaml"))
	if err != nil || !strings.Contains(string(spec), "merchant_id") {
		t.Fatal("nothing to change", err)
	}
	put(t, api, "square.yaml", strings.ReplaceAll(string(spec), "merchant_id", "merchant_key"))
	want, err := makeAll(api)
	if err != nil {
		t.Fatal(err)
	}
	homes := map[string]bool{}
	for _, f := range faultsIn(t, dir, want) {
		if f.what != differs || filepath.Base(filepath.Dir(f.path)) != "square" {
			t.Errorf("got %v", f)
		}
		homes[filepath.ToSlash(filepath.Dir(filepath.Dir(f.path)))] = true
	}
	if !homes[oapiHome] || !homes[ogenHome] {
		t.Errorf("stale in %v only", homes)
	}
}

func TestRunFailsUntilGenerateRepairs(t *testing.T) {
	dir, want := tree(t)
	put(t, dir, oapiFile, "edited")
	put(t, dir, oapiHome+"/old/client.gen.go", string(want[oapiFile]))
	step := func(command string, sound bool, says string) {
		t.Helper()
		var out strings.Builder
		got, err := run([]string{command}, dir, &out)
		if err != nil || got != sound || !strings.Contains(out.String(), says) || sound && out.Len() > 0 {
			t.Errorf("%s: %v, %v, %s", command, got, err, out.String())
		}
	}
	step("check", false, oapiFile+": stale, or edited")
	step("generate", true, "")
	step("check", true, "")
	// What somebody wrote is theirs to remove.
	mine := ogenHome + "/mine.go"
	put(t, dir, mine, "package mine\n")
	step("generate", false, mine+": no generator makes")
	if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(mine))); err != nil {
		t.Error(err)
	}
}

func TestRunRefusesAnythingElse(t *testing.T) {
	for _, args := range [][]string{nil, {"make"}, {"check", "generate"}} {
		if _, err := run(args, t.TempDir(), &strings.Builder{}); err == nil {
			t.Errorf("%q passes", args)
		}
	}
}

func TestAnEditWithoutAReasonIsAnError(t *testing.T) {
	c := ogen("builtbybit", edit{"anyOf:", "oneOf:"})
	if got, err := c.edited([]byte("x:\n  anyOf:\n")); err != nil || string(got) != "x:\n  oneOf:\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := c.edited([]byte("x:\n")); err == nil {
		t.Error("a spec that needs no edit passes")
	}
}

func TestAGeneratorThatFailsIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: the generators are compiled and run")
	}
	api := t.TempDir()
	if err := os.CopyFS(api, os.DirFS(filepath.Join(root, "api"))); err != nil {
		t.Fatal(err)
	}
	put(t, api, "square.yaml", "openapi: [\n")
	_, err := makeAll(api)
	for _, want := range []string{oapiHome + "/square", ogenHome + "/square"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want one about %s", err, want)
		}
	}
}
