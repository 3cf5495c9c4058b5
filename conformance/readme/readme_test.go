// Package readme_test holds the documentation against the code: every Go block
// builds, every program prints what the page says, and the root package's
// comment is true.
package readme_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
	"github.com/grantway/grantway/conformance/internal/snippet"
)

// documents returns the files whose Go blocks are built, from the root.
func documents(t *testing.T, root string) []string {
	t.Helper()
	names := []string{"README.md", "CONTRIBUTING.md", "SECURITY.md"}
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range docs {
		names = append(names, "docs/"+filepath.Base(doc))
	}
	return names
}

// blocks returns the Go blocks of all documents.
func blocks(t *testing.T, root string) []snippet.Block {
	t.Helper()
	var blocks []snippet.Block
	for _, name := range documents(t, root) {
		found, err := snippet.Extract(name, string(repo.Read(t, name)))
		if err != nil {
			t.Error(err)
		}
		blocks = append(blocks, found...)
		t.Logf("%s: %d Go blocks", name, len(found))
	}
	if len(blocks) == 0 {
		t.Fatal("no Go block was found")
	}
	return blocks
}

func TestEveryGoBlockOfTheDocumentationBuilds(t *testing.T) {
	root := repo.Root(t)
	for _, problem := range snippet.Build(t, root, blocks(t, root)) {
		t.Error(problem)
	}
}

// TestABlockThatDoesNotBuildIsSeen is the inverse, with the place of the fault.
func TestABlockThatDoesNotBuildIsSeen(t *testing.T) {
	root := repo.Root(t)
	const good = "# A\n\n```go\nsq, err := square.New(square.Config{})\n```\n\nand\n\n```go\ntok, err := sq.Exchange(ctx, grantway.AuthorizationCode{})\n```\n"
	for _, c := range []struct{ name, text, want string }{
		{"two fragments under one heading", good, ""},
		{"a file", "```go\npackage main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println() }\n```\n", ""},
		{"a method that is not there", good + "\n```go\nsq.Conjure(ctx)\n```\n", "README.md:14:4: sq.Conjure undefined"},
		{"a client that was made under another heading", good + "\n## B\n\n```go\nerr := sq.RevokeMerchant(ctx, \"merchant\")\n```\n", ""},
		{"a client that was made further down", "```go\n_ = sq.Name()\n```\n" + good, "README.md:2:5: undefined: sq"},
		{"a client that nothing made", good + "\n## B\n\n```go\nbn.SignOut(ctx, nil)\n```\n", "README.md:16:1: undefined: bn"},
		{"a token that was made under another heading", good + "\n## B\n\n```go\nerr := sq.RevokeToken(ctx, tok)\n```\n", "README.md:16:28: undefined: tok"},
		{"a helper that nobody has", good + "\n```go\nreturn startAgain()\n```\n", "README.md:14:8: undefined: startAgain"},
		{"a field that is not there", "```go\n_ = square.Config{Secret: 1}\n```\n", "README.md:2:19: unknown field Secret"},
		{"a package that is not on the list", "```go\nsync.OnceFunc(nil)\n```\n", "README.md:2:1: undefined: sync"},
		{"a file without its import", "```go\npackage main\n\nfunc main() { fmt.Println() }\n```\n", "README.md:4:15: undefined: fmt"},
		{"a file with a variable that it does not use", "```go\npackage a\n\nfunc f() { x := 1 }\n```\n", "README.md:4:12: declared and not used: x"},
		{"no Go", "```go\nsq, err := \n```\n", "README.md:3:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			blocks, err := snippet.Extract("README.md", c.text)
			if err != nil {
				t.Fatal(err)
			}
			problems := strings.Join(snippet.Build(t, root, blocks), "\n")
			if c.want == "" && problems != "" || !strings.Contains(problems, c.want) {
				t.Errorf("got:\n%s\nwant: %s", problems, c.want)
			}
		})
	}
}

// program says what is wrong with a program of the documentation, or nothing.
func program(t *testing.T, root string, b snippet.Block) string {
	t.Helper()
	printed, err := snippet.Run(t, root, b)
	switch {
	case err != nil:
		return err.Error()
	case b.Output == "":
		return "the page does not say what it prints:\n" + printed
	case printed != b.Output:
		return "it prints\n" + printed + "and the page says\n" + b.Output
	}
	return ""
}

func TestEveryProgramOfTheDocumentationPrintsWhatThePageSays(t *testing.T) {
	root := repo.Root(t)
	run := 0
	for _, b := range blocks(t, root) {
		if !snippet.IsProgram(b) {
			continue
		}
		run++
		if problem := program(t, root, b); problem != "" {
			t.Errorf("%s:%d: %s", b.File, b.Line, problem)
		}
	}
	if run == 0 {
		t.Error("no program was found")
	}
	t.Logf("figure: %d programs ran", run)
}

// TestAProgramThatDoesNotDoWhatThePageSaysIsSeen is the inverse.
func TestAProgramThatDoesNotDoWhatThePageSaysIsSeen(t *testing.T) {
	root := repo.Root(t)
	const text = "```go\npackage main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"a\") }\n```\n\n```text\na\n```\n"
	for _, c := range []struct{ name, old, new, want string }{
		{"as it is", "", "", ""},
		{"it prints something else", `Println("a")`, `Println("b")`, "it prints\nb\nand the page says\na\n"},
		{"the page does not say what it prints", "```text\na\n```\n", "", "does not say"},
		{"it fails", "{ fmt", `{ panic("over"); fmt`, "over"},
		{"it does not build", `"fmt"`, `"os"`, "undefined: fmt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := snippet.Extract("README.md", strings.Replace(text, c.old, c.new, 1))
			if err != nil {
				t.Fatal(err)
			}
			problem := program(t, root, found[0])
			if c.want == "" && problem != "" || !strings.Contains(problem, c.want) {
				t.Errorf("got:\n%s\nwant: %s", problem, c.want)
			}
		})
	}
}
