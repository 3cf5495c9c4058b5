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
		k, v := d.step(value, part)
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
		if _, value = d.step(value, part); value == nil {
			return nil
		}
	}
	return value
}

func (d *Document) step(n *yaml.Node, part string) (key, value *yaml.Node) {
	if n != nil && n.Kind == yaml.SequenceNode {
		i, err := strconv.Atoi(part)
		if err != nil || i < 0 || i >= len(n.Content) {
			return nil, nil
		}
		return n.Content[i], n.Content[i]
	}
	return d.entry(n, part)
}

// small is the number of keys up to which looking at each is as quick as an
// index.
const small = 16

// entry is the key and the value of a mapping, or nil. A mapping with many keys
// is looked at once: going through ten thousand components for each of ten
// thousand references takes a minute.
func (d *Document) entry(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode || len(n.Content) <= 2*small {
		return entry(n, name)
	}
	at, ok := d.index[n]
	if !ok {
		at = make(map[string]int, len(n.Content)/2)
		for i := len(n.Content) - 2; i >= 0; i -= 2 {
			at[n.Content[i].Value] = i
		}
		if d.index == nil {
			d.index = map[*yaml.Node]map[string]int{}
		}
		d.index[n] = at
	}
	if i, ok := at[name]; ok {
		return n.Content[i], n.Content[i+1]
	}
	return nil, nil
}

// Get is the function of that name, quick on mappings with many keys.
func (d *Document) Get(n *yaml.Node, key string) *yaml.Node {
	_, value := d.entry(n, key)
	return value
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
