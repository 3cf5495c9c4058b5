package lint

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// checkUnused follows references from the operations. What is used by an unused
// component only is unused as well.
func checkUnused(r *run) {
	used := map[*yaml.Node]bool{}
	var follow func(n *yaml.Node)
	reach := func(pointer string) {
		if target := r.doc.Exact(spec.Pointer(pointer)...); target != nil && !used[target] {
			used[target] = true
			follow(target)
		}
	}
	follow = func(n *yaml.Node) {
		spec.Walk(n, func(_ []string, n *yaml.Node) {
			if ref := spec.Text(spec.Get(n, "$ref")); ref != "" {
				reach(ref)
			}
			for _, requirement := range content(spec.Get(n, "security")) {
				for scheme := range spec.Pairs(requirement) {
					reach("#/components/securitySchemes/" + scheme.Value)
				}
			}
			for _, target := range spec.Pairs(spec.Get(spec.Get(n, "discriminator"), "mapping")) {
				if name := target.Value; strings.HasPrefix(name, "#/") {
					reach(name)
				} else {
					reach("#/components/schemas/" + name)
				}
			}
		})
	}
	follow(&yaml.Node{Kind: yaml.MappingNode, Content: outside(r.doc.Root)})
	for _, scheme := range r.extensions["x-authorize"] {
		used[scheme.on] = true // by whoever signs in, which no operation of the spec does
	}
	for section, components := range spec.Pairs(spec.Get(r.doc.Root, "components")) {
		for name, component := range spec.Pairs(components) {
			if !strings.HasPrefix(section.Value, "x-") && !used[component] {
				r.add(name, "no operation uses %s %q: use it or remove it", section.Value, name.Value)
			}
		}
	}
}

// outside is the document without its components.
func outside(root *yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	for key, value := range spec.Pairs(root) {
		if key.Value != "components" {
			out = append(out, key, value)
		}
	}
	return out
}

func content(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

var (
	// generatorExtension is an extension that the generator acts upon.
	generatorExtension = regexp.MustCompile(`^x-(go-|oapi-|omit(empty|zero)$|order$|enum-?(varn|n)ames$|enumNames$)`)
	exportedName       = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
)

// checkExtensions keeps Go out of specs: some of these extensions put types,
// tags and imports into the generated code as they stand.
func checkExtensions(r *run) {
	r.doc.Walk(func(_ []string, n *yaml.Node) {
		for key, value := range spec.Pairs(n) {
			switch {
			case key.Value == "x-go-name":
				if !exportedName.MatchString(spec.Text(value)) {
					r.add(value, "x-go-name %q is not an exported Go name: begin with a capital and use letters and digits only", spec.Text(value))
				}
			case generatorExtension.MatchString(key.Value):
				r.add(key, "%s is not allowed: a spec describes the provider; only x-go-name may steer the generator", key.Value)
			}
		}
	})
}
