package lint

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// dropped are the fields that the generator passes over without a word, and what
// to do instead. Where they stand, some mean something else; see checkDropped.
var dropped = map[string]string{
	"callbacks":     "describe the requests that the provider sends in a spec of their own",
	"links":         "say it in the description",
	"encoding":      "describe the parts so that the default encoding is right",
	"allowReserved": "describe the parameter so that escaping is right",
	"xml":           "say it in the description, for bodies of XML are the caller's own",
	"not":           "say it in the description",
}

// checkDropped refuses what would be read in the spec and be missing from the
// client: nobody would notice until a call goes wrong.
func checkDropped(r *run) {
	r.doc.Walk(func(path []string, n *yaml.Node) {
		for key, value := range spec.Pairs(n) {
			what, known := dropped[key.Value]
			switch {
			case known && spec.Text(value) != "false" && (value.Kind == yaml.ScalarNode || len(value.Content) > 0):
				r.add(key, "the generator leaves out %s: %s", key.Value, what)
			case key.Value == "servers" && len(path) > 0:
				r.add(key, "the generator leaves out servers other than those of the whole API: move them there, or split the API into several specs")
			case key.Value == "discriminator" && spec.Get(n, "oneOf") == nil && spec.Get(n, "anyOf") == nil:
				r.add(key, "the generator leaves out a discriminator beside neither oneOf nor anyOf: list the alternatives, or say it in the description")
			}
		}
		r.droppedRequired(n)
	})
	for path := range spec.Pairs(spec.Get(r.doc.Root, "paths")) {
		if !strings.HasPrefix(path.Value, "/") {
			r.add(path, "the generator leaves out what is under %q: a path begins with a slash", path.Value)
		}
	}
}

// droppedRequired refuses a required member that is described nowhere: no type
// would have it.
func (r *run) droppedRequired(n *yaml.Node) {
	properties, more := spec.Get(n, "properties"), spec.Get(n, "additionalProperties")
	open := more != nil && spec.Text(more) != "false"
	for _, key := range []string{"allOf", "oneOf", "anyOf"} {
		open = open || spec.Get(n, key) != nil
	}
	if properties == nil || open {
		return // it may be described in another part
	}
	required := spec.Get(n, "required")
	if required == nil || required.Kind != yaml.SequenceNode {
		return
	}
	for _, name := range required.Content {
		if r.doc.Get(properties, name.Value) == nil {
			r.add(name, "%q is required and not among the properties: describe it, or take it out of the list", name.Value)
		}
	}
}
