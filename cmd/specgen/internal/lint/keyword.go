package lint

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/rule"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// extension is one key that begins with x-, where it stands.
type extension struct {
	on         *yaml.Node // the mapping that has it
	key, value *yaml.Node
}

// extensions are those of a document by their names, in the order of the file.
func extensions(doc *spec.Document) map[string][]extension {
	out := map[string][]extension{}
	doc.Walk(func(_ []string, n *yaml.Node) {
		for key, value := range spec.Pairs(n) {
			if strings.HasPrefix(key.Value, "x-") {
				out[key.Value] = append(out[key.Value], extension{n, key, value})
			}
		}
	})
	return out
}

// role is what a mapping of a document is, as far as a keyword can be about it.
type role byte

const (
	theRoot role = iota
	aScheme
	aMember
	aParameter
	anAnswer
	anOperation
)

// roles are those of each mapping. One may have several: a schema that members
// refer to may be an answer as well.
type roles map[*yaml.Node][]role

func rolesOf(doc *spec.Document, ops []operation) roles {
	out := roles{doc.Root: {theRoot}}
	mark := func(n *yaml.Node, p role) {
		if n != nil && !slices.Contains(out[n], p) {
			out[n] = append(out[n], p)
		}
	}
	for _, scheme := range spec.Pairs(spec.Get(spec.Get(doc.Root, "components"), "securitySchemes")) {
		mark(doc.Resolve(scheme), aScheme)
	}
	doc.Walk(func(_ []string, n *yaml.Node) {
		for _, member := range spec.Pairs(spec.Get(n, "properties")) {
			mark(doc.Resolve(member), aMember)
		}
		if isParameter(n) {
			mark(n, aParameter)
			mark(doc.Resolve(spec.Get(n, "schema")), aParameter)
		}
	})
	for _, op := range ops {
		mark(op.node, anOperation)
		for status, response := range spec.Pairs(spec.Get(op.node, "responses")) {
			if !strings.HasPrefix(status.Value, "2") {
				continue
			}
			for _, body := range spec.Pairs(spec.Get(doc.Resolve(response), "content")) {
				mark(doc.Resolve(spec.Get(body, "schema")), anAnswer)
			}
		}
	}
	return out
}

// isParameter tells whether a mapping describes a parameter. A security scheme
// has a name and a place too, and no schema.
func isParameter(n *yaml.Node) bool {
	in := spec.Text(spec.Get(n, "in"))
	return (in == "query" || in == "path" || in == "cookie" || in == "header") &&
		spec.Get(n, "name") != nil && spec.Get(n, "schema") != nil
}

// keywords are the extensions that say something to specgen: where each has a
// meaning, in words as well. README.md of specgen has their values.
var keywords = map[string]struct {
	where string
	roles []role
}{
	"x-auth-format":       {"on a security scheme", []role{aScheme}},
	"x-basic-encoding":    {"on a security scheme", []role{aScheme}},
	"x-credential":        {"on a security scheme", []role{aScheme}},
	"x-authorize":         {"on a security scheme", []role{aScheme}},
	"x-expiry":            {"on a member of an object", []role{aMember}},
	"x-charset":           {"on a member of an object or a parameter", []role{aMember, aParameter}},
	"x-refused":           {"on the schema of a 2xx answer", []role{anAnswer}},
	"x-codes":             {"at the top of the document", []role{theRoot}},
	"x-retry":             {"on an operation", []role{anOperation}},
	"x-source":            {"on an operation", []role{anOperation}},
	"x-deprecated-reason": {"on an operation, a parameter or a member", []role{anOperation, aParameter, aMember}},
}

// fits tells whether a keyword means something on a mapping.
func (r *run) fits(keyword string, on *yaml.Node) bool {
	return slices.ContainsFunc(keywords[keyword].roles, func(p role) bool { return slices.Contains(r.roles[on], p) })
}

// each visits the uses of a keyword that stand where it means something, and
// reports the others.
func (r *run) each(keyword string, visit func(e extension)) {
	for _, e := range r.extensions[keyword] {
		switch {
		case spec.Get(e.on, "$ref") != nil:
			r.add(e.key, "%s means nothing beside a $ref: put it where the reference leads", keyword)
		case !r.fits(keyword, e.on):
			r.add(e.key, "%s means nothing here: it belongs %s", keyword, keywords[keyword].where)
		default:
			visit(e)
		}
	}
}

// word reports a value that is none of the words that a keyword can have.
func (r *run) word(name string, value *yaml.Node, words ...string) {
	if value.Kind == yaml.ScalarNode && slices.Contains(words, value.Value) {
		return
	}
	r.add(value, "%s is %q: write %s", name, spec.Text(value), choice(words))
}

// choice is "a, b or c".
func choice(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// printable is an error code that an error of the client may print.
var printable = regexp.MustCompile(`^[A-Za-z0-9_.]{1,64}$`)

func checkCodes(r *run) {
	r.each("x-codes", func(e extension) {
		if e.value.Kind != yaml.MappingNode {
			r.add(e.value, "x-codes is no mapping: write one line `CODE: kind` for each error code")
			return
		}
		for code, kind := range spec.Pairs(e.value) {
			if !printable.MatchString(code.Value) {
				r.add(code, "%q could not be printed as a code: write at most 64 letters, digits, _ and dots, as the provider sends them, or leave it out", code.Value)
			}
			r.word("the kind of "+code.Value, kind, "status", "rejected", "bad-client", "throttled", "unavailable", "ambiguous")
		}
	})
}

// checkUnknown looks for our keywords misspelled. It looks only where the right
// word would mean something, for an extension of somebody else may be called
// nearly the same.
func checkUnknown(r *run) {
	for _, name := range sortedNames(r.extensions) {
		if _, known := keywords[name]; known {
			continue
		}
		for _, e := range r.extensions[name] {
			if meant := r.meant(name, e.on); meant != "" {
				r.add(e.key, "%s is not read by anything: write %s, or choose a name that is less like it", name, meant)
			}
		}
	}
}

// meant is the keyword that a name on that mapping is a misspelling of, or "".
func (r *run) meant(name string, on *yaml.Node) string {
	for _, keyword := range sortedNames(keywords) {
		if misspelled(name, keyword) && r.fits(keyword, on) {
			return keyword
		}
	}
	return ""
}

// misspelled tells whether a name is a keyword in another spelling: by hyphens or
// case, by two letters that changed places, by one letter, by two if it is long.
// Hardly anybody errs in the first letter, and the short words have neighbours.
func misspelled(name, keyword string) bool {
	const first = len("x-") + 1
	plain := strings.NewReplacer("-", "", "_", "").Replace
	a, b := plain(strings.ToLower(name)), plain(keyword)
	if a == b {
		return true
	}
	if len(name) > 64 || len(name) < first || name[:first] != keyword[:first] {
		return false
	}
	distance := rule.Distance(a, b)
	const long = len("xcredential")
	return distance == 1 || distance == 2 && (len(b) >= long || sameLetters(a, b))
}

func sameLetters(a, b string) bool {
	return slices.Equal(slices.Sorted(slices.Values([]byte(a))), slices.Sorted(slices.Values([]byte(b))))
}

func sortedNames[V any](m map[string]V) []string {
	var out []string
	for name := range sorted(m) {
		out = append(out, name)
	}
	return out
}
