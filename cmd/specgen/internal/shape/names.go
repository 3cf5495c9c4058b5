package shape

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
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

// given is the name that x-go-name gives to a schema, or else that of the spec. The
// name of a component is not that of a member which refers to it.
func given(ref *openapi3.SchemaRef, key string) string {
	from := ref.Extensions
	if ref.Ref == "" && ref.Value != nil {
		from = ref.Value.Extensions
	}
	return cmp.Or(text(from["x-go-name"]), key)
}

// next is a free name for a name of the spec. word is put behind one that is
// taken, before numbers are.
func (n *names) next(spec, word string) string {
	name := exported(n.normalize(spec))
	for range 3 { // the generator makes a name of it once more, which has to stay the same
		name = exported(n.normalize(name))
	}
	if IsServer(name) {
		name = "The" + name
	}
	if n.taken[name] && word != "" {
		name += word
	}
	for base, i := name, 2; n.taken[name]; i++ {
		name = base + strconv.Itoa(i)
	}
	n.taken[name] = true
	return name
}

// IsServer tells whether a name is one of those that the generator gives to the
// addresses of servers. It goes by their descriptions.
func IsServer(name string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimPrefix(name, "New")), "serverurl")
}

// exported is a name that begins with an upper-case letter and has nothing that
// a Go name cannot have.
func exported(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
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

// Normalizer makes a Go name of a name of the spec: ToCamelCase, or
// ToCamelCaseWithInitialisms, which writes an initialism as Go does. The
// generator has both, and keeps the list of the second in its state, where it is
// only after the first package has been made.
func Normalizer(name string) func(string) string {
	if name == "ToCamelCase" {
		return codegen.ToCamelCase
	}
	return func(s string) string {
		return words.ReplaceAllStringFunc(codegen.ToCamelCaseWithDigits(s), func(word string) string {
			if upper := strings.ToUpper(word); initialisms[upper] {
				return upper
			}
			return word
		})
	}
}

// words are what a name in camel case is made of.
var words = regexp.MustCompile(`[\p{Lu}\d]+(?:[\p{Ll}\d]+|$)`)

// initialisms are those that the generator writes in upper case.
var initialisms = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq("ACL AMQP API ASCII CPU CSS DB DNS EOF GID GUID HTML HTTP HTTPS ID IP JSON QPS RAM RPC " +
		"RTP SIP SLA SMTP SQL SSH TCP TLS TS TTL UDP UI UID URI URL UTF8 UUID VM XML XMPP XSRF XSS") {
		set[word] = true
	}
	return set
}()
