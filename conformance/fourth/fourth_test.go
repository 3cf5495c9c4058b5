package fourth

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// What a person may have to write besides the spec.
const (
	mostOfTheWrapper = 120
	mostOfTheFake    = 160
)

func read(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// specgen runs the generator of this checkout on another one. It is built once.
type specgen string

func build(t *testing.T) specgen {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "specgen")
	gocmd.Project(t, filepath.Join(repo.Root(t), "cmd", "specgen"), "build", "-o", bin, ".")
	return specgen(bin)
}

// run returns what is printed, and whether the exit code was 0.
func (s specgen) run(t *testing.T, dir string, args ...string) (out string, ok bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), string(s), append([]string{"-C", dir}, args...)...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	err := cmd.Run()
	return b.String(), err == nil
}

// written counts the lines of now that somebody had to write or to change, if before
// is what was there.
func written(before, now string) int {
	a, b := strings.Split(before, "\n"), strings.Split(now, "\n")
	kept := make([]int, len(b)+1) // the longest common subsequence, row by row
	for i := range a {
		last := 0
		for j := range b {
			above := kept[j+1]
			if a[i] == b[j] {
				kept[j+1] = last + 1
			} else {
				kept[j+1] = max(kept[j+1], kept[j])
			}
			last = above
		}
	}
	return len(b) - kept[len(b)]
}

func TestWrittenCountsWhatWasAddedOrChanged(t *testing.T) {
	for _, c := range []struct {
		before, now string
		want        int
	}{
		{"", "a\nb", 2}, {"a\nb\nc", "a\nb\nc", 0}, {"a\nb\nc", "a\nx\nc", 1}, {"a\nb\nc", "a\nc", 0}, {"a\nb", "b\na", 1}, {"a\nb", "x\ny\nz", 3},
	} {
		if got := written(c.before, c.now); got != c.want {
			t.Errorf("%q, then %q: %d, want %d", c.before, c.now, got, c.want)
		}
	}
}

// judged is a file of Go without the comments that ask for a judgement.
func judged(src string) string { return drafted.ReplaceAllString(src, "") }

var drafted = regexp.MustCompile(`(?m)^// Draft:.*\n(//.*\n)*\n`)

// complaints are the lines of a failed run that are about the provider.
func complaints(out string) (lines []string) {
	for line := range strings.Lines(out) {
		if strings.Contains(line, "acme") || strings.Contains(line, "Acme") || strings.Contains(line, "panic") || strings.Contains(line, "build failed") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestCheck114_AProviderMadeFromASpecAlonePassesEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: the project is copied and compiled")
	}
	dir, sg := repo.Copy(t, "bench", "internal/peers"), build(t)
	repo.Write(t, filepath.Join(dir, "api/acme.yaml"), read(t, "testdata", "acme.yaml"))
	sources := filepath.Join(dir, "api", "SOURCES.md")
	repo.Write(t, filepath.Join(dir, "api/SOURCES.md"), read(t, sources)+read(t, "testdata", "sources.md"))
	if out, ok := sg.run(t, dir, "init", "--from", "api/acme.yaml"); !ok {
		t.Fatal(out)
	}

	// What init wrote is whole: it builds and passes its own tests.
	if _, err := gocmd.Try(t, dir, "test", "./acme/..."); err != nil {
		t.Fatal("as init wrote it: ", err)
	}

	// What a person adds, counted.
	lines, whole := map[string]int{}, map[string]int{}
	for place, file := range map[string]string{"acme/flows.go": "flows.txt", "acme/acmetest/state.go": "state.txt"} {
		content := read(t, "testdata", file)
		lines[filepath.Dir(place)] += written(read(t, dir, place), content)
		whole[filepath.Dir(place)] += strings.Count(content, "\n")
		repo.Write(t, filepath.Join(dir, place), content)
	}
	if out, ok := sg.run(t, dir, "todo"); ok || strings.Count(out, "TODO-DRAFT") != len([]string{"acme/errors.go", "acme/source.go"}) {
		t.Errorf("drafts that nobody has judged: %s", out)
	}
	for _, place := range []string{"acme/errors.go", "acme/source.go"} { // right as they are
		repo.Write(t, filepath.Join(dir, place), judged(read(t, dir, place)))
	}
	repo.Write(t, filepath.Join(dir, "acme/acmetest/state_test.go"), read(t, "testdata", "state_test.txt"))
	// Even if nothing of a draft had been of use, it would be no more than that.
	for place, most := range map[string]int{"acme": mostOfTheWrapper, "acme/acmetest": mostOfTheFake} {
		if n := lines[place]; n == 0 || n > whole[place] || whole[place] > most {
			t.Errorf("%s: %d lines of %d are by hand, want at most %d", place, n, whole[place], most)
		}
	}

	for _, args := range [][]string{
		{"vet", "./acme/...", "./gen/acmeapi", "./internal/scorecard"},
		{"test", "./acme/..."},
	} {
		if _, err := gocmd.Try(t, dir, args...); err != nil {
			t.Errorf("%v", err)
		}
	}
	for _, args := range [][]string{{"lint"}, {"check"}, {"check", "--full"}, {"todo"}} {
		out, ok := sg.run(t, dir, args...)
		if found := complaints(out); !ok && (len(found) > 0 || args[0] != "todo") {
			t.Errorf("specgen %s: %s", strings.Join(args, " "), out)
		}
	}
	rows := scorecard(t, dir)

	// The project's own checks of specs, fakes and wrappers have it too, and the house
	// wants no line of it anywhere. The house asks git what there is.
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}} {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	conformance := filepath.Join(dir, "conformance")
	if _, err := gocmd.Try(t, conformance, "test", "-short", "./spec", "./house"); err != nil {
		if found := complaints(err.Error()); len(found) > 0 {
			t.Errorf("conformance: %s", strings.Join(found, ""))
		}
	}
	changed := changedFiles(t, dir)
	t.Logf("figure: %d lines of wrapper (in files of %d) and %d of the fake's state machine (of %d) by hand, %d checks of the scorecard, %d shared files changed (%s)",
		lines["acme"], whole["acme"], lines["acme/acmetest"], whole["acme/acmetest"], rows, len(changed), strings.Join(changed, ", "))
	if slices.ContainsFunc(changed, func(name string) bool { return !strings.HasPrefix(name, "api/") && name != "gen/MANIFEST" }) {
		t.Errorf("shared files had to be edited: %v", changed)
	}
}

