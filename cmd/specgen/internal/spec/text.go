package spec

import (
	"regexp"
	"strings"
	"unicode"
)

// invisible finds a character that nobody sees, and that in a comment of the
// generated code would make it read otherwise than it runs: control and format
// characters (the bidirectional ones among them), other line ends, fillers. A
// variation selector after a symbol is how emoji are written, and is fine.
func invisible(text string) (found rune, ok bool) {
	before := rune(0)
	for _, r := range text {
		switch {
		case r == '\n' || r == '\t' || r < unicode.MaxASCII && r >= ' ':
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point):
			return r, true
		case unicode.Is(unicode.Variation_Selector, r) && !unicode.Is(unicode.So, before):
			return r, true
		}
		before = r
	}
	return 0, false
}

// obeyed is how a line begins that a tool may obey where it stands in a comment:
// a build constraint of either form, a directive of the compiler, cgo.
var obeyed = regexp.MustCompile(`(?m)^([ \t]*)((?:\+build\b|#cgo\b|//[a-z]|go:[a-z])[^\n]*)$`)

// Comment makes text safe for a comment: a line that a tool would obey gets a
// backslash in front, as in Markdown, and one that would end a comment as well.
// All other text stays as it is.
func Comment(text string) string {
	text = obeyed.ReplaceAllString(text, `$1\$2`)
	return strings.ReplaceAll(text, "*/", `*\/`)
}

// isComment tells whether the text under a key becomes a comment.
func isComment(key string) bool {
	switch key {
	case "description", "summary", "title", "x-deprecated-reason":
		return true
	}
	return false
}
