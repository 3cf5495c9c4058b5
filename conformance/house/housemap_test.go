package house_test

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
)

// tree is the project as git has it: each file and each folder, a folder with a
// slash at its end.
type tree map[string]bool

func newTree(files []string) tree {
	t := tree{}
	for _, file := range files {
		t[file] = true
		for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
			t[dir+"/"] = true
		}
	}
	return t
}

// gitTree lists what is committed, or about to be.
func gitTree(t *testing.T) tree {
	t.Helper()
	return newTree(repo.Files(t))
}

// has reports whether there is something of that name. In a name, "*" stands
// for anything within a folder, and so does "…".
func (t tree) has(name string) bool {
	pattern := strings.ReplaceAll(name, "…", "*")
	if !strings.Contains(pattern, "*") {
		return t[pattern]
	}
	for there := range t {
		ok, err := path.Match(strings.TrimSuffix(pattern, "/"), strings.TrimSuffix(there, "/"))
		if err == nil && ok && strings.HasSuffix(pattern, "/") == strings.HasSuffix(there, "/") {
			return true
		}
	}
	return false
}

// top are the folders at the root.
func (t tree) top() []string {
	var out []string
	for name := range t {
		if strings.Index(name, "/") == len(name)-1 {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// line is a line of the map: paths, and what is said of them.
type line struct {
	number int
	// paths begin at the root. A line below one with three paths has three times
	// its own.
	paths []string
	// mentioned are names of files and folders in what is said, each with the
	// folders that it may be in.
	mentioned map[string][]string
}

var (
	// pathWord is a word at the beginning of a line that is a path.
	pathWord = regexp.MustCompile(`^[\w.*…-]*(/[\w.*…-]+)*(/|\.\w+)$|^[\w.-]+/[\w.-]+$|^(Makefile|LICENSE)$`)
	// mention is a word in a sentence that may be the name of a file or folder.
	mention = regexp.MustCompile(`[\w.*…/-]+`)
	// fileOrFolder is such a word that is one: a path in Go, such as net/http, is
	// not.
	fileOrFolder = regexp.MustCompile(`\w/$|\w\.(go|json|ya?ml|md|mod)$`)
)

// readMap reads the map of the house: the first block below "## The house".
func readMap(text string) ([]line, error) {
	_, after, ok := strings.Cut(text, "\n## The house\n")
	if !ok {
		return nil, fmt.Errorf("no heading \"## The house\"")
	}
	before, block, ok := strings.Cut(after, "\n```\n")
	block, _, closed := strings.Cut(block, "\n```\n")
	if !ok || !closed || strings.Contains(before, "\n## ") {
		return nil, fmt.Errorf("no block below \"## The house\"")
	}
	number := strings.Count(text[:strings.Index(text, block)], "\n")

	type level struct {
		indent int
		dirs   []string
	}
	open := []level{{-1, []string{""}}}
	var lines []line
	for l := range strings.Lines(block) {
		number++
		rest := strings.TrimLeft(l, " ")
		indent := len(l) - len(rest)
		var names []string
		// One space between paths, two or more before what is said of them.
		for indent <= open[len(open)-1].indent+2 || len(lines) == 0 {
			word, more, _ := strings.Cut(strings.TrimRight(rest, "\n"), " ")
			if !pathWord.MatchString(word) && (word != "…" || len(names) == 0) {
				break
			}
			if word != "…" { // and so on
				names = append(names, word)
			}
			rest = more
		}
		if len(names) == 0 {
			if len(lines) > 0 {
				last := &lines[len(lines)-1]
				dirs := slices.Concat(open[len(open)-1].dirs, open[len(open)-2].dirs)
				last.mention(rest, dirs)
			}
			continue
		}
		for open[len(open)-1].indent >= indent {
			open = open[:len(open)-1]
		}
		parents := open[len(open)-1].dirs
		now := level{indent: indent}
		entry := line{number: number, mentioned: map[string][]string{}}
		for _, parent := range parents {
			for _, name := range names {
				entry.paths = append(entry.paths, parent+name)
				if strings.HasSuffix(name, "/") {
					now.dirs = append(now.dirs, parent+name)
				}
			}
		}
		open = append(open, now)
		entry.mention(rest, slices.Concat(now.dirs, parents))
		lines = append(lines, entry)
	}
	return lines, nil
}

// mention notes the names in a sentence.
func (l *line) mention(text string, dirs []string) {
	for _, name := range mention.FindAllString(text, -1) {
		if name = strings.TrimRight(name, ".…"); fileOrFolder.MatchString(name) {
			l.mentioned[name] = append(slices.Clone(dirs), "")
		}
	}
}

// mapFaults holds the map against the tree, both ways.
func mapFaults(lines []line, t tree) []string {
	var faults []string
	shown := map[string]bool{}
	for _, l := range lines {
		for _, name := range l.paths {
			if !t.has(name) {
				faults = append(faults, fmt.Sprintf("line %d: there is no %s", l.number, name))
			}
			first, _, _ := strings.Cut(name, "/")
			shown[first+"/"] = true
		}
		for _, name := range slices.Sorted(maps.Keys(l.mentioned)) {
			if !slices.ContainsFunc(l.mentioned[name], func(dir string) bool { return t.has(dir + name) }) {
				faults = append(faults, fmt.Sprintf("line %d: there is no %s in %v", l.number, name, l.paths))
			}
		}
	}
	for _, dir := range t.top() {
		// A provider needs no line: its folder is known by its client.
		if !shown[dir] && !t.has("gen/"+strings.TrimSuffix(dir, "/")+"api/") {
			faults = append(faults, fmt.Sprintf("%s is not on the map", dir))
		}
	}
	return faults
}

func TestMap_OfTheHouseIsTrue(t *testing.T) {
	lines, err := readMap(string(repo.Read(t, "CONTRIBUTING.md")))
	if err != nil {
		t.Fatalf("CONTRIBUTING.md: %v", err)
	}
	files := gitTree(t)
	for _, fault := range mapFaults(lines, files) {
		t.Errorf("CONTRIBUTING.md: %s", fault)
	}
	paths, mentioned := 0, 0
	for _, l := range lines {
		paths += len(l.paths)
		mentioned += len(l.mentioned)
	}
	if paths < 20 {
		t.Errorf("only %d paths were read from the map", paths)
	}
	t.Logf("figure: %d paths on the map and %d mentioned beside them; %d folders at the top", paths, mentioned, len(files.top()))
}

const plantedMap = `# Contributing

## The house

` + "```" + `
doc.go secret.go
             package grantway: the words; secret.go holds one
Makefile .ci/run
square/ acme/
  client.go  Config, New
  …test/     the fake (server.go)
internal/
  httpx/     the policy; net/http is below
    retry.go when to call again
api/         by hand; gen/ is made of it
gen/         see api/
cmd/specgen/ the generator
` + "```" + `

## More

` + "```\nnowhere/\n```\n"

func plantedTree() []string {
	return []string{
		".ci/run", "Makefile", "doc.go", "secret.go", "go.mod", "api/acme.yaml", "gen/acmeapi/calls.gen.go", "cmd/specgen/main.go",
		"square/client.go", "square/squaretest/server.go", "acme/client.go", "acme/acmetest/server.go", "internal/httpx/retry.go",
		"added/client.go", "gen/addedapi/calls.gen.go", // a provider that nobody has put on the map
	}
}

func TestMap_WhatIsNotTrueIsSeen(t *testing.T) {
	for _, c := range []struct{ name, old, new, add, want string }{
		{name: "as it is"},
		{"a file that is not there", "doc.go secret", "doc.go token.go secret", "", "line 6: there is no token.go"},
		{"a folder that is not there", "api/   ", "apis/  ", "", "there is no apis/"},
		{"a file in one of two folders", "client.go", "errors.go", "square/errors.go", "there is no acme/errors.go"},
		{"a folder in none", "…test/", "…fake/", "", "there is no square/…fake/"},
		{"a folder below that is not there", "  httpx/", "  wire/ ", "", "there is no internal/wire/"},
		{"a file further below", "retry.go", "again.go", "", "line 14: there is no internal/httpx/again.go"},
		{"a file where a folder is said to be", "gen/     ", "doc.go/  ", "", "there is no doc.go/"},
		{"a name in a sentence", "(server.go)", "(faults.go)", "", "there is no faults.go in"},
		{"a name on a second line", "secret.go holds", "token.go holds", "", "line 6: there is no token.go"},
		{"a folder in a sentence", "gen/ is", "made/ is", "", "there is no made/ in [api/]"},
		{"a folder that is left out", "cmd/specgen/ the generator\n", "", "", "cmd/ is not on the map"},
		{"a new folder", "", "", "login/web.go", "login/ is not on the map"},
		{"a new folder with a dot", "", "", ".github/ci.yaml", ".github/ is not on the map"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(plantedMap, c.old, c.new, 1)
			files := plantedTree()
			if c.add != "" {
				files = append(files, c.add)
			}
			if c.want != "" && text == plantedMap && c.add == "" {
				t.Fatal("nothing was changed")
			}
			lines, err := readMap(text)
			if err != nil {
				t.Fatal(err)
			}
			faults := mapFaults(lines, newTree(files))
			if c.want != "" {
				contains(t, faults, c.want)
			} else if len(faults) > 0 {
				t.Errorf("%v", faults)
			}
		})
	}
	for _, text := range []string{"", "# A\n\n## The house\n\nNo block.\n", "# A\n\n## The house\n\n## Next\n\n```\na/\n```\n"} {
		if _, err := readMap(text); err == nil {
			t.Errorf("a map was read from %q", text)
		}
	}
}

// span is a word in back quotes.
var span = regexp.MustCompile("`([\\w.*…/-]+)`")

// notThere begin the names of what is not in the tree, and that the
// documentation may name all the same.
var notThere = map[string]string{
	"acme":      "the provider that a reader adds",
	"artifacts": "made by the tests",
}

func excused(word string) bool {
	for begin := range notThere {
		if strings.HasPrefix(word, begin) {
			return true
		}
	}
	return false
}

// spanFaults lists the names in back quotes that are of nothing in the tree, and
// says how many names there are. A name need not begin at the root, but one
// without an ending is a name only if it begins with a folder there.
func spanFaults(text string, t tree) (faults []string, n int) {
	for i, l := range slices.Collect(strings.Lines(text)) {
		for _, m := range span.FindAllStringSubmatch(l, -1) {
			name := m[1]
			first, _, deep := strings.Cut(name, "/")
			if !fileOrFolder.MatchString(name) && !(deep && t.has(first+"/")) {
				continue
			}
			n++
			words := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("/._", r) })
			excused := slices.ContainsFunc(words, excused)
			there := t.has(name) || t.has(name+"/")
			for file := range t {
				there = there || strings.HasSuffix(file, "/"+name)
			}
			if !there && !excused {
				faults = append(faults, fmt.Sprintf("line %d: there is no %s", i+1, name))
			}
		}
	}
	return faults, n
}

