package scorecard

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// publicVariable says that specs which others wrote may be fetched, with npm and
// the go command, and kept in a folder that goes away with the test.
const publicVariable = "SPECGEN_PUBLIC_SPECS"

// ogen ships specs of others for its own tests.
const ogen = "github.com/ogen-go/ogen@v1.14.0"

// public are packages that ship a large OpenAPI spec, pinned. They are nobody's
// dependency here, and nothing of them is kept.
var public = []struct{ kind, name, file string }{
	{"npm", "@octokit/openapi@23.0.2", "generated/api.github.com.json"},
	{"npm", "@figma/rest-api-spec@0.43.0", "openapi/openapi.yaml"},
	{"go", "github.com/DataDog/datadog-api-client-go/v2@v2.67.0", ".generator/schemas/v1/openapi.yaml"},
	{"go", "github.com/DataDog/datadog-api-client-go/v2@v2.67.0", ".generator/schemas/v2/openapi.yaml"},
	{"go", "github.com/okta/okta-sdk-golang/v5@v5.0.2", "okta/api/openapi.yaml"},
	{"go", ogen, "_testdata/examples/api.github.com.json"},
	{"go", ogen, "_testdata/examples/k8s.json"},
	{"go", ogen, "_testdata/examples/telegram_bot_api.json"},
	{"go", ogen, "_testdata/examples/gotd_bot_api.json"},
	{"go", ogen, "_testdata/examples/superset.json"},
	{"go", ogen, "_testdata/examples/openai.yml"},
	{"go", ogen, "_testdata/examples/autorest/ApiManagementClient-openapi.json"},
	{"go", "github.com/speakeasy-api/openapi@v1.24.0", "jsonschema/oas3/testdata/pagerduty.json"},
	{"go", "github.com/getkin/kin-openapi@v0.152.0", "openapi3/testdata/oai_v3_stoplight.json"},
}

// TestSpecsOfOthers runs specgen on large specs that were not written for it.
// Each is made into code that compiles, or refused with a place and what to
// change. The rules of this project for its own specs, such as x-source, are
// left out: each of these specs fails them, and nothing else would be seen.
func TestSpecsOfOthers(t *testing.T) {
	if os.Getenv(publicVariable) == "" {
		t.Skip("fetches specs of others: set " + publicVariable + "=1 to run it")
	}
	t.Setenv("GOWORK", "off")
	made := 0
	fetched := map[string]string{}
	for _, p := range public {
		if _, ok := fetched[p.name]; !ok {
			fetched[p.name] = fetch(t, p.kind, p.name)
		}
		data, err := os.ReadFile(filepath.Join(fetched[p.name], filepath.FromSlash(p.file)))
		if err != nil {
			t.Errorf("%s: %v", p.name, err)
			continue
		}
		for _, variant := range []struct{ name, mode string }{{"with the rules on safety", "guarded"}, {"with the rule on extensions alone", "lenient"}} {
			dir := t.TempDir()
			t.Setenv(keepVariable, dir)
			o, err := run(t, variant.mode, string(data), deadline)
			switch {
			case err != nil:
				t.Errorf("%s %s: %v", p.name, p.file, err)
			case strings.HasPrefix(o.text, "made "):
				made++
				write(t, filepath.Join(dir, "go.mod"), "module example.com/m\n\ngo 1.25.0\n")
				command(t, dir, "go", "mod", "tidy")
				command(t, dir, "go", "vet", "./...") // which compiles as well
			case !strings.HasPrefix(o.text, "refused "+client.Spec+":"):
				t.Errorf("%s %s: %s", p.name, p.file, o.text)
			}
			if o.kib > mostMemory {
				t.Errorf("%s %s: %d MiB", p.name, p.file, o.kib>>10)
			}
			t.Logf("%s %s, %s: %d KiB, %.2f s of CPU, %d MiB: %.300s", p.name, path.Base(p.file), variant.name, len(data)>>10, o.cpu.Seconds(), o.kib>>10, o.text)
		}
	}
	if made == 0 {
		t.Error("none is made")
	}
}

// fetch returns the folder of a package.
func fetch(t *testing.T, kind, name string) string {
	t.Helper()
	dir := t.TempDir()
	if kind == "npm" {
		command(t, dir, "npm", "pack", "--silent", name)
		archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
		if err != nil || len(archives) != 1 {
			t.Fatalf("npm pack %s: %v, %v", name, archives, err)
		}
		command(t, dir, "tar", "xzf", archives[0])
		return filepath.Join(dir, "package")
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(command(t, dir, "go", "mod", "download", "-json", name), &module); err != nil {
		t.Fatal(err)
	}
	return module.Dir
}

func command(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec // fixed words and pinned names
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return output
}
