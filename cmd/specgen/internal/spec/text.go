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
	at, found := indexInvisible(text)
	return found, at >= 0
}

func indexInvisible(text string) (at int, found rune) {
	before := rune(0)
	for i, r := range text {
		switch {
		case r == '\n' || r == '\t' || r < unicode.MaxASCII && r >= ' ':
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point):
			return i, r
		case unicode.Is(unicode.Variation_Selector, r) && !unicode.Is(unicode.So, before):
			return i, r
		}
		before = r
	}
	return -1, 0
}

// otherLineEnd finds a character at which YAML begins a new line and an editor
// does not, or the other way round: what looks like one comment would be two
// lines, of which the second counts.
func otherLineEnd(text string) (at int, found rune) {
	for i, r := range text {
		switch r {
		case '\u0085', '\u2028', '\u2029', '\v', '\f':
			return i, r
		case '\r':
			if !strings.HasPrefix(text[i:], "\r\n") {
				return i, r
			}
		}
	}
	return -1, 0
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
