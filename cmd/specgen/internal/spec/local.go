package spec

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// Reader reads a file beside a spec, by its path below the spec's own folder,
// at most limit bytes and one more. That no symbolic link leads out of there is
// its part.
type Reader func(name string, limit int64) ([]byte, error)

// MaxFiles is how many files one spec may refer to.
const MaxFiles = 32

// component is the only thing in another file that may be referred to. It
// becomes a component of the document, under the same name.
var component = regexp.MustCompile(`^/components/[a-zA-Z]+/[^/]+$`)

// bundler brings the components that a spec refers to in other files into the
// spec itself, once each, so that all checks see one document.
type bundler struct {
	doc         *Document
	read        Reader
	loaded      map[string]*yaml.Node // by path below the spec's folder; the spec itself is ""
	taken       map[*yaml.Node]bool
	findings    []finding.Finding
	bytes, size int // of all files
}

// bundle follows the references out of the document. Without a reader there are
// none; checkRefs says so.
func (d *Document) bundle(read Reader, data []byte) []finding.Finding {
	if read == nil {
		return nil
	}
	b := bundler{doc: d, read: read, loaded: map[string]*yaml.Node{"": d.Root}, taken: map[*yaml.Node]bool{}, bytes: len(data), size: marks(data)}
	d.files = map[*yaml.Node]string{}
	hashes := []string{d.SHA256}
	b.follow("", d.Root)
	for _, name := range d.Local {
		hashes = append(hashes, name.Path+" "+name.SHA256)
	}
	if len(d.Local) > 0 {
		slices.Sort(hashes[1:])
		d.SHA256 = Sum([]byte(strings.Join(hashes, "\n")))
	}
	finding.Sort(b.findings)
	return b.findings
}

// LocalFile is a file that a spec refers to.
type LocalFile struct {
	Path   string // below the project root
	SHA256 string
}

func (b *bundler) refuse(ref *yaml.Node, rule, format string, args ...any) {
	b.findings = append(b.findings, b.doc.Finding(ref, rule, format, args...))
}

// follow rewrites the references below a node of a file.
func (b *bundler) follow(file string, n *yaml.Node) {
	var refs []*yaml.Node
	Walk(n, func(_ []string, n *yaml.Node) {
		if ref := Get(n, "$ref"); ref != nil && ref.Kind == yaml.ScalarNode {
			refs = append(refs, ref)
		}
	})
	for _, ref := range refs {
		if len(b.findings) >= MaxFindings {
			return
		}
		b.resolve(file, ref)
	}
}

func (b *bundler) resolve(file string, ref *yaml.Node) {
	target, pointer, _ := strings.Cut(ref.Value, "#")
	if target == "" && file == "" {
		return
	}
	name := file
	if target != "" {
		if name = path.Join(path.Dir(file), target); !isBeside(target, name) {
			b.refuse(ref, "REF-EXTERNAL", "reference %q leaves the folder of the spec: copy what it points at into components and refer to `#/components/...`", ref.Value)
			return
		}
		if name == path.Base(b.doc.Name) {
			name = ""
		}
	}
	if !component.MatchString(pointer) {
		b.refuse(ref, "REF-EXTERNAL", "reference %q is not to a component of the other file: write it as `file.yaml#/components/...`", ref.Value)
		return
	}
	root := b.load(ref, name)
	if root == nil {
		return
	}
	parts := Pointer(pointer)
	key, node := entry(Get(Get(root, parts[0]), parts[1]), parts[2])
	if node == nil {
		b.refuse(ref, "REF-UNRESOLVED", "reference %q points at nothing: correct it or add the component", ref.Value)
		return
	}
	ref.Value = "#" + pointer
	if name == "" || b.taken[node] {
		return
	}
	b.taken[node] = true
	section := child(child(b.doc.Root, parts[0]), parts[1])
	if first, _ := entry(section, parts[2]); first != nil {
		b.refuse(ref, "REF-EXTERNAL", "there is a component %q both in %s and at line %d of %s: rename one of them",
			parts[2], b.name(name), first.Line, b.fileOf(first))
		return
	}
	section.Content = append(section.Content, key, node)
	b.mark(b.name(name), key)
	b.mark(b.name(name), node)
	b.follow(name, node)
}

// isBeside tells whether a reference is a plain path to a YAML or JSON file in
// the folder of the spec or below.
func isBeside(target, joined string) bool {
	switch path.Ext(target) {
	case ".yaml", ".yml", ".json":
		return !strings.ContainsAny(target, ":\\%?*") && fs.ValidPath(joined) && !path.IsAbs(target)
	}
	return false
}

// load reads another file once, and holds it to what a spec is held to.
func (b *bundler) load(ref *yaml.Node, name string) *yaml.Node {
	if root, ok := b.loaded[name]; ok {
		return root
	}
	if len(b.loaded) > MaxFiles {
		b.refuse(ref, "SPEC-SIZE", "the spec refers to more than %d other files: put them together", MaxFiles)
		return nil
	}
	data, err := b.read(name, int64(MaxBytes-b.bytes))
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err // without the path of the machine
	}
	if err != nil {
		b.refuse(ref, "REF-UNRESOLVED", "%s cannot be read: %v", b.name(name), err)
		return nil
	}
	b.loaded[name] = nil // said once, if it is refused
	b.bytes, b.size = b.bytes+len(data), b.size+marks(data)
	if b.bytes > MaxBytes || b.size > MaxMarks {
		b.refuse(ref, "SPEC-SIZE", "with %s, the files of this spec are more than %d bytes or %d values: split the API into several specs", b.name(name), MaxBytes, MaxMarks)
		return nil
	}
	root, findings := ParseYAML(b.name(name), data)
	b.findings = append(b.findings, findings...)
	if len(findings) > 0 {
		return nil
	}
	b.loaded[name] = root
	b.doc.Local = append(b.doc.Local, LocalFile{b.name(name), Sum(data)})
	return root
}

// name is the path of a file as findings have it.
func (b *bundler) name(file string) string { return path.Join(path.Dir(b.doc.Name), file) }

func (b *bundler) fileOf(n *yaml.Node) string {
	if name, ok := b.doc.files[n]; ok {
		return name
	}
	return b.doc.Name
}

// mark notes the file that a node is from.
func (b *bundler) mark(file string, n *yaml.Node) {
	b.doc.files[n] = file
	for _, child := range n.Content {
		b.mark(file, child)
	}
}

// child is the mapping under a key, made if it is not there.
func child(n *yaml.Node, key string) *yaml.Node {
	if value := Get(n, key); value != nil {
		return value
	}
	value := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Line: n.Line, Column: n.Column}, value)
	return value
}
