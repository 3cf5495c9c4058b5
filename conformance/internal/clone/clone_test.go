package clone_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/clone"
)

// find compares files given as text, named a.go, b.go and so on.
func find(t *testing.T, minLines int, texts ...string) clone.Report {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for i, text := range texts {
		file, err := parser.ParseFile(fset, string(rune('a'+i))+".go", "package p\n"+text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return clone.Find(fset, files, minLines)
}

// original has twelve lines from the first statement to the closing brace.
const original = `
func fetch(ctx context.Context, key string) (string, error) {
	conn, err := dial(ctx, "tcp")
	if err != nil {
		return "", err
	}
	defer conn.Close()
	for i := 0; i < 3; i++ {
		if s := conn.Read(key); s != "" {
			return s, nil
		}
	}
	return "", errNone
}
`

func TestFind_SeesTheSameLogic(t *testing.T) {
	rename := strings.NewReplacer("fetch", "load", "conn.", "c.", "conn,", "c,", "err", "fault", "key", "name", `"tcp"`, `"udp"`, "3", "limit", "string", "[]byte")
	for _, c := range []struct{ name, text string }{
		{"to the letter, under another name", strings.Replace(original, "fetch", "load", 1)},
		{"under other names and with other values", rename.Replace(original)},
		{"as a method", strings.Replace(original, "func fetch", "func (s *Store) fetch", 1)},
		{"in a function literal", "\nvar load = func() {" + body(original) + "}\n"},
		{"in a function literal in a table", "\nfunc table() {\n\tfor range []func(){\n\t\tfunc() {" + body(original) + "}} {\n\t}\n}\n"},
		{"in a goroutine", "\nfunc load() {\n\tgo func() {" + body(original) + "}()\n}\n"},
		{"inside of a loop", "\nfunc load() {\n\tfor {" + body(original) + "}\n}\n"},
		{"behind other statements", "\nfunc load() {\n\tlock()\n" + body(original) + "}\n"},
		{"with comments", strings.ReplaceAll(original, "\tdefer", "\t// Why.\n\tdefer")},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := find(t, 12, original, c.text)
			if len(report.Pairs) != 1 {
				t.Fatalf("%d pairs, want 1: %v", len(report.Pairs), report.Pairs)
			}
			if p := report.Pairs[0]; p.A.File != "a.go" || p.B.File != "b.go" || p.A.Func != "fetch" || p.Lines() < 12 {
				t.Errorf("%s", p)
			}
			if report.Longest != report.Pairs[0] {
				t.Errorf("the longest is %s", report.Longest)
			}
		})
	}
}

// body is what stands between the braces of a function.
func body(f string) string {
	return f[strings.Index(f, "{")+1 : strings.LastIndex(f, "}")]
}

func TestFind_DoesNotSeeWhatIsOnlyAlike(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"other functions are called", strings.Replace(original, "dial(", "open(", 1)},
		{"other methods are called", strings.Replace(original, "conn.Read", "conn.Peek", 1)},
		{"another condition", strings.Replace(original, "err != nil", "err == nil", 1)},
		{"another operator", strings.Replace(original, "i < 3", "i <= 3", 1)},
		{"a statement more", strings.Replace(original, "\tdefer", "\tconn.Ping()\n\tdefer", 1)},
		{"a statement less", strings.Replace(original, "\tdefer conn.Close()\n", "", 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.text == original {
				t.Fatal("nothing was changed")
			}
			if report := find(t, 12, original, c.text); len(report.Pairs) > 0 {
				t.Errorf("%v", report.Pairs)
			}
		})
	}
}

