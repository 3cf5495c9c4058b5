package readme_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// deadLinks lists the links of a document that lead to no file. name is from the
// root; links to other sites and within the page are not looked at.
func deadLinks(root, name, text string) (dead []string, links int) {
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(m[1], "#")
		if target == "" || strings.Contains(target, "://") {
			continue
		}
		links++
		if _, err := os.Stat(filepath.Join(root, filepath.Dir(name), filepath.FromSlash(target))); err != nil {
			dead = append(dead, fmt.Sprintf("%s: the link to %s leads nowhere", name, m[1]))
		}
	}
	return dead, links
}

func TestEveryLinkOfTheDocumentationLeadsToAFile(t *testing.T) {
	root := repo.Root(t)
	all := 0
	for _, name := range documents(t, root) {
		dead, links := deadLinks(root, name, string(repo.Read(t, name)))
		for _, d := range dead {
			t.Error(d)
		}
		all += links
	}
	if all < 10 {
		t.Errorf("only %d links were found", all)
	}
	t.Logf("figure: %d links", all)
}

func TestALinkThatLeadsNowhereIsSeen(t *testing.T) {
	root := repo.Root(t)
	for _, c := range []struct{ name, text, want string }{
		{"README.md", "[a](docs/tokens.md) [b](docs/tokens.md#stores) [c](https://example.com/x.md) [d](#here)", ""},
		{"docs/tokens.md", "[a](../README.md)", ""},
		{"docs/tokens.md", "[a](README.md)", "docs/tokens.md: the link to README.md leads nowhere"},
		{"README.md", "[a](docs/sleep.md#b)", "README.md: the link to docs/sleep.md#b leads nowhere"},
	} {
		dead, _ := deadLinks(root, c.name, c.text)
		if got := strings.Join(dead, "\n"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
	}
}
