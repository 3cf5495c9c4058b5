package spec_test

import (
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func document(t *testing.T, text string) *spec.Document {
	t.Helper()
	doc, findings, err := spec.Parse(spectest.Name, []byte(text))
	if doc == nil {
		t.Fatal(findings, err)
	}
	return doc
}

func TestPointer(t *testing.T) {
	for in, want := range map[string][]string{
		"#/a/b":       {"a", "b"},
		"/a~1b/c~0d":  {"a/b", "c~d"},
		"#/a~01b":     {"a~1b"},
		"#":           nil,
		"":            nil,
		"#/paths/~1x": {"paths", "/x"},
	} {
		if got := spec.Pointer(in); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestFindStopsAtTheNearestNode(t *testing.T) {
	doc := document(t, spectest.Spec)
	key, _ := doc.Find("paths", "/token", "post", "nothing", "more")
	if key.Value != "post" || key.Line != 10 || key.Column != 5 {
		t.Errorf("got %q at %d:%d", key.Value, key.Line, key.Column)
	}
	if doc.Exact("paths", "/token", "post", "nothing") != nil {
		t.Error("Exact found what is not there")
	}
	if n := doc.Exact("paths", "/status", "get", "security", "0", "bearer"); n == nil || n.Kind != yaml.SequenceNode {
		t.Errorf("got %v behind an index", n)
	}
}

func TestResolveFollowsReferences(t *testing.T) {
	doc := document(t, spectest.Spec)
	n := doc.Resolve(doc.Exact("paths", "/status", "get", "responses", "4XX"))
	if got := spec.Text(spec.Get(n, "description")); got != "An error." {
		t.Errorf("got %q", got)
	}
}

func TestWalkLeavesOutNamesAndData(t *testing.T) {
	doc := document(t, spectest.Edit(t, "        short_lived:\n", "        example:\n"))
	var sawExampleProperty, sawData bool
	doc.Walk(func(path []string, n *yaml.Node) {
		if len(path) > 1 && path[len(path)-2] == "properties" && path[len(path)-1] == "example" {
			sawExampleProperty = true
		}
		if spec.Get(n, "access_token") != nil && spec.Get(n, "expires_in") != nil {
			sawData = true
		}
	})
	if !sawExampleProperty {
		t.Error("a property called example is structure")
	}
	if sawData {
		t.Error("the content of an example and the names of properties are not structure")
	}
}
