package spec_test

import (
	"testing"
)

func TestWhatOpenAPIForbids(t *testing.T) {
	testFailing(t, []failing{
		{"paths as a list", "SPEC-INVALID", []string{"paths:\n", "paths: «[]\nx-paths:\n"}, []string{"paths is array", "object"}},
		{"a title as a list", "SPEC-INVALID", []string{"title: Acme", "title: «[Acme]"}, []string{"has to be string"}},
		{"a flag as text", "SPEC-INVALID", []string{"        required: true\n", "        required: «maybe\n"}, []string{"has to be bool"}},
		{"no title", "SPEC-INVALID", []string{"info:\n  title: Acme\n", "«info:\n"}, []string{"title"}},
		{"an unknown type", "SPEC-INVALID", []string{"        expires_in:\n          type: integer\n", "        «expires_in:\n          type: intger\n"}, []string{"intger"}},
		{"an unknown field", "SPEC-INVALID", []string{"    post:\n", "    «post:\n      banana: 1\n"}, []string{"banana"}},
		{"an undeclared path parameter", "SPEC-INVALID", []string{"  /token:\n", "  «/token/{id}:\n"}, []string{"[id]"}},
		{"an undeclared security scheme", "SPEC-INVALID", []string{"    get:\n", "    «get:\n", "- bearer: []", "- other: []"}, []string{"other"}},
		{"a reference to the wrong kind", "SPEC-INVALID", []string{"$ref: '#/components/schemas/TokenRequest'", "$ref: «'#/components/responses/Failure'"}, []string{"schema object"}},
		{"an operationId twice", "OP-ID", []string{"operationId: getStatus", "operationId: getToken", "operationId: getToken\n      x-retry", "operationId: «getToken\n      x-retry"}, nil},
	})
}
