// Package rule is the one list of what specgen may find fault with: the id of
// each rule, its title, and the page that explains it.
//
// It checks nothing itself, and holds no rule that nothing checks: a test reads
// the source of specgen for the ids that it reports.
package rule

import (
	"embed"
	"slices"
	"strings"
)

//go:embed pages/*.md
var pages embed.FS

// Rule is one thing that specgen may find fault with.
type Rule struct {
	ID    string // such as OP-ID
	Title string // what is asked for, in one line
	Page  string // why, what is wrong, what to change, a bad and a good example
}

// All returns the rules in the order of their ids.
func All() []Rule {
	entries, err := pages.ReadDir("pages")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	var out []Rule
	for _, e := range entries {
		r, _ := Find(strings.TrimSuffix(e.Name(), ".md"))
		out = append(out, r)
	}
	return out
}

// Find returns the rule of that id.
func Find(id string) (Rule, bool) {
	page, err := pages.ReadFile("pages/" + id + ".md")
	if err != nil {
		return Rule{}, false
	}
	head, _, _ := strings.Cut(string(page), "\n")
	_, title, _ := strings.Cut(head, ": ")
	return Rule{ID: id, Title: title, Page: string(page)}, true
}

// Near returns the ids that somebody may have meant, the nearest first.
func Near(id string) []string {
	id = strings.ToUpper(id)
	if len(id) > 64 {
		return nil // no id is that long, and comparing takes the square of it
	}
	type candidate struct {
		id       string
		distance int
	}
	var near []candidate
	for _, r := range All() {
		d := Distance(id, r.ID)
		if id != "" && strings.Contains(r.ID, id) {
			d = min(d, 1)
		}
		if d <= max(2, len(r.ID)*2/5) {
			near = append(near, candidate{r.ID, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return a.distance - b.distance })
	var out []string
	for _, c := range near[:min(3, len(near))] {
		out = append(out, c.id)
	}
	return out
}

// Distance is how many letters have to be put in, taken out or replaced.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
