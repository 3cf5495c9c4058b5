// Package finding holds the one form in which specgen tells a user what is
// wrong with a file: where, which rule, and what to do about it.
//
// It refuses to carry anything that is not the user's to fix. What stops
// specgen itself (an unreadable folder, a bug in a library) is an error.
package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Finding is one thing to fix in one place.
type Finding struct {
	File    string // slash-separated, relative to the project root
	Line    int    // from 1
	Col     int    // from 1, in characters as the YAML and Go parsers count them
	Rule    string // the rule's id, such as OP-ID
	Message string // what is wrong and what to do
}

// String is the line a user reads: api/square.yaml:41:7: RULE message.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %s %s", visible(f.File), max(f.Line, 1), max(f.Col, 1), f.Rule, visible(f.Message))
}

// visible writes out, as Go does in a string, the characters that a terminal
// acts upon: the name of a file below gen/ may be anything.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Sort puts findings in the order in which a reader goes through the files.
// The order is total, so that two runs print the same text.
func Sort(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Message, b.Message),
		)
	})
}
