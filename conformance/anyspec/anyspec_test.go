package anyspec

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

const config = `version: 1
clients:
  - spec: api/odd.yaml
    package: oddapi
    dir: gen/oddapi
`

// module makes a user's module with the spec, its package, and the tests of it in
// the file named.
func module(t *testing.T, spec, tests string) string {
	t.Helper()
	root := repo.Root(t)
	dir := gocmd.Write(t, map[string]string{
		"api/specgen.yaml": config,
		"api/odd.yaml":     spec,
		"api/SOURCES.md":   "# Sources\n\n## Odd: keepSecrets\n\n## Odd: sendForm\n\n## Odd: listSecrets\n\n## Odd: operations\n",
		"go.mod": "module odd.test\n\ngo 1.25.0\n\nrequire github.com/grantway/grantway v0.0.0\n\nreplace github.com/grantway/grantway => " +
			filepath.ToSlash(root) + "\n",
		"odd_test.go": tests,
	})
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func generate(t *testing.T, dir string) (string, error) {
	t.Helper()
	return gocmd.Try(t, filepath.Join(repo.Root(t), "cmd", "specgen"), "run", ".", "generate", "-C", dir)
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// figures are what the tests of the generated package have counted.
var figures = regexp.MustCompile(`figure: .*`)

// The tests in testdata/odd_test.txt run against what is generated of
// testdata/odd.yaml: they fill every secret, send it, read it off the wire, get it
// back, and print all that has been sent and received.
func TestAPackageOfAnySpec(t *testing.T) {
	dir := module(t, read(t, "odd.yaml"), read(t, "odd_test.txt"))
	if out, err := generate(t, dir); err != nil {
		t.Fatal(err, out)
	}
	out, err := gocmd.Try(t, dir, "test", "-count=1", "-v", ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, figure := range figures.FindAllString(out, -1) {
		t.Log(figure)
	}
	if strings.Count(out, "--- PASS: TestCheck") < 3 {
		t.Errorf("not all checks ran:\n%s", out)
	}
}
