package snippet

import (
	"fmt"
	"testing"
)

func TestExtractFindsGoBlocksAndNothingElse(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"two blocks under two headings", "# A\n\n```go\na\n\nb\n```\n## B\n```go\nc\n```\n", `[{f 4 1 "a\n\nb\n"} {f 10 2 "c\n"}]`},
		{"a comment in another fence is no heading", "```sh\n# a\n```\n```go\nb\n```\n", `[{f 5 0 "b\n"}]`},
		{"a fence of tildes with another inside", "~~~go\n```\na\n~~~\n", "[{f 2 0 \"```\\na\\n\"}]"},
		{"a longer fence", "````go\n```\n````\n", "[{f 2 0 \"```\\n\"}]"},
		{"other languages", "```golang\na\n```\n```\nb\n```\n```sh\nc\n```\n", `[]`},
		{"a word after the language", "```go title\na\n```\n", `[{f 2 0 "a\n"}]`},
		{"a program with what it prints", "```go\na\n```\nIt prints\n\n```text\nb\n\nc\n```\n", `[{f 2 0 "a\n" prints "b\n\nc\n"}]`},
		{"a text with another block in between", "```go\na\n```\n```sh\nb\n```\n```text\nc\n```\n", `[{f 2 0 "a\n"}]`},
		{"a text before the program", "```text\nb\n```\n```go\na\n```\n", `[{f 5 0 "a\n"}]`},
		{"a fence that stays open", "```go\na\n", `f: a fence is open at the end`},
	} {
		t.Run(c.name, func(t *testing.T) {
			blocks, err := Extract("f", c.text)
			got := fmt.Sprint(err)
			if err == nil {
				list := []string{}
				for _, b := range blocks {
					prints := ""
					if b.Output != "" {
						prints = fmt.Sprintf(" prints %q", b.Output)
					}
					list = append(list, fmt.Sprintf("{%s %d %d %q%s}", b.File, b.Line, b.Heading, b.Text, prints))
				}
				got = fmt.Sprint(list)
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
