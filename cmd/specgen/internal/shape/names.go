package shape

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// names hands out Go names, each once. What is taken already gets a number or a
// word behind it, so that no name of a spec meets another one or ours.
type names struct {
	normalize func(string) string
	taken     map[string]bool
	// components are the names of components, which come before those of types
	// that have none in the spec.
	components map[string]string
}

// own are the exported names of a package that no spec has chosen.
var own = []string{"Client", "NewClient", "Operation", "Operations", "SpecSHA256", "KnownCode"}

func newNames(normalize func(string) string, reserved ...string) *names {
	n := &names{normalize: normalize, taken: map[string]bool{}}
	for _, name := range reserved {
		n.taken[name] = true
	}
	return n
}

// next is a free name for a name of the spec. word is put behind one that is
// taken, before numbers are.
func (n *names) next(spec, word string) string {
	name := exported(n.normalize(spec))
	if n.taken[name] && word != "" {
		name += word
	}
	for base, i := name, 2; n.taken[name]; i++ {
		name = base + strconv.Itoa(i)
	}
	n.taken[name] = true
	return name
}

// exported is a name that begins with an upper-case letter and has nothing that
// a Go name cannot have.
func exported(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name)
	first, size := utf8.DecodeRuneInString(name)
	if upper := unicode.ToUpper(first); unicode.IsUpper(upper) {
		return string(upper) + name[size:]
	}
	return "X" + name
}
