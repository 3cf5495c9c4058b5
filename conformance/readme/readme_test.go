// Package readme_test builds every Go block of the documentation.
package readme_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
	"github.com/grantway/grantway/conformance/internal/snippet"
)

// documents returns the files whose Go blocks are built, from the root.
func documents(t *testing.T, root string) []string {
	t.Helper()
	names := []string{"README.md", "CONTRIBUTING.md"}
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range docs {
		names = append(names, "docs/"+filepath.Base(doc))
	}
	return names
}

func TestEveryGoBlockOfTheDocumentationBuilds(t *testing.T) {
	root := repo.Root(t)
	if _, err := os.Stat(filepath.Join(root, "README.md")); err != nil {
		repo.SkipOrFail(t, "no README.md: %v", err)
	}
	var blocks []snippet.Block
	for _, name := range documents(t, root) {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if os.IsNotExist(err) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		found, err := snippet.Extract(name, string(text))
		if err != nil {
			t.Error(err)
		}
		blocks = append(blocks, found...)
		t.Logf("%s: %d Go blocks", name, len(found))
	}
	if len(blocks) == 0 {
		t.Fatal("no Go block was found")
	}
	for _, problem := range snippet.Build(t, root, blocks) {
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
		{"a fragment that needs another heading's", good + "\n## B\n\n```go\nbn.SignOut(ctx, tok)\n```\n", "README.md:16:1: undefined: bn"},
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
