package project

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// inputs is a small project in memory.
func inputs(t *testing.T, spec string) Inputs {
	t.Helper()
	c, findings := config.Parse([]byte(spectest.Config))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return Inputs{
		Config: c, ConfigFile: []byte(spectest.Config), Sources: []byte(spectest.Sources),
		Specs: map[string][]byte{spectest.Name: []byte(spec)},
	}
}

// thisProject is the project that specgen is part of, or the small one where
// specgen stands alone.
func thisProject(t *testing.T) Inputs {
	t.Helper()
	const root = "../../../.."
	if _, err := os.Stat(root + "/" + config.Path); errors.Is(err, fs.ErrNotExist) {
		return inputs(t, spectest.Spec)
	}
	in, findings, err := Load(root)
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	return in
}

// fingerprint is one hash over all files, their names and their order.
func fingerprint(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %d\n", name, len(files[name]))
		h.Write(files[name])
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// distinct builds n times and counts the different results.
func distinct(t *testing.T, n int, build func(run int) (map[string][]byte, error)) int {
	t.Helper()
	seen := map[string]bool{}
	for run := range n {
		files, err := build(run)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			t.Fatal("nothing was made, which is always the same")
		}
		seen[fingerprint(files)] = true
	}
	return len(seen)
}

func TestCheck064_ByteIdenticalOutput(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: everything is generated a hundred times")
	}
	in := thisProject(t)
	const runs = 100
	build := func(int) (map[string][]byte, error) {
		files, findings, err := Build(in)
		if len(findings) > 0 {
			return nil, fmt.Errorf("findings: %v", findings)
		}
		return files, err
	}
	got := distinct(t, runs, build)
	if got != 1 {
		t.Errorf("%d runs gave %d different results, want 1", runs, got)
	}

	// The inverse: a file that says when it was made must not pass.
	broken := distinct(t, 2, func(run int) (map[string][]byte, error) {
		files, err := build(run)
		for name := range files {
			files[name] = append(files[name], fmt.Sprintf("// made in run %d\n", run)...)
		}
		return files, err
	})
	if broken == 1 {
		t.Error("the comparison does not see a file that differs from run to run")
	}

	_, findings, err := Build(inputs(t, ""))
	if err != nil || len(findings) != 1 || findings[0].Rule != "SPEC-EMPTY" {
		t.Errorf("an empty spec: got %v, %v", findings, err)
	}
	t.Logf("figure: %d runs over %d specs, %d distinct result; with a run number in it %d of 2; an empty spec: %s",
		runs, len(in.Specs), got, broken, findings[0].Rule)
}

func TestTheOrderOfTheClientsDoesNotMatter(t *testing.T) {
	in := thisProject(t)
	forward, findings, err := Build(in)
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	slices.Reverse(in.Config.Clients)
	backward, _, err := Build(in)
	if err != nil || fingerprint(forward) != fingerprint(backward) {
		t.Errorf("what is made of one spec depends on those before it: %v", err)
	}
}

func TestNoPathOfTheMachineIsInTheOutput(t *testing.T) {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	home, _ := os.UserHomeDir()
	files, _, err := Build(thisProject(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		for _, path := range []string{wd, home, os.TempDir()} {
			if len(path) > 1 && strings.Contains(string(content), path) {
				t.Errorf("%s holds %s", name, path)
			}
		}
	}
}

func TestFindingsMakeNothing(t *testing.T) {
	for name, c := range map[string]struct{ spec, rule string }{
		"the spec does not parse": {"openapi: [", "YAML-SYNTAX"},
		"OpenAPI forbids it":      {spectest.Edit(t, "  title: Acme\n", ""), "SPEC-INVALID"},
		"the lint refuses it":     {spectest.Edit(t, "      x-retry: never\n", ""), "OP-RETRY"},
		"no call can be made of it": {spectest.Edit(t, "      requestBody:\n        required: true\n        content:\n          application/json:\n",
			"      requestBody:\n        required: true\n        content:\n          multipart/form-data:\n"), "GEN-CALL"},
		"the generator refuses it": {spectest.Edit(t, "  - url: https://api.example.com\n", "  - url: https://{re-gion}.example.com\n    variables: {re-gion: {default: eu}}\n"), "GEN-BROKEN"},
	} {
		t.Run(name, func(t *testing.T) {
			files, findings, err := Build(inputs(t, c.spec))
			if err != nil {
				t.Fatal(err)
			}
			if files != nil || len(findings) != 1 || findings[0].Rule != c.rule || findings[0].File != spectest.Name {
				t.Errorf("got files %v and %v, want no file and %s", slices.Sorted(maps.Keys(files)), findings, c.rule)
			}
		})
	}
}

func TestOneRunTellsOfEverySpec(t *testing.T) {
	c, _ := config.Parse([]byte(spectest.Config + "  - spec: api/other.yaml\n    package: otherapi\n    dir: gen/otherapi\n"))
	in := inputs(t, "")
	in.Config = c
	in.Specs["api/other.yaml"] = []byte("x: 1\n")
	findings, err := Lint(in)
	if err != nil || len(findings) != 2 || findings[0].File != spectest.Name || findings[1].File != "api/other.yaml" {
		t.Errorf("got %v, %v", findings, err)
	}
}

func TestTheManifestListsInputsAndOutputs(t *testing.T) {
	files, findings, err := Build(inputs(t, spectest.Spec))
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	got := slices.Sorted(maps.Keys(tree.ParseManifest(files[tree.ManifestPath])))
	want := []string{spectest.Name, config.Path, "gen/acmeapi/calls.gen.go", "gen/acmeapi/decode.gen.go", "gen/acmeapi/models.gen.go", "gen/acmeapi/operations.gen.go"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestBuildNeedsNoDisk(t *testing.T) {
	t.Chdir(t.TempDir())
	files, findings, err := Build(inputs(t, spectest.Spec))
	if err != nil || len(findings) > 0 || len(files) != 5 {
		t.Errorf("got %d files, %v, %v", len(files), findings, err)
	}
	if entries, err := os.ReadDir("."); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
