package plain_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/plain"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// What is measured must be what the generator makes of today's specs.
func TestThePlainClientsAreWhatTheGeneratorMakes(t *testing.T) {
	root := repo.Root(t)
	for _, provider := range []string{"builtbybit", "square"} {
		t.Run(provider, func(t *testing.T) {
			dir := "conformance/internal/plain/" + provider
			fresh := filepath.Join(t.TempDir(), "client.gen.go")
			gocmd.Project(t, filepath.Join(root, "cmd", "specgen"), "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen",
				"-config", filepath.Join(root, filepath.FromSlash(dir), "oapi-codegen.yaml"), "-o", fresh, filepath.Join(root, "api", provider+".yaml"))
			want, err := os.ReadFile(fresh)
			if err != nil {
				t.Fatal(err)
			}
			got := string(repo.Read(t, dir+"/client.gen.go"))
			if got != string(want) {
				t.Errorf("%s/client.gen.go is out of date: go -C conformance generate ./internal/plain", dir)
			}
			if !strings.Contains(got, "oapi-codegen/v2 version "+plain.Version+" DO NOT EDIT") {
				t.Errorf("%s/client.gen.go is not by oapi-codegen %s", dir, plain.Version)
			}
		})
	}
}
