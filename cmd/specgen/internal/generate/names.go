package generate

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// named is a member of an object or a parameter: what a provider has named, and
// what becomes a name in Go.
type named struct {
	what   string // member or parameter
	key    *yaml.Node
	goName string // what it is called if not by its own name
	oneTag bool   // whether its name has to stand in a struct tag of encoding/json
}

// name is what Go's name is made of.
func (n named) name() string {
	if n.goName != "" {
		return n.goName
	}
	return n.key.Value
}

// groups visits what must not have a name in common: the members of an object, and
// the parameters of an operation or a path.
func groups(doc *spec.Document, visit func([]named)) {
	doc.Walk(func(_ []string, n *yaml.Node) {
		var members, parameters []named
		for key, member := range spec.Pairs(spec.Get(n, "properties")) {
			members = append(members, named{"member", key, spec.Text(spec.Get(member, goNameKey)), true})
		}
		if list := spec.Get(n, "parameters"); list != nil && list.Kind == yaml.SequenceNode {
			for _, parameter := range list.Content {
				parameter = doc.Resolve(parameter)
				if key := spec.Get(parameter, "name"); key != nil {
					parameters = append(parameters, named{"parameter", key, spec.Text(spec.Get(parameter, goNameKey)), false})
				}
			}
		}
		visit(members)
		visit(parameters)
	})
}

const goNameKey = "x-go-name"

// checkNames refuses what a provider has named in a way that the generator cannot
// write: it would make a field without a name of its own, or one that
// encoding/json reads under another.
func checkNames(doc *spec.Document) error {
	var broken error
	groups(doc, func(group []named) {
		for _, n := range group {
			switch {
			case broken != nil:
			case !exported(n.name()):
				broken = &Error{doc.Finding(n.key, "GEN-BROKEN", "the %s %q comes to no name that Go exports: add `%s` with one", n.what, n.key.Value, goNameKey)}
			case n.oneTag && !fitsTag(n.key.Value):
				broken = &Error{doc.Finding(n.key, "GEN-BROKEN", "the member %q has a name that encoding/json cannot be told: leave it out, and say so in the description of the object", n.key.Value)}
			}
		}
	})
	return broken
}

// exported tells whether the generator makes an exported name of a name.
func exported(name string) bool {
	state.RLock()
	defer state.RUnlock()
	first, _ := utf8.DecodeRuneInString(codegen.SchemaNameToTypeName(name))
	return unicode.IsUpper(first)
}

// fitsTag tells whether encoding/json takes a name out of a struct tag as it is;
// its documentation lists the signs. It takes any other for no name at all.
func fitsTag(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r)
	})
}

// redeclared is how the compiler says that a name is there twice.
var redeclared = regexp.MustCompile(`\bredeclared\b|already declared`)

// clash finds two members of an object or two parameters that come to the same
// name in Go, or a parameter whose name the code needs itself.
func clash(doc *spec.Document, message, goName string) (at *yaml.Node, why string) {
	if goName == "" || !redeclared.MatchString(message) {
		return nil, ""
	}
	var alone *yaml.Node
	groups(doc, func(group []named) {
		var first *yaml.Node
		for _, n := range group {
			if enumKey(n.name()) != strings.ToLower(goName) {
				continue
			}
			switch {
			case at != nil:
			case first != nil:
				at = n.key
				why = fmt.Sprintf("%q is called %s in Go, and so is %q at line %d: give one of them another name there with `%s`", n.key.Value, goName, first.Value, first.Line, goNameKey)
			case n.what == "parameter" && alone == nil:
				alone = n.key
			}
			first = n.key
		}
	})
	if at == nil && alone != nil {
		return alone, fmt.Sprintf("the parameter %q is called %s in Go, which the code around it needs for itself: give it another name there with `%s`", alone.Value, goName, goNameKey)
	}
	return at, why
}

var undefined = regexp.MustCompile(`undefined: (\w+)`)

// excluded finds what refers to a schema that the configuration leaves out, if a
// name is missing for that reason.
func excluded(doc *spec.Document, c config.Client, message, goName string) (at *yaml.Node, why string) {
	m := undefined.FindStringSubmatch(message)
	if m == nil {
		return nil, ""
	}
	normalize := normalizer(c)
	for _, name := range c.Options.ExcludeSchemas {
		if normalize(name) != m[1] {
			continue
		}
		doc.Walk(func(path []string, n *yaml.Node) {
			ref := spec.Get(n, "$ref")
			if spec.Text(ref) != "#/components/schemas/"+name || len(path) < 3 || path[0] != "components" {
				return
			}
			if from := path[2]; at == nil || normalize(from) == goName {
				at = ref
				why = fmt.Sprintf("components/%s/%s refers to the schema %s, which exclude-schemas in %s leaves out: take %[3]s off that list, or %[5]s",
					path[1], from, name, config.Path, without(path[1], from))
			}
		})
	}
	return at, why
}

// without is how to do without a component that refers to a schema.
func without(section, name string) string {
	if section == "schemas" {
		return "put " + name + " on it as well"
	}
	return "write what " + name + " says where it is used"
}