// tableTest is a test with a table of so many rows and a body of a few lines.
func tableTest(name string, rows int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nfunc %s(t *testing.T) {\n\tfor _, c := range []struct{ in, want string }{\n", name)
	for i := range rows {
		fmt.Fprintf(&b, "\t\t{\"%s\", strings.ToUpper(\"%d\")},\n", name, i)
	}
	b.WriteString("\t} {\n\t\tt.Run(c.in, func(t *testing.T) {\n\t\t\tif got := f(c.in); got != c.want {\n\t\t\t\tt.Errorf(\"%q\", got)\n\t\t\t}\n\t\t})\n\t}\n}\n")
	return b.String()
}

func TestFind_CountsNoLineOfData(t *testing.T) {
	report := find(t, 1, tableTest("TestA", 40), tableTest("TestB", 30))
	if got := report.Longest.Lines(); got != 8 {
		t.Errorf("two tables: %s, want 8 lines", report.Longest)
	}
	page := "\nfunc page(w io.Writer) {\n\tlock()\n\tdefer unlock()\n\tcheck()\n\tio.WriteString(w, `\n" + strings.Repeat("text\n", 40) + "`)\n\tflush(w)\n}\n"
	report = find(t, 1, page, strings.Replace(page, "page", "other", 1))
	if got := report.Longest.Lines(); got != 6 {
		t.Errorf("two texts: %s, want 6 lines", report.Longest)
	}
}

// calls is a function of n lines that call different functions.
func calls(name string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nfunc %s() {\n", name)
	for i := range n {
		fmt.Fprintf(&b, "\tcall%d()\n", i)
	}
	return b.String() + "}\n"
}

func TestFind_ReportsFromTheLimitOn(t *testing.T) {
	for _, c := range []struct{ lines, limit, want int }{
		{20, 21, 1}, // with the closing brace there are 21
		{19, 21, 0},
		{40, 21, 1},
	} {
		report := find(t, c.limit, calls("one", c.lines), calls("two", c.lines))
		if len(report.Pairs) != c.want {
			t.Errorf("%d calls and a limit of %d: %v", c.lines, c.limit, report.Pairs)
		}
		if report.Longest.Lines() != c.lines+1 || report.Functions != 2 || report.Lines != 2*(c.lines+2) {
			t.Errorf("%d calls: longest %s, %d functions, %d lines", c.lines, report.Longest, report.Functions, report.Lines)
		}
	}
}

func TestFind_GoesOnIntoTheNextFunctionOfTheSameName(t *testing.T) {
	between := "\n// A comment.\n// And another.\ntype T struct {\n\ta int\n}\n"
	same := calls("first", 5) + between + calls("second", 6)
	report := find(t, 1, same, strings.Replace(same, "A comment", "One", 1))
	if got, want := report.Longest.Lines(), 7+8; got != want {
		t.Errorf("%s, want %d lines", report.Longest, want)
	}
	report = find(t, 1, same, strings.Replace(same, "second", "third", 1))
	if got, want := report.Longest.Lines(), 7; got != want {
		t.Errorf("another name: %s, want %d lines", report.Longest, want)
	}
}

func TestFind_ComparesAFunctionWithItself(t *testing.T) {
	block := strings.Trim(body(calls("x", 8)), "\n")
	twice := "\nfunc twice() {\n" + block + "\n\tsomething()\n" + block + "\n}\n"
	report := find(t, 8, twice)
	if len(report.Pairs) != 1 || report.Longest.A.End >= report.Longest.B.Start {
		t.Errorf("%v", report.Pairs)
	}
	// Equal steps on end: the two runs must not share one.
	report = find(t, 1, "\nfunc many() {\n"+strings.Repeat("\tcall()\n", 20)+"}\n")
	for _, p := range append(slices.Clone(report.Pairs), report.Longest) {
		if p.A.End >= p.B.Start {
			t.Errorf("overlap: %s", p)
		}
	}
	if report.Longest.Lines() != 10 {
		t.Errorf("twenty equal calls: %s, want 10 lines", report.Longest)
	}
}

// TestFind_ReadsEveryKindOfStatement has one of each, twice.
func TestFind_ReadsEveryKindOfStatement(t *testing.T) {
	const all = `
func all[T any](m map[string]T, c chan int) (n int) {
	var x, y = 1, func() int { return 2 }()
	type local struct {
		a int
	}
	const k = 3
loop:
	for {
		select {
		case v := <-c:
			n += v
		case c <- x:
			n++
		default:
			break loop
		}
	}
	switch v := any(y).(type) {
	case int, *int:
		_ = v
	}
	switch x := f[int](y); {
	case x > 1 && !(x == 2):
		goto out
	default:
		go g[int, string](m["a"], s[1:2], *p, &q, z.(error))
	}
	for i, v := range m {
		if _, ok := m[i]; !ok {
			defer h(v)()
		} else if ok {
			continue
		} else {
			panic([]byte("x"))
		}
	}
	{
		x <<= 1
	}
	;
out:
	return local{1}.a
}
`
	report := find(t, 30, all, strings.Replace(all, "func all", "func other", 1))
	if len(report.Pairs) != 1 {
		t.Fatalf("%v; longest %s", report.Pairs, report.Longest)
	}
	// The whole body but the two lines inside of the type.
	if want := strings.Count(all, "\n") - 2 - 2; report.Longest.Lines() != want {
		t.Errorf("%s, want %d lines", report.Longest, want)
	}
}
