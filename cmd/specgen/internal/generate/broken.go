package generate

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// Error is a spec that no usable code can be made of.
type Error struct{ Finding finding.Finding }

func (e *Error) Error() string { return e.Finding.String() }

// Broken blames a spec for what was made of it. The place is that of the
// component or the operation that the Go name goNames comes from, or else the
// one that the message speaks of, or else the top of the file.
func Broken(doc *spec.Document, c config.Client, message, goName string) error {
	at := origin(doc, c, func(_, normalized string) bool {
		return normalized != "" && strings.HasPrefix(goName, normalized)
	})
	if m := atSchema.FindStringSubmatch(message); at == nil && m != nil {
		at = component(doc, m[1])
	}
	if at == nil {
		at = origin(doc, c, func(name, normalized string) bool {
			for _, quote := range []string{`"`, "'", "`"} {
				if strings.Contains(message, quote+name+quote) || strings.Contains(message, quote+normalized+quote) {
					return true
				}
			}
			return false
		})
	}
	if strings.Contains(message, "server variable") {
		at = spec.Key(doc.Root, "servers")
		message += fmt.Sprintf("; or leave the servers to the caller with `server-urls: false` in %s", config.Path)
	}
	advice := "rename or reword what it comes from"
	if at != nil && spec.Key(doc.Exact("components", "schemas"), at.Value) == at {
		advice = "if the name is the cause, give it another one in Go with `x-go-name`"
	}
	return &Error{doc.Finding(at, "GEN-BROKEN", "no client can be made of this: %s; %s", message, advice)}
}

// atSchema is how the generator says which component it was at.
var atSchema = regexp.MustCompile(`converting Schema (\S+) to Go type`)

// component is the key of a component of that name, or nil.
func component(doc *spec.Document, name string) *yaml.Node {
	for _, components := range spec.Pairs(spec.Get(doc.Root, "components")) {
		if key := spec.Key(components, name); key != nil {
			return key
		}
	}
	return nil
}

// origin finds the longest name in the spec that matches; a property only if
// nothing larger does.
func origin(doc *spec.Document, c config.Client, match func(name, normalized string) bool) *yaml.Node {
	normalize := shape.Normalizer(c.Options.NameNormalizer)
	var best *yaml.Node
	consider := func(n *yaml.Node) {
		if n != nil && n.Value != "" && match(n.Value, normalize(n.Value)) && (best == nil || len(n.Value) > len(best.Value)) {
			best = n
		}
	}
	for _, components := range spec.Pairs(spec.Get(doc.Root, "components")) {
		for name := range spec.Pairs(components) {
			consider(name)
		}
	}
	for path, item := range spec.Pairs(spec.Get(doc.Root, "paths")) {
		consider(path)
		for _, op := range spec.Pairs(item) {
			consider(spec.Get(op, "operationId"))
		}
	}
	if best == nil {
		doc.Walk(func(_ []string, n *yaml.Node) {
			for name := range spec.Pairs(spec.Get(n, "properties")) {
				consider(name)
			}
		})
	}
	return best
}

// first is the first of what may be many lines, each a fault of its own.
func first(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	if n := len(lines) - 1; n > 0 {
		return fmt.Sprintf("%s (and %d more)", lines[0], n)
	}
	return lines[0]
}
