package lint

import (
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestUnused(t *testing.T) {
	testFailing(t, []failing{
		{"a schema", "COMPONENT-UNUSED", []string{"    Error:\n", "    «Spare:\n      type: string\n    Error:\n"}, []string{`schemas "Spare"`}},
		{"a security scheme", "COMPONENT-UNUSED", []string{"    bearer:\n      type", "    «spare:\n      type: http\n      scheme: basic\n    bearer:\n      type"}, nil},
		{"a schema that only refers to itself", "COMPONENT-UNUSED", []string{"    Error:\n", "    «Loop:\n      type: object\n      properties:\n        next:\n          $ref: '#/components/schemas/Loop'\n    Error:\n"}, nil},
	})
	text := "    Spare:\n      type: object\n      properties:\n        x:\n          $ref: '#/components/schemas/Part'\n    Part:\n      type: string\n    Error:\n"
	t.Run("and what only the unused uses", func(t *testing.T) {
		if got := check(t, spectest.Edit(t, "    Error:\n", text)); len(got) != 2 {
			t.Errorf("got %v, want both", got)
		}
	})
	testPassing(t, []passing{
		{"reached by another component", []string{"        expires_in:\n          type: integer\n", "        expires_in:\n          $ref: '#/components/schemas/Seconds'\n", "    Error:\n", "    Seconds:\n      type: integer\n    Error:\n"}},
		{"reached by a default security", []string{"paths:\n", "security:\n  - other: []\npaths:\n", "    bearer:\n      type", "    other:\n      type: http\n      scheme: basic\n    bearer:\n      type"}},
	})
}

func TestExtensions(t *testing.T) {
	testFailing(t, []failing{
		{"a Go type", "X-GO", []string{"        expires_in:\n", "        expires_in:\n          «x-go-type: os.File\n"}, []string{"x-go-type"}},
		{"tags", "X-GO", []string{"        expires_in:\n", "        expires_in:\n          «x-oapi-codegen-extra-tags: {a: b}\n"}, nil},
		{"names of enum values", "X-GO", []string{"        token_type:\n          type: string\n", "        token_type:\n          type: string\n          enum: [a]\n          «x-enum-varnames: [A]\n"}, nil},
		{"a name that is none", "X-GO", []string{"        expires_in:\n", "        expires_in:\n          x-go-name: «lower\n"}, []string{`"lower"`}},
	})
	testPassing(t, []passing{
		{"a Go name", []string{"        expires_in:\n", "        expires_in:\n          x-go-name: Lifetime\n"}},
		{"extensions of others", []string{"info:\n", "x-logo: logo.svg\ninfo:\n"}},
		{"a property of that name", []string{"        expires_in:\n", "        x-go-type:\n          type: string\n        expires_in:\n"}},
	})
}
