package readme_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// table is one of a document's.
type table struct {
	name string // the document and the heading above it
	rows []row
}

// row is a line of a table: its first cell, and the files that it links to.
type row struct {
	first string
	links []string
}

// tables returns the tables of a document. What is fenced is none.
func tables(name, text string) []table {
	var found []table
	heading, fenced, last := "", false, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced:
		case strings.HasPrefix(line, "#"):
			heading = strings.TrimSpace(strings.TrimLeft(line, "#"))
		case strings.HasPrefix(line, "|---"):
			found = append(found, table{name: name + ": " + heading})
		case strings.HasPrefix(line, "|") && strings.HasPrefix(last, "|") && len(found) > 0:
			r := row{first: strings.TrimSpace(strings.Split(line, "|")[1])}
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				if target, _, _ := strings.Cut(m[1], "#"); target != "" {
					r.links = append(r.links, path.Join(path.Dir(name), target))
				}
			}
			found[len(found)-1].rows = append(found[len(found)-1].rows, r)
		}
		last = line
	}
	return found
}

// promiseFaults says what is wrong between the tables of the documents and the
// tests that are said to hold their rows: which tables are not known, which rows
// have no test, which tests are not there, and which are for no row. inFile says in
// which file a test is, and fails for one that does not hold.
func promiseFaults(found []table, held map[string]map[string][]string, facts map[string]string, inFile func(test string) (string, error)) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	known := map[string]bool{}
	for _, tab := range found {
		rows, promised := held[tab.name]
		known[tab.name] = true
		if _, fact := facts[tab.name]; promised == fact {
			fault("%s: the table is neither one of promises nor one of facts, or it is both", tab.name)
			continue
		}
		seen := map[string]bool{}
		for _, r := range tab.rows {
			seen[r.first] = true
			if promised {
				faults = append(faults, rowFaults(tab.name, r, rows[r.first], inFile)...)
			}
		}
		for _, first := range slices.Sorted(maps.Keys(rows)) {
			if !seen[first] {
				fault("%s: there is no row %q to be held by %q", tab.name, first, rows[first])
			}
		}
	}
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(held)), slices.Sorted(maps.Keys(facts))) {
		if !known[name] {
			fault("%s: there is no such table", name)
		}
	}
	return faults
}

// rowFaults is promiseFaults for one row, which those tests hold.
func rowFaults(table string, r row, tests []string, inFile func(test string) (string, error)) []string {
	if len(tests) == 0 {
		return []string{fmt.Sprintf("%s: no test holds the row %q", table, r.first)}
	}
	var faults, files []string
	for _, test := range tests {
		file, err := inFile(test)
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: the row %q is held by %s: %v", table, r.first, test, err))
		}
		files = append(files, file)
	}
	for _, to := range r.links {
		if strings.HasSuffix(to, "_test.go") && !slices.Contains(files, to) {
			faults = append(faults, fmt.Sprintf("%s: the row %q leads to %s, where no test holds it", table, r.first, to))
		}
	}
	return faults
}

// split returns the folder, the function and the subtest of a test in the tables,
// "tokens/TestName/of a row" say. Its folder is below the root of the project.
func split(test string) (folder, function, subtest string) {
	at := strings.Index("/"+test, "/Test")
	folder = strings.TrimSuffix(test[:at], "/")
	function, subtest, _ = strings.Cut(test[at:], "/")
	return folder, function, subtest
}

// declared finds the file, from the root, of a test. The error says that it is
// nowhere, or may be skipped by something else than -short.
func declared(root, test string) (string, error) {
	folder, function, _ := split(test)
	names, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil {
		return "", err
	}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == function {
				if skips(f.Body) {
					err = errors.New("it may be skipped, and not only by -short")
				}
				return path.Join(folder, filepath.Base(name)), err
			}
		}
	}
	return "", errors.New("it is not there")
}

// skips reports whether a test skips itself, but for if testing.Short().
func skips(body ast.Node) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			if isCall(n.Cond, "testing", "Short") {
				return false
			}
		case *ast.CallExpr:
			found = found || isCall(n, "t", "Skip") || isCall(n, "t", "Skipf") || isCall(n, "t", "SkipNow")
		}
		return true
	})
	return found
}

// isCall reports whether an expression is a call of receiver.method.
func isCall(e ast.Expr, receiver, method string) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != method {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == receiver
}

// documentTables returns the tables of all documents.
func documentTables(t *testing.T, root string) []table {
	t.Helper()
	var found []table
	for _, name := range documents(t, root) {
		found = append(found, tables(name, string(repo.Read(t, name)))...)
	}
	return found
}

func TestCheck094_EachRowOfADocumentsTablesIsHeldByATest(t *testing.T) {
	root := repo.Root(t)
	found := documentTables(t, root)
	for _, fault := range promiseFaults(found, promises, facts, func(test string) (string, error) { return declared(root, test) }) {
		t.Error(fault)
	}
	rows, tests := 0, map[string]bool{}
	for _, held := range promises {
		rows += len(held)
		for _, names := range held {
			for _, name := range names {
				tests[name] = true
			}
		}
	}
	t.Logf("figure: %d rows of %d tables, held by %d tests", rows, len(promises), len(tests))
}

