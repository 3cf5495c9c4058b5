package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

const toRequest = "$ref: '#/components/schemas/TokenRequest'"

// beside writes files into a folder and parses the spec that is edited so that
// it refers to them.
func beside(t *testing.T, files map[string]string, edit ...string) (*spec.Document, []finding.Finding) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return in(t, dir, spectest.Edit(t, edit...))
}

func in(t *testing.T, dir, text string) (*spec.Document, []finding.Finding) {
	t.Helper()
	folder, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	read := func(name string, limit int64) ([]byte, error) { return tree.ReadBelow(folder, name, limit) }
	doc, findings, err := spec.ParseBeside(read, spectest.Name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc, findings
}

const common = `components:
  schemas:
    Money:
      type: object
      properties:
        currency: {$ref: '#/components/schemas/Currency'}
        owner: {$ref: 'deep/more.yaml#/components/schemas/Owner'}
    Currency:
      type: string
    Spare:
      type: integer
`

const more = `components:
  schemas:
    Owner:
      type: object
      properties:
        money: {$ref: '../common.yaml#/components/schemas/Money'}
        error: {$ref: '../acme.yaml#/components/schemas/Error'}
`

func TestComponentsOfAFileBeside(t *testing.T) {
	files := map[string]string{"common.yaml": common, "deep/more.yaml": more}
	doc, findings := beside(t, files, toRequest, "$ref: 'common.yaml#/components/schemas/Money'")
	if doc == nil {
		t.Fatal(findings)
	}
	for _, name := range []string{"Money", "Currency", "Owner", "Error"} {
		if doc.Exact("components", "schemas", name) == nil {
			t.Errorf("no %s", name)
		}
	}
	if doc.Exact("components", "schemas", "Spare") != nil {
		t.Error("what nobody refers to was taken along")
	}
	if len(doc.Local) != 2 || doc.Local[0].Path != "api/common.yaml" || doc.Local[1].Path != "api/deep/more.yaml" {
		t.Errorf("made of %v", doc.Local)
	}
	// A finding about something in the other file names it, at its own line.
	at := doc.Exact("components", "schemas", "Currency")
	if f := doc.Finding(at, "X-Y", "x"); f.File != "api/common.yaml" || f.Line != 9 {
		t.Errorf("got %v", f)
	}
	// The hash tells when the other file changes.
	files["deep/more.yaml"] += "# changed\n"
	changed, _ := beside(t, files, toRequest, "$ref: 'common.yaml#/components/schemas/Money'")
	if changed.SHA256 == doc.SHA256 || doc.SHA256 == spec.Sum([]byte(spectest.Spec)) {
		t.Error("the hash is that of the first file alone")
	}
	// Without a folder nothing of this is read.
	text := spectest.Edit(t, toRequest, "$ref: 'common.yaml#/components/schemas/Money'")
	if got := parse(t, text); len(got) != 1 || got[0].Rule != "REF-EXTERNAL" {
		t.Errorf("without a folder: %v", got)
	}
}

func TestWhatABesideFileMayNotBe(t *testing.T) {
	for name, c := range map[string]struct{ ref, rule, word string }{
		"above":                {"../common.yaml#/components/schemas/Money", "REF-EXTERNAL", "leaves the folder"},
		"above by a way round": {"deep/../../common.yaml#/components/schemas/Money", "REF-EXTERNAL", "leaves the folder"},
		"absolute":             {"/etc/common.yaml#/components/schemas/Money", "REF-EXTERNAL", "leaves the folder"},
		"a URL":                {"https://example.com/common.yaml#/components/schemas/Money", "REF-EXTERNAL", "leaves the folder"},
		"a host":               {"//example.com/common.yaml#/components/schemas/Money", "REF-EXTERNAL", "leaves the folder"},
		"escaped dots":         {"%2e%2e/common.yaml#/components/schemas/Money", "REF-EXTERNAL", "leaves the folder"},
		"backslashes":          {`..\common.yaml#/components/schemas/Money`, "REF-EXTERNAL", "leaves the folder"},
		"another kind of file": {"common.txt#/components/schemas/Money", "REF-EXTERNAL", "leaves the folder"},
		"the whole file":       {"common.yaml", "REF-EXTERNAL", "component of the other file"},
		"no component":         {"common.yaml#/info", "REF-EXTERNAL", "component of the other file"},
		"part of a component":  {"common.yaml#/components/schemas/Money/properties/currency", "REF-EXTERNAL", "component of the other file"},
		"not there":            {"absent.yaml#/components/schemas/Money", "REF-UNRESOLVED", "api/absent.yaml cannot be read"},
		"a name not there":     {"common.yaml#/components/schemas/Nothing", "REF-UNRESOLVED", "points at nothing"},
		"a name twice":         {"clash.yaml#/components/schemas/Error", "REF-EXTERNAL", "both in api/clash.yaml"},
		"broken":               {"broken.yaml#/components/schemas/A", "YAML-SYNTAX", ""},
		"with an alias":        {"alias.yaml#/components/schemas/A", "YAML-ALIAS", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := beside(t, map[string]string{
				"common.yaml": common, "deep/more.yaml": more, "common.txt": common, "clash.yaml": "components: {schemas: {Error: {type: string}}}\n",
				"broken.yaml": "a: [\n", "alias.yaml": "a: &a 1\nb: *a\n",
			}, toRequest, "$ref: '"+c.ref+"'")
			if len(findings) != 1 || findings[0].Rule != c.rule || !strings.Contains(findings[0].Message, c.word) {
				t.Errorf("got %v", findings)
			}
		})
	}
}

func TestNoSymbolicLinkLeadsOutOfTheFolder(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "common.yaml"), []byte(common), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "common.yaml"), filepath.Join(dir, "common.yaml")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "deep")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"common.yaml", "deep/common.yaml"} {
		_, findings := in(t, dir, spectest.Edit(t, toRequest, "$ref: '"+name+"#/components/schemas/Money'"))
		if len(findings) != 1 || findings[0].Rule != "REF-UNRESOLVED" || strings.Contains(findings[0].Message, outside) {
			t.Errorf("%s: got %v", name, findings)
		}
	}
}

func TestALoopThroughAnotherFile(t *testing.T) {
	_, findings := beside(t, map[string]string{"common.yaml": "components:\n  schemas:\n    A:\n      allOf:\n        - $ref: 'acme.yaml#/components/schemas/B'\n"},
		schemas("    B:\n      allOf:\n        - $ref: 'common.yaml#/components/schemas/A'\n")...)
	if len(findings) != 1 || findings[0].Rule != "REF-CYCLE" || !strings.Contains(findings[0].Message, "#/components/schemas/B/allOf/0") {
		t.Errorf("got %v", findings)
	}
}

func TestTheLimitsAreThoseOfAllFiles(t *testing.T) {
	half := "components: {schemas: {Money: {type: string}}}\n#" + strings.Repeat("x", spec.MaxBytes-1000) + "\n"
	_, findings := beside(t, map[string]string{"common.yaml": half}, toRequest, "$ref: 'common.yaml#/components/schemas/Money'")
	if len(findings) != 1 || findings[0].Rule != "SPEC-SIZE" {
		t.Errorf("got %v", findings)
	}
}
