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
	if !isSecretName(name, sent) {
		return
	}
	if missing := r.missingMark(schema); missing != "" {
		r.add(at, "%q is a secret by its name: %s, or rename it if it is none", name, missing)
	}
}

// missingMark is what to do so that a schema is marked as a secret; empty if it is
// marked, or holds no text. A list or a map of secrets is marked inside.
func (r *run) missingMark(schema *yaml.Node) string {
	inside := ""
	switch r.typeOf(schema) {
	case "array":
		inside = "items"
	case "object":
		inside = "additionalProperties"
	default:
		return r.missingMarkOfText(schema)
	}
	for _, part := range r.parts(schema) {
		if missing := r.missingMarkOfText(spec.Get(part, inside)); missing != "" {
			return missing + " to its " + inside
		}
	}
	return ""
}

func (r *run) missingMarkOfText(schema *yaml.Node) string {
	parts := r.parts(schema)
	format, open := "", len(parts) > 0
	for _, part := range parts {
		if text := spec.Text(spec.Get(part, "format")); text == "password" {
			return ""
		} else if text != "" {
			format = text
		}
		for _, key := range []string{"properties", "additionalProperties", "items", "oneOf", "anyOf", "enum"} {
			open = open && spec.Get(part, key) == nil
		}
	}
	switch kind := r.typeOf(schema); {
	case kind == "" && open:
		return "add `type: string` and `format: password`"
	case kind != "string":
		return ""
	case format != "":
		return "write `format: password` in the place of `format: " + format + "` (how the text is made can be said in the description)"
	case len(parts) > 1:
		return "add `format: password` to the part of the allOf that is text"
	}
	return "add `format: password`"
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
	if one, plural := strings.CutSuffix(last, "s"); plural && (one == "token" || one == "key" || one == "code") {
		// Of several, many are no secrets: country codes, or the tokens of a text.
		return slices.Contains([]string{"access", "refresh", "api", "auth", "bearer", "session", "secret", "private", "signing", "recovery", "backup"}, before)
	}
	switch strings.TrimSuffix(last, "s") {
	case "token":
		// A place in a list, not a key to anything.
		return !slices.Contains([]string{"page", "pagination", "continuation", "next", "sync"}, before)
	case "secret", "password", "passwd", "pwd", "passphrase", "passcode", "pin", "otp", "totp", "verifier", "assertion", "apikey":
		return true
	case "key":
		return sent && before == "" || slices.Contains([]string{"api", "secret", "private", "access", "client", "signing"}, before)
	case "code":
		return before == "device" || sent && slices.Contains([]string{"", "authorization", "auth", "otp", "totp", "mfa", "verification", "recovery", "backup"}, before)
	}
	return false
}