// scorecard runs the checks over all providers and returns how many are about more
// than one provider's own code.
func scorecard(t *testing.T, dir string) int {
	t.Helper()
	out, err := gocmd.Try(t, dir, "test", "-short", "-v", "-run", "TestCheck|TestTheTable|TestAnAddition", "./internal/scorecard")
	if err != nil {
		out = err.Error()
		for _, line := range complaints(out) {
			if strings.Contains(line, "figure:") || strings.Contains(line, "--- PASS") || strings.Contains(line, "=== ") {
				continue
			}
			t.Errorf("the scorecard: %s", line)
		}
	}
	n := strings.Count(out, "\n=== RUN   TestCheck") - strings.Count(out, "\n--- SKIP: TestCheck")
	if n < 20 {
		t.Errorf("%d checks ran:\n%.2000s", n, out)
	}
	// Inverse: a call that shows what it was sent is seen by the same run.
	flows := read(t, dir, "acme", "flows.go")
	repo.Write(t, filepath.Join(dir, "acme/flows.go"), strings.Replace(flows, "_, err := c.api.RevokeToken(", "c.api.HTTP = nil\n\t_, err := c.api.RevokeToken(", 1))
	if _, err := gocmd.Try(t, dir, "test", "-short", "-run", "TestCheck014|TestCheck003", "./internal/scorecard"); err == nil || len(complaints(err.Error())) == 0 {
		t.Error("inverse: a wrapper that is broken passes the scorecard")
	}
	repo.Write(t, filepath.Join(dir, "acme/flows.go"), flows)
	return n
}

// changedFiles are those of the project that are not what they were.
func changedFiles(t *testing.T, dir string) (names []string) {
	t.Helper()
	root := repo.Root(t)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return filepath.SkipDir
		case d.IsDir():
			return nil
		}
		name, _ := filepath.Rel(dir, path)
		before, err := os.ReadFile(filepath.Join(root, name))
		if err == nil && string(before) != read(t, path) {
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// A starter that nobody has finished is not green: the gates that `make ci` runs say
// so, and say where.
func TestCheck114_NothingUnfinishedIsGreen(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: the project is copied")
	}
	dir, sg := repo.Copy(t, "bench", "internal/peers"), build(t)
	before, _ := sg.run(t, dir, "todo")
	if out, ok := sg.run(t, dir, "init", "acme", "--auth", "basic-raw", "--body", "json", "--pkce", "none", "--expiry", "none"); !ok {
		t.Fatal(out)
	}
	out, ok := sg.run(t, dir, "todo")
	for _, rule := range []string{"api/acme.yaml:", "TODO-REPLACE", "TODO-HOST", "TODO-SOURCE", "TODO-DRAFT"} {
		if ok || strings.Count(out, rule) <= strings.Count(before, rule) {
			t.Errorf("a starter as init wrote it: no %s in\n%s", rule, out)
		}
	}
	// One comment left, and all else done.
	for _, place := range []string{"acme/flows.go", "acme/errors.go", "acme/source.go", "acme/acmetest/state.go"} {
		repo.Write(t, filepath.Join(dir, place), judged(read(t, dir, place)))
	}
	repo.Write(t, filepath.Join(dir, "api/SOURCES.md"), read(t, repo.Root(t), "api", "SOURCES.md")+read(t, "testdata", "sources.md"))
	var kept []string
	left := false
	for line := range strings.Lines(strings.ReplaceAll(read(t, dir, "api", "acme.yaml"), ".example", ".internal")) {
		if strings.Contains(line, "# Replace:") {
			if left {
				continue
			}
			left = true
		}
		kept = append(kept, line)
	}
	repo.Write(t, filepath.Join(dir, "api/acme.yaml"), strings.Join(kept, ""))
	out, ok = sg.run(t, dir, "todo")
	if n := len(complaints(out)); ok || n != 1 || !strings.Contains(out, "TODO-REPLACE") {
		t.Errorf("one comment left: %d findings:\n%s", n, out)
	}
	// Inverse: without it nothing is found.
	repo.Write(t, filepath.Join(dir, "api/acme.yaml"), strings.Join(slices.DeleteFunc(kept, func(line string) bool { return strings.Contains(line, "# Replace:") }), ""))
	if out, _ := sg.run(t, dir, "todo"); len(complaints(out)) > 0 {
		t.Errorf("inverse: %s", out)
	}
	if gates := read(t, repo.Root(t), "Makefile"); !strings.Contains(gates, "GATES := lint todo ") {
		t.Error("make ci does not run todo")
	}
	t.Log("figure: 4 rules hold back a starter, down to its last comment")
}
