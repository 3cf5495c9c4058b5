package lint

import (
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// checkSecrets goes by names: what a property is called is all that a spec
// says about it until somebody marks it.
func checkSecrets(r *run) {
	sent := r.sentMappings()
	r.doc.Walk(func(_ []string, n *yaml.Node) {
		for name, property := range spec.Pairs(spec.Get(n, "properties")) {
			r.checkSecret(name, name.Value, property, sent[n])
		}
		if isParameter(n) {
			name := spec.Get(n, "name")
			r.checkSecret(name, name.Value, spec.Get(n, "schema"), true)
		}
	})
}

func (r *run) checkSecret(at *yaml.Node, name string, schema *yaml.Node, sent bool) {
	schema = r.doc.Resolve(schema)
	if spec.Text(spec.Get(schema, "type")) == "string" && isSecretName(name, sent) &&
		spec.Text(spec.Get(schema, "format")) != "password" {
		r.add(at, "%q is a secret by its name: add `format: password`, or rename it if it is none", name)
	}
}

// sentMappings are the schemas that a request is made of. A `code` is an
// authorization code there, and an error code anywhere else; a `key` is what
// opens something there, and the name of an entry anywhere else.
func (r *run) sentMappings() map[*yaml.Node]bool {
	sent := map[*yaml.Node]bool{}
	var mark func(n *yaml.Node)
	mark = func(n *yaml.Node) {
		n = r.doc.Resolve(n)
		if n == nil || sent[n] {
			return
		}
		sent[n] = true
		for _, child := range n.Content {
			if child.Kind != yaml.ScalarNode {
				mark(child)
			}
		}
	}
	for _, op := range r.ops {
		mark(spec.Get(op.node, "requestBody"))
	}
	return sent
}

// words splits a name, in small letters, at everything that is no letter and
// where the case says that a word begins: IDToken is "id", "token".
func words(name string) []string {
	runes := []rune(name)
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
		}
		word = nil
	}
	for i, r := range runes {
		if !unicode.IsLetter(r) {
			flush()
			continue
		}
		if unicode.IsUpper(r) && i > 0 &&
			(unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			flush()
		}
		word = append(word, r)
	}
	flush()
	return out
}

// isSecretName tells whether a name is that of a credential. The last word
// decides: an access_token is one, a token_type is not.
func isSecretName(name string, sent bool) bool {
	parts := words(name)
	if len(parts) == 0 {
		return false
	}
	last, before := parts[len(parts)-1], ""
	if len(parts) > 1 {
		before = parts[len(parts)-2]
	}
	switch last {
	case "token":
		// A place in a list, not a key to anything.
		return !slices.Contains([]string{"page", "pagination", "continuation", "next", "sync"}, before)
	case "secret", "password", "passphrase", "verifier", "assertion", "apikey":
		return true
	case "key":
		return sent && before == "" || slices.Contains([]string{"api", "secret", "private", "access", "client", "signing"}, before)
	case "code":
		return sent && (before == "" || before == "authorization" || before == "auth")
	}
	return false
}
