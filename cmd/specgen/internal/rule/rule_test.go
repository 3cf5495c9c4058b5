package rule

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// id is how a rule is called, and nothing else in specgen: capitals in at least
// two parts.
var id = regexp.MustCompile(`^[A-Z]+(-[A-Z]+)+$`)

// reported are the rule ids that stand in the Go source below root.
func reported(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil && id.MatchString(text) {
					found[text] = fset.Position(lit.Pos()).String()
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// differences compares what is reported with what is listed.
func differences(reported map[string]string, listed []Rule) []string {
	var out []string
	for _, r := range listed {
		if _, ok := reported[r.ID]; !ok {
			out = append(out, r.ID+" is listed and nothing reports it")
		}
	}
	for id, place := range reported {
		if !slices.ContainsFunc(listed, func(r Rule) bool { return r.ID == id }) {
			out = append(out, place+": "+id+" has no page: add internal/rule/pages/"+id+".md")
		}
	}
	slices.Sort(out)
	return out
}

func TestTheListHasWhatSpecgenReportsAndNothingElse(t *testing.T) {
	found := reported(t, "../..")
	for _, d := range differences(found, All()) {
		t.Error(d)
	}
	// The inverse: one rule fewer and one more are both seen.
	got := differences(map[string]string{"A-B": "x.go:1:1", "C-D": "y.go:1:1"}, []Rule{{ID: "A-B"}, {ID: "NO-SUCH"}})
	want := []string{"NO-SUCH is listed and nothing reports it", "y.go:1:1: C-D has no page: add internal/rule/pages/C-D.md"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnIDInTheSourceIsSeen(t *testing.T) {
	root := t.TempDir()
	src := "package p\n\nconst a, b = \"A-B\", \"A-\" + `C-D`\n\nvar text = \"an A-B in a sentence\"\n"
	if err := os.WriteFile(filepath.Join(root, "p.go"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := reported(t, root); len(got) != 2 || got["A-B"] == "" || got["C-D"] == "" {
		t.Errorf("got %v", got)
	}
}

// sections are the parts of a page, in order.
var sections = []string{"Why", "What is wrong", "What to change", "Bad", "Good"}

// pageFaults is what a page lacks.
func pageFaults(r Rule) []string {
	var out []string
	if !id.MatchString(r.ID) {
		out = append(out, "the id is not capitals in parts")
	}
	if r.Title == "" || len(r.Title) > 100 || strings.HasSuffix(r.Title, ".") || !strings.HasPrefix(r.Page, "# "+r.ID+": "+r.Title+"\n") {
		out = append(out, "the title is not one line of at most 100 bytes: "+r.Title)
	}
	parts := strings.Split(r.Page, "\n## ")[1:]
	if len(parts) != len(sections) {
		return append(out, "the page has not the five sections")
	}
	for i, part := range parts {
		name, body, _ := strings.Cut(part, "\n")
		body = strings.TrimSpace(body)
		if name != sections[i] || body == "" {
			out = append(out, "section "+name+" is empty or out of order")
		}
	}
	if strings.TrimPrefix(parts[3], "Bad") == strings.TrimPrefix(parts[4], "Good") {
		out = append(out, "the bad example is the good one")
	}
	return out
}

func TestEachPageSaysWhyAndWhatToChange(t *testing.T) {
	for _, r := range All() {
		for _, f := range pageFaults(r) {
			t.Errorf("%s: %s", r.ID, f)
		}
	}
	r := All()[0]
	for _, broken := range []string{
		strings.Replace(r.Page, "## Why", "## How", 1),
		strings.Replace(r.Page, "## Good", "### Good", 1),
		strings.Replace(r.Page, "# "+r.ID, "# "+r.ID+"S", 1),
	} {
		if len(pageFaults(Rule{r.ID, r.Title, broken})) == 0 {
			t.Errorf("a broken page passes:\n%s", broken)
		}
	}
}

func TestFind(t *testing.T) {
	if r, ok := Find("OP-ID"); !ok || r.ID != "OP-ID" || !strings.Contains(r.Title, "operationId") {
		t.Errorf("got %+v, %t", r, ok)
	}
	for _, name := range []string{"", "NO-SUCH", "op-id", "../rule", "../pages/OP-ID", "OP-ID.md"} {
		if r, ok := Find(name); ok {
			t.Errorf("%q: got %+v", name, r)
		}
	}
}

func TestNear(t *testing.T) {
	for _, c := range []struct{ id, want string }{
		{"OP-IDS", "OP-ID"}, {"op-id", "OP-ID"}, {"YAML-SYNTEX", "YAML-SYNTAX"}, {"RETRY", "OP-RETRY"}, {"OP-RETRIES", "OP-RETRY"},
	} {
		if got := Near(c.id); len(got) == 0 || got[0] != c.want {
			t.Errorf("%s: got %v, want %s first", c.id, got, c.want)
		}
	}
	for _, far := range []string{"", "COMPLETELY-DIFFERENT-THING", strings.Repeat("A", 1<<20)} {
		if got := Near(far); len(got) > 0 {
			t.Errorf("%.30s: got %v", far, got)
		}
	}
}
