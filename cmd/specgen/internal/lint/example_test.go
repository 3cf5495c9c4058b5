package lint

import "testing"

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
		{"null", "EXAMPLE-INVALID", []string{"expires_in: 3600", "expires_in: «null"}, nil},
	})
	testPassing(t, []passing{
		{"a date that YAML would make a timestamp", []string{"access_token: example-access", "access_token: 2024-04-17"}},
		{"null where it is allowed", []string{"expires_in: 3600", "expires_in: null", "          type: integer\n", "          type: integer\n          nullable: true\n"}},
		{"a property called example", []string{"        expires_in:\n", "        example:\n          type: string\n        expires_in:\n"}},
	})
}
