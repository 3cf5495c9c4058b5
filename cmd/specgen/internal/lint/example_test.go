package lint

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// deep is an example of forty levels, each of which may be Deep or what is given.
func deep(or string) []string {
	return []string{
		"              example:\n                access_token: example-access\n                expires_in: 3600\n", "              example:\n                " + spectest.Here + "access_token: example-access\n                deep: " + strings.Repeat("{d: ", 40) + "{}" + strings.Repeat("}", 40) + "\n",
		"        expires_in:\n          type: integer\n", "        deep:\n          $ref: '#/components/schemas/Deep'\n",
		"    Error:\n", "    Deep:\n      type: object\n      properties:\n        d:\n          anyOf:\n            - $ref: '#/components/schemas/Deep'\n            - " + or + "\n    Error:\n",
	}
}

func TestExamples(t *testing.T) {
	testFailing(t, []failing{
		{"of a response", "EXAMPLE-INVALID", []string{"expires_in: 3600", "expires_in: «soon"}, []string{"integer"}},
		{"shared and referred to", "EXAMPLE-INVALID", []string{"        code: REFUSED\n", "        code: «7\n"}, []string{"string"}},
		{"missing what is required", "EXAMPLE-INVALID", []string{"      value:\n        code: REFUSED\n        message", "      value:\n        «message"}, []string{"code"}},
		{"of a property", "EXAMPLE-INVALID", []string{"        expires_in:\n          type: integer\n", "        expires_in:\n          type: integer\n          example: «soon\n"}, nil},
		{"of a request", "EXAMPLE-INVALID", []string{"              $ref: '#/components/schemas/TokenRequest'\n",
			"              $ref: '#/components/schemas/TokenRequest'\n            examples:\n              one:\n                value:\n                  code: «1\n"}, nil},
		{"of a header", "EXAMPLE-INVALID", []string{"          description: Alive.\n",
			"          description: Alive.\n          headers:\n            Retry-After:\n              schema:\n                type: integer\n              example: «soon\n"}, nil},
		{"of a parameter", "EXAMPLE-INVALID", []string{"      operationId: getStatus\n",
			"      operationId: getStatus\n      parameters:\n        - name: page\n          in: query\n          schema:\n            type: integer\n          example: «first\n"}, nil},
		{"of a default", "EXAMPLE-INVALID", []string{"        expires_in:\n          type: integer\n", "        expires_in:\n          type: integer\n          default: «soon\n"}, []string{"default", "integer"}},
		{"in two ways at each level", "EXAMPLE-INVALID", deep("{$ref: '#/components/schemas/Deep'}"), []string{"steps"}},
		{"that never ends", "EXAMPLE-INVALID", []string{"access_token: example-access", "«access_token: example-access", "        expires_in:\n          type: integer\n", "        expires_in:\n          $ref: '#/components/schemas/Loop'\n",
			"    Error:\n", "    Loop:\n      oneOf:\n        - type: integer\n        - $ref: '#/components/schemas/Loop'\n    Error:\n"}, []string{"never ends"}},
		{"null", "EXAMPLE-INVALID", []string{"expires_in: 3600", "expires_in: «null"}, nil},
	})
	testPassing(t, []passing{
		{"a few levels, each in two ways", func() []string {
			edit := deep("{type: string}")
			edit[1] = strings.NewReplacer(spectest.Here, "", strings.Repeat("{d: ", 40), strings.Repeat("{d: ", 10), strings.Repeat("}", 40), strings.Repeat("}", 10)).Replace(edit[1])
			return edit
		}()},
		{"a date that YAML would make a timestamp", []string{"access_token: example-access", "access_token: 2024-04-17"}},
		{"null where it is allowed", []string{"expires_in: 3600", "expires_in: null", "          type: integer\n", "          type: integer\n          nullable: true\n"}},
		{"a property called example", []string{"        expires_in:\n", "        example:\n          type: string\n        expires_in:\n"}},
	})
}
