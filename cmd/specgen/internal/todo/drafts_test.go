package todo

import "testing"

func TestDraftsThatNobodyHasJudged(t *testing.T) {
	const asks = " TODO-DRAFT judge what this comment is about, then take it out: when."
	for _, tt := range []struct{ name, text, want string }{
		{"none", "package acme\n\n// A remark.\n", ""},
		{"on a line of its own", "package acme\n\n// Draft: when.\nfunc f() {}\n", "acme/flows.go:3:1:" + asks},
		{"in a function", "package acme\n\nfunc f() {\n\t//Draft: when.\n}\n", "acme/flows.go:4:2:" + asks},
		{"behind code", "package acme\n\nvar é = 1 // Draft: when.\n", "acme/flows.go:3:11:" + asks},
		{"two", "package acme\n\n// Draft: when.\n// More.\n// Draft: when.\n", "acme/flows.go:3:1:" + asks + "\nacme/flows.go:5:1:" + asks},
		{"that only speaks of it", "package acme\n\n// A comment that begins with \"Draft:\" is found. Draft: no.\n", ""},
		{"part of a text", "package acme\n\nconst s = `\n// Draft: no.\n`\n", ""},
		{"in a file that is no Go", "pack age acme {{\n'\n// Draft: when.\n", "acme/flows.go:3:1:" + asks},
		{"with line ends of Windows", "package acme\r\n\r\n// Draft: when.\r\n", "acme/flows.go:3:1:" + asks},
		{"where a comment says that the line is another's", "package acme\n\n//line other.go:70\n// Draft: when.\n", "acme/flows.go:4:1:" + asks},
	} {
		if got := lines(Drafts("acme/flows.go", []byte(tt.text))); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
