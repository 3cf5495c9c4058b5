package project

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// write puts files below a new root.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		spectest.Put(t, root, name, content)
	}
	return root
}

func TestLoadReadsWhatTheConfigNames(t *testing.T) {
	root := write(t, map[string]string{
		"api/specgen.yaml": spectest.Config, "api/acme.yaml": spectest.Spec, "api/SOURCES.md": spectest.Sources,
	})
	in, findings, err := Load(root)
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	if string(in.Specs[spectest.Name]) != spectest.Spec || string(in.Sources) != spectest.Sources || len(in.Config.Clients) != 1 {
		t.Errorf("got %+v", in)
	}
}

func TestLoadWithoutSourcesLeavesItToTheLint(t *testing.T) {
	root := write(t, map[string]string{"api/specgen.yaml": spectest.Config, "api/acme.yaml": spectest.Spec})
	in, _, err := Load(root)
	if err != nil {
		t.Fatal(err)
	}
	if findings, err := Lint(in); err != nil || len(findings) != 2 || findings[0].Rule != "OP-SOURCE" {
		t.Errorf("got %v, %v", findings, err)
	}
}

func TestWhatCannotBeReadIsNamedFromTheRoot(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no config": {nil, "api/specgen.yaml: "},
		"no spec":   {map[string]string{"api/specgen.yaml": spectest.Config}, "api/specgen.yaml:3:5: api/acme.yaml: "},
	} {
		t.Run(name, func(t *testing.T) {
			root := write(t, c.files)
			_, _, err := Load(root)
			if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), root) {
				t.Errorf("got %v, want %q and no path of the machine", err, c.want)
			}
		})
	}
}
