package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

const common = "components:\n  schemas:\n    Seconds:\n      type: integer\n"

// withCommon is a project whose spec refers to a file beside it.
func withCommon(t *testing.T, options string) string {
	t.Helper()
	return write(t, map[string]string{
		config.Path: spectest.Config + options, SourcesPath: spectest.Sources, "api/common.yaml": common,
		spectest.Name: spectest.Edit(t, "        expires_in:\n          type: integer\n", "        expires_in:\n          $ref: 'common.yaml#/components/schemas/Seconds'\n"),
	})
}

const allowed = "    options:\n      local-refs: true\n"

func buildIn(t *testing.T, root string) (map[string][]byte, Inputs, string) {
	t.Helper()
	in, findings, err := Load(root)
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	in.Generator = "this"
	files, findings, err := Build(in)
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) > 0 {
		return nil, in, findings[0].Rule
	}
	return files, in, ""
}

func TestAFileBesideASpecIsReadIfTheConfigSaysSo(t *testing.T) {
	if _, _, rule := buildIn(t, withCommon(t, "")); rule != "REF-EXTERNAL" {
		t.Errorf("without the option: got %q", rule)
	}
	files, _, rule := buildIn(t, withCommon(t, allowed))
	if rule != "" || !strings.Contains(string(files["gen/acmeapi/models.gen.go"]), "ExpiresIn *int64 ") {
		t.Errorf("with the option: got %q", rule)
	}
}

// What is beside a spec is in its folder: another file of the project is not,
// whatever links lead there.
func TestNoLinkLeadsOutOfTheFolderOfASpec(t *testing.T) {
	root := withCommon(t, allowed)
	spectest.Put(t, root, "other/common.yaml", common)
	file := filepath.Join(root, "api", "common.yaml")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("..", "other", "common.yaml"), file); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if _, _, rule := buildIn(t, root); rule != "REF-UNRESOLVED" {
		t.Errorf("got %q", rule)
	}
}

func TestAFileBesideASpecIsAnInput(t *testing.T) {
	root := withCommon(t, allowed)
	files, in, _ := buildIn(t, root)
	for name, content := range files {
		spectest.Put(t, root, name, string(content))
	}
	if m := tree.ParseManifest(files[tree.ManifestPath]); m["api/common.yaml"] != spec.Sum([]byte(common)) {
		t.Errorf("the manifest has %v", m)
	}
	if !Unchanged(root, "this") {
		t.Error("nothing changed, and it counts as changed")
	}
	spectest.Put(t, root, "api/common.yaml", strings.Replace(common, "integer", "string", 1))
	if Unchanged(root, "this") {
		t.Error("the file changed, and it goes unseen")
	}
	in.Have = files
	again, findings, err := Build(in)
	if err != nil || len(findings) == 0 && string(again["gen/acmeapi/models.gen.go"]) == string(files["gen/acmeapi/models.gen.go"]) {
		t.Errorf("the package was taken from before: %v", err)
	}
}

func TestAFileBesideASpecCanBreakCallers(t *testing.T) {
	_, old, _ := buildIn(t, withCommon(t, allowed))
	root := withCommon(t, allowed)
	spectest.Put(t, root, "api/common.yaml", strings.Replace(common, "integer", "number", 1))
	_, now, _ := buildIn(t, root)
	findings, err := Breaking(old, now)
	if err != nil || len(findings) != 1 || findings[0].Rule != "BREAKING-TYPE" || findings[0].File != "api/common.yaml" || findings[0].Line != 4 {
		t.Errorf("got %v, %v", findings, err)
	}
}
