package spec_test

import (
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestReferences(t *testing.T) {
	ref := "$ref: '#/components/schemas/TokenRequest'"
	testFailing(t, []failing{
		{"to a file", "REF-EXTERNAL", []string{ref, "$ref: «'other.yaml#/a'"}, []string{`"other.yaml#/a"`}},
		{"to a parent folder", "REF-EXTERNAL", []string{ref, "$ref: «../../secret"}, nil},
		{"to a host", "REF-EXTERNAL", []string{ref, "$ref: «'https://example.com/a.yaml'"}, nil},
		{"to the whole document", "REF-EXTERNAL", []string{ref, "$ref: «'#'"}, nil},
		{"into an extension, which nothing looks at", "REF-UNRESOLVED", []string{ref, "$ref: «'#/x-hidden'", "info:\n", "x-hidden:\n  type: string\n  x-go-type: os.File\ninfo:\n"}, nil},
		{"into an example", "REF-UNRESOLVED", []string{ref, "$ref: «'#/components/examples/Refused/value'"}, nil},
		{"from a path", "REF-PATH", []string{"  /status:\n", "  /other:\n    «$ref: '#/paths/~1status'\n  /status:\n"}, []string{`"/other"`}},
		{"from a discriminator", "REF-UNRESOLVED", []string{"    Error:\n      type: object\n", "    Error:\n      type: object\n      discriminator:\n        propertyName: code\n        mapping:\n          a: «other.yaml#/A\n"}, []string{"discriminator"}},
		{"to nothing", "REF-UNRESOLVED", []string{ref, "$ref: «'#/components/schemas/Nothing'"}, []string{"Nothing"}},
	})
	t.Run("to itself", func(t *testing.T) {
		text := spectest.Edit(t, "        short_lived:\n          type: boolean\n", "        short_lived:\n          $ref: '#/components/schemas/TokenResponse/properties/short_lived'\n")
		spectest.Want(t, parse(t, text), "REF-CYCLE", 86, 17, "comes back to itself")
	})
	t.Run("in an example, which is data", func(t *testing.T) {
		if got := parse(t, spectest.Edit(t, "message: An invented message.", "$ref: other.yaml")); len(got) > 0 {
			t.Error(got)
		}
	})
	t.Run("a property of that name", func(t *testing.T) {
		if got := parse(t, spectest.Edit(t, "        short_lived:\n", "        $ref:\n")); len(got) > 0 {
			t.Error(got)
		}
	})
}

func TestWhatWasLeftEmpty(t *testing.T) {
	testFailing(t, []failing{
		{"an operation", "SPEC-NULL", []string{"  /status:\n    get:\n", "  /other:\n    «get:\n  /status:\n    get:\n"}, nil},
		{"a path", "SPEC-NULL", []string{"  /status:\n", "  «/other:\n  /status:\n"}, nil},
		{"a media type", "SPEC-NULL", []string{"          description: Alive.\n", "          description: Alive.\n          content:\n            «text/plain:\n"}, nil},
		{"a schema", "SPEC-NULL", []string{"    Error:\n", "    «Empty:\n    Error:\n"}, nil},
		{"a property", "SPEC-NULL", []string{"        short_lived:\n          type: boolean\n", "        «short_lived:\n"}, nil},
		{"an item of a list", "SPEC-NULL", []string{"        - bearer: []\n", "        -«\n"}, nil},
	})
	t.Run("an example, which is data", func(t *testing.T) {
		if got := parse(t, spectest.Edit(t, "message: An invented message.", "message:")); len(got) > 0 {
			t.Error(got)
		}
	})
}