func TestMap_EveryFileThatTheDocumentationNamesIsThere(t *testing.T) {
	files := gitTree(t)
	names := []string{"README.md", "CONTRIBUTING.md", "SECURITY.md"}
	docs, err := filepath.Glob(filepath.Join(repo.Root(t), "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range docs {
		names = append(names, "docs/"+filepath.Base(doc))
	}
	all := 0
	for _, name := range names {
		faults, n := spanFaults(string(repo.Read(t, name)), files)
		for _, fault := range faults {
			t.Errorf("%s: %s", name, fault)
		}
		all += n
	}
	t.Logf("figure: %d names of files and folders in %d documents", all, len(names))
	if all < 10 {
		t.Errorf("only %d names were found", all)
	}
}

func TestMap_ANameOfNothingIsSeen(t *testing.T) {
	files := newTree(plantedTree())
	for _, c := range []struct{ text, want string }{
		{"See `internal/httpx/retry.go`, `retry.go`, `httpx/` and `acme/acmetest/`.", ""},
		{"Edit `api/acme.yaml` and `internal/scorecard/acme_test.go`.", ""},
		{"Call `square.New` with `net/http` and `go test ./...`.", ""},
		{"See `internal/httpx`, and `gen/acmeapi` after `make generate`.", ""},
		{"See `internal/wire`.", "there is no internal/wire"},
		{"See\n`filestore/`.", "line 2: there is no filestore/"},
		{"See `refresh.go`.", "line 1: there is no refresh.go"},
		{"See `try.go`.", "there is no try.go"}, // the end of a name is not the name
	} {
		faults, _ := spanFaults(c.text, files)
		if c.want != "" {
			contains(t, faults, c.want)
		} else if len(faults) > 0 {
			t.Errorf("%q: %v", c.text, faults)
		}
	}
}
