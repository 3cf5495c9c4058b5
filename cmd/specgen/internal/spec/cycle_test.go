package spec_test

import (
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// schemas puts components in front of the last one of the correct spec.
func schemas(text string) []string { return []string{"    Error:\n", text + "    Error:\n"} }

func TestSchemasThatAreMadeOfThemselves(t *testing.T) {
	testFailing(t, []failing{
		{"allOf with itself", "REF-CYCLE", schemas("    A:\n      allOf:\n        - $ref: «'#/components/schemas/A'\n"),
			[]string{"allOf", "#/components/schemas/A/allOf/0"}},
		{"allOf through another", "REF-CYCLE", schemas("    A:\n      allOf:\n        - $ref: '#/components/schemas/B'\n    B:\n      allOf:\n        - type: object\n        - $ref: «'#/components/schemas/A'\n"),
			[]string{"#/components/schemas/A/allOf/0 -> #/components/schemas/B/allOf/1"}},
		{"a required member of itself", "REF-CYCLE", schemas("    A:\n      type: object\n      required: [a]\n      properties:\n        a:\n          $ref: «'#/components/schemas/A'\n"),
			[]string{"optional", "#/components/schemas/A/properties/a"}},
		{"required members of each other", "REF-CYCLE", schemas("    A:\n      type: object\n      required: [b]\n      properties:\n        b:\n          $ref: '#/components/schemas/B'\n    B:\n      type: object\n      required: [a]\n      properties:\n        a:\n          $ref: «'#/components/schemas/A'\n"), nil},
		{"a required member that a part brings", "REF-CYCLE", schemas("    A:\n      allOf:\n        - $ref: '#/components/schemas/B'\n    B:\n      type: object\n      required: [a]\n      properties:\n        a:\n          $ref: «'#/components/schemas/A'\n"), nil},
		{"a list of itself", "REF-CYCLE", schemas("    A:\n      type: array\n      items:\n        $ref: «'#/components/schemas/A'\n"), []string{"list of itself"}},
		{"a list of lists of itself", "REF-CYCLE", schemas("    A:\n      type: array\n      items:\n        type: array\n        items:\n          $ref: «'#/components/schemas/A'\n"), nil},
		{"a name with a slash in it", "REF-CYCLE", []string{"        short_lived:\n          type: boolean\n",
			"        a/b~c:\n          type: object\n          required: [x]\n          properties:\n            x:\n              $ref: «'#/components/schemas/TokenResponse/properties/a~1b~0c'\n"},
			[]string{"#/components/schemas/TokenResponse/properties/a~1b~0c/properties/x"}},
	})
}

func TestATreeIsNoCycle(t *testing.T) {
	for name, text := range map[string]string{
		"an optional member":          "    A:\n      type: object\n      properties:\n        a:\n          $ref: '#/components/schemas/A'\n",
		"a nullable member":           "    A:\n      type: object\n      nullable: true\n      required: [a]\n      properties:\n        a:\n          $ref: '#/components/schemas/A'\n",
		"a list inside":               "    A:\n      type: object\n      required: [a]\n      properties:\n        a:\n          type: array\n          items:\n            $ref: '#/components/schemas/A'\n",
		"a map of itself":             "    A:\n      type: object\n      additionalProperties:\n        $ref: '#/components/schemas/A'\n",
		"the same part in two":        "    A:\n      allOf:\n        - $ref: '#/components/schemas/C'\n    B:\n      allOf:\n        - $ref: '#/components/schemas/C'\n        - $ref: '#/components/schemas/A'\n    C:\n      type: object\n",
		"required in an optional one": "    A:\n      type: object\n      properties:\n        b:\n          type: object\n          required: [a]\n          properties:\n            a:\n              $ref: '#/components/schemas/A'\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got := parse(t, spectest.Edit(t, schemas(text)...)); len(got) > 0 {
				t.Error(got)
			}
		})
	}
}