// TestCheck094_ARowThatNoTestHoldsIsSeen is the inverse.
func TestCheck094_ARowThatNoTestHoldsIsSeen(t *testing.T) {
	const page = "# P\n\n## When\n\n| | then |\n|---|---|\n| it rains | wet ([test](../tokens/a_test.go)) |\n| it shines | dry |\n\n```text\n| no | table |\n|---|---|\n```\n\n## Who\n\n| who |\n|---|\n| we |\n"
	inFile := func(test string) (string, error) {
		if test == "tokens/TestGone" {
			return "", errors.New("it is not there")
		}
		return "tokens/a_test.go", nil
	}
	rain, shine := []string{"tokens/TestRain"}, []string{"tokens/TestShine"}
	whole := map[string]map[string][]string{"docs/p.md: When": {"it rains": rain, "it shines": shine}}
	who := map[string]string{"docs/p.md: Who": "nothing is promised"}
	for _, c := range []struct {
		name, page string
		held       map[string]map[string][]string
		facts      map[string]string
		want       string
	}{
		{"as it is", page, whole, who, ""},
		{"a row without a test", strings.Replace(page, "| it shines", "| it snows | white |\n| it shines", 1), whole, who, `no test holds the row "it snows"`},
		{"a row that went", strings.Replace(page, "| it shines | dry |\n", "", 1), whole, who, `there is no row "it shines"`},
		{"a row that has another name", strings.Replace(page, "it rains", "it pours", 1), whole, who, `no test holds the row "it pours"`},
		{"a test that went", page, map[string]map[string][]string{"docs/p.md: When": {"it rains": rain, "it shines": {"tokens/TestGone"}}}, who, "TestGone: it is not there"},
		{"a link to another file", strings.Replace(page, "a_test.go", "b_test.go", 1), whole, who, "leads to tokens/b_test.go, where no test holds it"},
		{"a new table", page, whole, nil, "docs/p.md: Who: the table is neither"},
		{"a table that went", "# P\n", whole, nil, "docs/p.md: When: there is no such table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(promiseFaults(tables("docs/p.md", c.page), c.held, c.facts, inFile), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for name, c := range map[string]struct {
		code string
		want bool
	}{
		"a test that is skipped":                  {`t.Skip("later")`, true},
		"a test that is skipped on some machines": {`if runtime.GOOS == "plan9" { t.Skipf("no %s", "locks") }`, true},
		"a test that -short skips":                {`if testing.Short() { t.Skip("long") }`, false},
		"a test that is not skipped":              {`t.Log("skip")`, false},
	} {
		f, err := parser.ParseExpr("func(t *testing.T) {" + c.code + "}")
		if err != nil {
			t.Fatal(err)
		}
		if got := skips(f); got != c.want {
			t.Errorf("%s: skipped %v", name, got)
		}
	}
	const printed = "=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/of_a_row (0.00s)\n    --- SKIP: TestA/of_none (0.00s)\n--- SKIP: TestB (0.00s)\n--- FAIL: TestC (0.00s)\n"
	got := strings.Join(outcomes(printed, []string{"p/TestA", "p/TestA/of a row", "p/TestA/of none", "p/TestA/of two", "p/TestB", "p/TestC", "p/TestD"}), "\n")
	const want = `p/TestA/of none: TestA/of_none ended with "SKIP:"
p/TestA/of two: TestA/of_two ended with ""
p/TestC: TestC ended with "FAIL:"
p/TestD: TestD ended with ""`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestCheck094_TheTestsOfTheRowsRun runs them in their short form, with each subtest
// that a row names.
func TestCheck094_TheTestsOfTheRowsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: builds and runs the tests of several packages")
	}
	root := repo.Root(t)
	wanted := map[string][]string{} // by folder
	for _, held := range promises {
		for _, names := range held {
			for _, name := range names {
				folder, _, _ := split(name)
				wanted[folder] = append(wanted[folder], name)
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(wanted)) {
		for _, fault := range runFaults(t, root, folder, wanted[folder]) {
			t.Error(fault)
		}
	}
}

// runFaults runs tests of one folder with -short, and says which did not pass. One
// that only -short skips is run by make test.
func runFaults(t *testing.T, root, folder string, tests []string) []string {
	t.Helper()
	functions := map[string]bool{}
	for _, test := range tests {
		_, function, _ := split(test)
		functions[function] = true
	}
	pattern := "^(" + strings.Join(slices.Sorted(maps.Keys(functions)), "|") + ")$"
	return outcomes(gocmd.Project(t, root, "test", "-short", "-count=1", "-v", "-run", pattern, "./"+folder), tests)
}

// outcomes says which of the tests did not pass in what go test -v printed.
func outcomes(printed string, tests []string) []string {
	results := map[string]string{}
	for line := range strings.Lines(printed) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == "---" {
			results[f[2]] = f[1]
		}
	}
	var faults []string
	for _, test := range slices.Compact(slices.Sorted(slices.Values(tests))) {
		_, function, subtest := split(test)
		name := function
		if subtest != "" && results[function] != "SKIP:" {
			name += "/" + strings.ReplaceAll(subtest, " ", "_")
		}
		if got := results[name]; got != "PASS:" && (got != "SKIP:" || subtest != "" && name != function) {
			faults = append(faults, fmt.Sprintf("%s: %s ended with %q", test, name, got))
		}
	}
	return faults
}
