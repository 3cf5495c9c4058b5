package scorecard

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// cyclic are schemas that come back to themselves. Where files is given, they do
// so through another file.
var cyclic = []struct {
	name, schemas string
	files         map[string]string
}{
	{name: "a reference to itself", schemas: "    A: {$ref: '#/components/schemas/A'}\n"},
	{name: "references to each other", schemas: "    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n"},
	{name: "three references in a ring", schemas: "    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/C'}\n    C: {$ref: '#/components/schemas/A'}\n"},
	{name: "a reference into itself", schemas: "    A: {type: object, properties: {a: {$ref: '#/components/schemas/A/properties/a'}}}\n"},
	{name: "allOf with itself", schemas: "    A: {allOf: [{$ref: '#/components/schemas/A'}]}\n"},
	{name: "allOf with each other", schemas: "    A: {allOf: [{$ref: '#/components/schemas/B'}, {type: object}]}\n    B: {allOf: [{type: object}, {$ref: '#/components/schemas/A'}]}\n"},
	{name: "allOf inside allOf", schemas: "    A: {allOf: [{allOf: [{allOf: [{$ref: '#/components/schemas/A'}]}]}]}\n"},
	{name: "a required member of itself", schemas: "    A: {type: object, required: [a], properties: {a: {$ref: '#/components/schemas/A'}}}\n"},
	{name: "required members of each other", schemas: "    A: {type: object, required: [b], properties: {b: {$ref: '#/components/schemas/B'}}}\n    B: {type: object, required: [a], properties: {a: {$ref: '#/components/schemas/A'}}}\n"},
	{name: "a list of itself", schemas: "    A: {type: array, items: {$ref: '#/components/schemas/A'}}\n"},
	{name: "lists of each other", schemas: "    A: {type: array, items: {$ref: '#/components/schemas/B'}}\n    B: {type: array, items: {$ref: '#/components/schemas/A'}}\n"},
	{name: "references to each other through a file", schemas: "    A: {$ref: 'other.yaml#/components/schemas/B'}\n",
		files: map[string]string{"other.yaml": "components: {schemas: {B: {$ref: 'acme.yaml#/components/schemas/A'}}}\n"}},
	{name: "allOf through two files", schemas: "    A: {allOf: [{$ref: 'other.yaml#/components/schemas/B'}]}\n",
		files: map[string]string{"other.yaml": "components: {schemas: {B: {allOf: [{$ref: 'third.yaml#/components/schemas/C'}]}}}\n",
			"third.yaml": "components: {schemas: {C: {allOf: [{$ref: 'other.yaml#/components/schemas/B'}]}}}\n"}},
}

// trees come back to themselves with a way out, and are let through.
var trees = []string{
	"    A: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}}\n",
	"    A: {type: object, required: [a], properties: {a: {type: array, items: {$ref: '#/components/schemas/A'}}}}\n",
	"    A: {type: object, properties: {a: {type: object, additionalProperties: {$ref: '#/components/schemas/A'}}}}\n",
	"    A: {type: object, properties: {b: {$ref: '#/components/schemas/B'}}}\n    B: {type: object, required: [a], properties: {a: {$ref: '#/components/schemas/A'}}}\n",
	"    A: {type: object, properties: {b: {oneOf: [{type: string}, {$ref: '#/components/schemas/B'}]}}}\n    B: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}}\n",
}

var jsonPointer = regexp.MustCompile(`#/components/schemas/[ABC]`)

func withSchemas(t *testing.T, text string) string {
	t.Helper()
	return filled(t, "", sink{edit: []string{atProperty, atProperty + "        extra:\n          allOf: [{$ref: '#/components/schemas/A'}, {type: object}]\n", atError, text + atError}})
}

func TestCheck061_Cycles(t *testing.T) {
	if len(cyclic) < 12 {
		t.Fatalf("%d cyclic specs, want at least 12", len(cyclic))
	}
	missed := 0
	for _, c := range cyclic {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range c.files {
				write(t, filepath.Join(dir, name), text)
			}
			text := withSchemas(t, c.schemas)
			doc, findings := parseIn(t, dir, len(c.files) > 0, text)
			if doc != nil || len(findings) == 0 {
				t.Fatal("let through")
			}
			for _, f := range findings {
				if f.Rule != "REF-CYCLE" || !jsonPointer.MatchString(f.Message) || f.Line < 2 && f.File == client.Spec {
					t.Errorf("got %s, want REF-CYCLE with a JSON pointer", f)
				}
			}
		})
		// The inverse: the generator alone panics, or says nothing and writes code
		// that does not compile. Those that it would follow until the stack ends,
		// which nothing can recover from, are left out of it.
		if strings.Contains(c.name, "allOf") || len(c.files) > 0 {
			continue
		}
		src, err := bare(withSchemas(t, c.schemas))
		switch {
		case err != nil && strings.HasPrefix(err.Error(), "panic"):
			missed++
		case err == nil && compiles(src) != nil:
			missed++
		}
	}
	if missed == 0 {
		t.Error("the generator alone finds all of these by itself: they test nothing")
	}
	for i, text := range trees {
		if files, findings := guarded(t, withSchemas(t, text)); len(files) == 0 {
			t.Errorf("tree %d is refused: %v", i, findings)
		}
	}
	t.Logf("figure: %d cyclic specs, %d of them across files, each REF-CYCLE with a JSON pointer; %d trees made; without specgen %d panic or do not compile",
		len(cyclic), across(), len(trees), missed)
}

func across() (n int) {
	for _, c := range cyclic {
		n += min(1, len(c.files))
	}
	return n
}
