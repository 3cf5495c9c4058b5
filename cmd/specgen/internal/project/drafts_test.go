package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
)

func TestDraftsAreLookedForWhereInitWritesThem(t *testing.T) {
	const draft = "package x\n\n// Draft: say what.\n"
	clients := config.Config{Clients: []config.Client{{Spec: "api/acme.yaml"}, {Spec: "api/none.yaml"}, {Spec: "api/file.yaml"}}}
	for name, want := range map[string]string{
		"acme/flows.go":              "acme/flows.go:3:1: TODO-DRAFT",
		"acme/acmetest/state.go":     "acme/acmetest/state.go:3:1: TODO-DRAFT",
		"acme/notes.txt":             "",
		"acme/deep/flows.go":         "",
		"other/flows.go":             "",
		"acme/folder.go/flows.go":    "",
		"acme/acmetest/testdata/a.x": "",
		"file":                       "",
	} {
		dir := t.TempDir()
		place := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(place, []byte(draft), 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := Drafts(dir, clients)
		if err != nil || len(found) > 1 || (want == "") != (len(found) == 0) || want != "" && !strings.HasPrefix(found[0].String(), want) {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	if _, err := Drafts(filepath.Join(t.TempDir(), "none"), clients); err == nil {
		t.Error("a project that is not there has no drafts")
	}
}
