package past

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func runGit(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Example", "-c", "user.email=someone@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// repository has a project in a folder of its own, with one commit, and then a
// change that is not committed.
func repository(t *testing.T) (top, root string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git here:", err)
	}
	top = t.TempDir()
	root = filepath.Join(top, "sub dir")
	runGit(t, top, "init", "-q", "-b", "main")
	spectest.Put(t, root, "api/specgen.yaml", "old config")
	spectest.Put(t, root, "api/[a]*.yaml", "old spec")
	spectest.Put(t, root, "api/größe.yaml", "old name")
	if err := os.Symlink("specgen.yaml", filepath.Join(root, "api/link.yaml")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	runGit(t, top, "add", ".")
	runGit(t, top, "commit", "-q", "-m", "one")
	runGit(t, top, "tag", "v1")
	spectest.Put(t, root, "api/specgen.yaml", "new config")
	spectest.Put(t, root, "api/later.yaml", "new")
	return top, root
}

func TestAGitRefIsReadAndNotCheckedOut(t *testing.T) {
	_, root := repository(t)
	for _, name := range []string{"main", "v1", "HEAD", "HEAD~0"} {
		read, err := At(root, name)
		if err != nil {
			t.Fatal(err)
		}
		for rel, want := range map[string]string{"api/specgen.yaml": "old config", "api/[a]*.yaml": "old spec", "api/größe.yaml": "old name"} {
			if data, err := read(rel, 100); err != nil || string(data) != want {
				t.Errorf("%s at %s: got %q, %v", rel, name, data, err)
			}
		}
		if data, err := read("api/specgen.yaml", 3); err != nil || string(data) != "old " {
			t.Errorf("limited: got %q, %v", data, err)
		}
		if _, err := read("api/later.yaml", 100); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a file that was not there: %v", err)
		}
		for _, odd := range []string{"api/link.yaml", "api"} {
			if data, err := read(odd, 100); err == nil {
				t.Errorf("%s: got %q", odd, data)
			}
		}
	}
	if data, err := os.ReadFile(filepath.Join(root, "api/specgen.yaml")); err != nil || string(data) != "new config" {
		t.Errorf("the working tree changed: %q, %v", data, err)
	}
}

func TestAFolderIsReadFromTheRoot(t *testing.T) {
	root := t.TempDir()
	spectest.Put(t, root, "before/api/specgen.yaml", "old config")
	for _, name := range []string{"before", "./before", filepath.Join(root, "before")} {
		read, err := At(root, name)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := read("api/specgen.yaml", 100); err != nil || string(data) != "old config" {
			t.Errorf("%s: got %q, %v", name, data, err)
		}
		if _, err := read("api/none.yaml", 100); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	}
}

func TestWhatIsNeitherIsRefused(t *testing.T) {
	_, root := repository(t)
	for _, name := range []string{"", "-", "--output=x", "-v", "none", "HEAD:sub dir/api", "v1\nmain", "v1 main", "\x00"} {
		if _, err := At(root, name); err == nil || !strings.Contains(err.Error(), "against") {
			t.Errorf("%q: got %v", name, err)
		}
	}
	if _, err := At(t.TempDir(), "main"); err == nil || !strings.Contains(err.Error(), "git ref") {
		t.Errorf("no repository: got %v", err)
	}
}

// A name that begins with a hyphen is refused because git would obey it, or be
// said to be: the marker that an option writes has to stay away.
func TestARefIsNeverAnOption(t *testing.T) {
	top, root := repository(t)
	marker := filepath.Join(top, "marker")
	if _, err := At(root, "--output="+marker); err == nil {
		t.Error("it passes")
	}
	if _, err := os.Stat(marker); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("git took it for an option: %v", err)
	}
}
