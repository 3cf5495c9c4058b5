package compile

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

const file = "gen/a/a.go"

// module is a Go module with the given file in it.
func module(t *testing.T, content string) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command:", err)
	}
	// What is around the test, such as a workspace, is none of the module's business.
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "")
	root := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/m\n\ngo 1.25.0\n", file: content} {
		spectest.Put(t, root, name, text)
	}
	return root
}

func TestTheOverlayIsWhatCounts(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: the go command compiles")
	}
	const good, bad = "package a\n\nimport \"net/http\"\n\nvar _ http.Client\n", "package a\n\nimport \"net/http\"\n\nvar _ http.Nothing\n"
	update := []tree.Change{{Verb: "changed", Path: file}}
	t.Run("a good file over a bad one", func(t *testing.T) {
		faults, err := Check(module(t, bad), []string{"gen/a"}, update, map[string][]byte{file: []byte(good)})
		if err != nil || len(faults) > 0 {
			t.Errorf("got %v, %v", faults, err)
		}
	})
	t.Run("a bad file over a good one", func(t *testing.T) {
		root := module(t, good)
		faults, err := Check(root, []string{"gen/a"}, update, map[string][]byte{file: []byte(bad)})
		if err != nil || len(faults) != 1 || faults[0].Path != file || faults[0].Line != 5 {
			t.Errorf("got %v, %v", faults, err)
		}
		if got, err := os.ReadFile(filepath.Join(root, file)); err != nil || string(got) != good {
			t.Errorf("the project changed: %q, %v", got, err)
		}
	})
	t.Run("a file that compiles and is wrong", func(t *testing.T) {
		const odd = "package a\n\ntype T struct {\n\tX int `json:\"x\"`\n\tY int `json:\"x\"`\n}\n"
		faults, err := Check(module(t, good), []string{"gen/a"}, update, map[string][]byte{file: []byte(odd)})
		if err != nil || len(faults) != 1 || faults[0].Path != file || faults[0].Line != 5 {
			t.Errorf("got %v, %v", faults, err)
		}
	})
	t.Run("a new package", func(t *testing.T) {
		faults, err := Check(module(t, good), []string{"gen/b"}, []tree.Change{{Verb: "created", Path: "gen/b/b.go"}},
			map[string][]byte{"gen/b/b.go": []byte("package b\n\nfunc f() { var x int }\n")})
		if err != nil || len(faults) != 1 || faults[0].Path != "gen/b/b.go" || faults[0].Line != 3 {
			t.Errorf("got %v, %v", faults, err)
		}
	})
	t.Run("a file that goes", func(t *testing.T) {
		faults, err := Check(module(t, bad), []string{"gen/a"},
			[]tree.Change{{Verb: "created", Path: "gen/a/b.go"}, {Verb: "removed", Path: file}}, map[string][]byte{"gen/a/b.go": []byte("package a\n")})
		if err != nil || len(faults) > 0 {
			t.Errorf("got %v, %v", faults, err)
		}
	})
}

func TestAMissingDependencyIsNoFaultOfTheSpec(t *testing.T) {
	root := module(t, "package a\n")
	t.Setenv("GOPROXY", "off")
	faults, err := Check(root, []string{"gen/a"}, []tree.Change{{Verb: "changed", Path: file}},
		map[string][]byte{file: []byte("package a\n\nimport _ \"example.com/not/there\"\n")})
	if err == nil || len(faults) > 0 || !strings.Contains(err.Error(), "run `go get "+Needs+"`") {
		t.Errorf("got %v, %v, want an error that says what to get", faults, err)
	}
}

func TestAFolderThatIsNoModuleIsTold(t *testing.T) {
	faults, err := Check(t.TempDir(), []string{"gen/a"}, nil, nil)
	if !errors.Is(err, ErrNoModule) || len(faults) > 0 {
		t.Errorf("got %v, %v", faults, err)
	}
}
