// Package clone finds hand-written Go code that is there twice: two runs of
// statements with the same logic, whatever the names in them are.
//
// A file is read as a row of steps. Each statement is one step; a block adds the
// steps of its body and one for its end. Two steps are equal if they have the
// same syntax and call functions and methods of the same names. Names of
// variables, fields, types and packages make no difference, and neither do the
// values of literals. A pair is two runs of equal steps that share no step, as
// long as they can be. A run may go over several functions if these have the
// same names in the same order.
//
// Data is not logic. A composite literal is one word, whatever is in it, and
// its lines do not count: two table tests are not the same because both have a
// table. A function literal inside of a composite literal is a row of its own.
// The lines inside of a string do not count, and neither do declarations and
// comments between functions.
//
// It refuses to guess. A run ends at the first step that differs, and code that
// does the same by other calls is not found.
package clone

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
)

// Report is what Find compared and found.
type Report struct {
	// Functions counts the declared functions, and the function literals inside
	// of data. Lines counts the lines of logic in them.
	Functions, Lines int
	// Pairs are at least minLines long on both sides, the longest first.
	Pairs []Pair
	// Longest is the longest pair of any length, also one below minLines.
	Longest Pair
}

// Pair is two places with the same logic.
type Pair struct {
	A, B Place
}

// Lines is the length of the pair: that of its shorter side.
func (p Pair) Lines() int { return min(p.A.Lines, p.B.Lines) }

func (p Pair) String() string {
	return fmt.Sprintf("%s ~ %s: %d lines", p.A, p.B, p.Lines())
}

// Place is a run of steps in a function.
type Place struct {
	File string
	// Func is the declared function that the run begins in: "Name", "Type.Name",
	// or "var" for a literal outside of any.
	Func       string
	Start, End int // the first and the last line
	Lines      int // from Start to End without the lines of data
}

func (p Place) String() string {
	return fmt.Sprintf("%s:%d-%d (%s)", p.File, p.Start, p.End, p.Func)
}

// window is how many steps two runs must share before they are looked at. A run
// of more than twenty lines has more, but for calls that go over many lines.
const window = 5

// Find compares every function of the files with every other and with itself.
// It reports the pairs that have at least minLines lines on both sides.
func Find(fset *token.FileSet, files []*ast.File, minLines int) Report {
	var f finder
	for _, file := range files {
		f.rows = append(f.rows, rows(fset, file)...)
	}
	f.number()

	var report Report
	for _, r := range f.rows {
		report.Functions += r.functions
		report.Lines += r.place(0, len(r.steps)).Lines
	}
	for _, p := range f.pairs() {
		if p.Lines() > report.Longest.Lines() {
			report.Longest = p
		}
		if p.Lines() >= minLines {
			report.Pairs = append(report.Pairs, p)
		}
	}
	slices.SortFunc(report.Pairs, func(a, b Pair) int {
		return cmp.Or(-cmp.Compare(a.Lines(), b.Lines()), cmp.Compare(a.String(), b.String()))
	})
	return report
}

// finder holds the rows of all files. Equal steps have equal numbers.
type finder struct {
	rows    []row
	numbers [][]int
}

func (f *finder) number() {
	known := map[string]int{}
	for _, r := range f.rows {
		numbers := make([]int, len(r.steps))
		for i, s := range r.steps {
			n, ok := known[s.text]
			if !ok {
				n = len(known)
				known[s.text] = n
			}
			numbers[i] = n
		}
		f.numbers = append(f.numbers, numbers)
	}
}

// spot is a step: the row and the index in it.
type spot struct{ row, at int }

// pairs returns every pair of longest runs that share a window.
func (f *finder) pairs() []Pair {
	windows := map[[window]int][]spot{}
	for r, numbers := range f.numbers {
		for i := 0; i+window <= len(numbers); i++ {
			w := [window]int(numbers[i : i+window])
			windows[w] = append(windows[w], spot{r, i})
		}
	}
	// In a fixed order, so that the longest of several is always the same one.
	keys := slices.SortedFunc(maps.Keys(windows), func(a, b [window]int) int { return slices.Compare(a[:], b[:]) })
	var pairs []Pair
	for _, key := range keys {
		spots := windows[key]
		for i, a := range spots {
			for _, b := range spots[i+1:] {
				if p, ok := f.longest(a, b); ok {
					pairs = append(pairs, p)
				}
			}
		}
	}
	return pairs
}

// longest is the pair of runs that begin at a and b. It says no if they could
// begin earlier, for then they are found from there, and if they would overlap.
func (f *finder) longest(a, b spot) (Pair, bool) {
	left, right := f.numbers[a.row], f.numbers[b.row]
	if a.at > 0 && b.at > 0 && left[a.at-1] == right[b.at-1] {
		return Pair{}, false
	}
	n := 0
	for a.at+n < len(left) && b.at+n < len(right) && left[a.at+n] == right[b.at+n] {
		n++
	}
	if a.row == b.row {
		n = min(n, b.at-a.at) // spots of a row are in its order
	}
	for n > 0 && f.rows[a.row].steps[a.at].text == end { // of what is not in the run
		a.at, b.at, n = a.at+1, b.at+1, n-1
	}
	if n < window {
		return Pair{}, false
	}
	return Pair{A: f.rows[a.row].place(a.at, n), B: f.rows[b.row].place(b.at, n)}, true
}
