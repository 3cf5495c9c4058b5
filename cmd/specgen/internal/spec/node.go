package spec

import (
	"iter"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Pairs yields the keys and values of a mapping in the order of the file.
func Pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// Get is the value under a key of a mapping, or nil.
func Get(n *yaml.Node, key string) *yaml.Node {
	_, value := entry(n, key)
	return value
}

// Key is the node of the key itself, or nil.
func Key(n *yaml.Node, key string) *yaml.Node {
	k, _ := entry(n, key)
	return k
}

func entry(n *yaml.Node, key string) (*yaml.Node, *yaml.Node) {
	for k, v := range Pairs(n) {
		if k.Value == key {
			return k, v
		}
	}
	return nil, nil
}

// Find follows a path of keys and indexes and returns the key and the value it
// ends at. Where the path leaves the document, it returns the last pair that
// exists: the nearest place a person can look at.
func (d *Document) Find(path ...string) (key, value *yaml.Node) {
	key, value = d.Root, d.Root
	for _, part := range path {
		k, v := step(value, part)
		if v == nil {
			return key, value
		}
		key, value = k, v
	}
	return key, value
}

// Exact is the value at a path, or nil.
func (d *Document) Exact(path ...string) *yaml.Node {
	value := d.Root
	for _, part := range path {
		if _, value = step(value, part); value == nil {
			return nil
		}
	}
	return value
}

func step(n *yaml.Node, part string) (key, value *yaml.Node) {
	if n != nil && n.Kind == yaml.SequenceNode {
		i, err := strconv.Atoi(part)
		if err != nil || i < 0 || i >= len(n.Content) {
			return nil, nil
		}
		return n.Content[i], n.Content[i]
	}
	return entry(n, part)
}

// Resolve follows local references until it reaches something that is none. The
// loader has made sure that they end.
func (d *Document) Resolve(n *yaml.Node) *yaml.Node {
	for range MaxDepth {
		ref := Get(n, "$ref")
		if ref == nil || ref.Kind != yaml.ScalarNode {
			return n
		}
		target := d.Exact(Pointer(ref.Value)...)
		if target == nil {
			return n
		}
		n = target
	}
	return n
}

// Pointer splits a JSON pointer, with or without the leading #, into its parts.
func Pointer(p string) []string {
	p = strings.TrimPrefix(strings.TrimPrefix(p, "#"), "/")
	if p == "" {
		return nil
	}
	parts := strings.Split(p, "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
	}
	return parts
}

// Text is the text of a scalar, and empty for any other node.
func Text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// IsMethod tells whether a key of a path item is an operation.
func IsMethod(key string) bool {
	switch key {
	case "get", "put", "post", "delete", "options", "head", "patch", "trace":
		return true
	}
	return false
}
