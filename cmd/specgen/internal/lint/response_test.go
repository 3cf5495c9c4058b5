package lint

import (
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestResponses(t *testing.T) {
	testFailing(t, []failing{
		{"no success", "OP-RESPONSES", []string{"      responses:\n        '204':", "      «responses:\n        '304':"}, []string{"no success"}},
		{"no error", "OP-RESPONSES", []string{"      responses:\n        '204':", "      «responses:\n        '204':",
			"        4XX:\n          $ref: '#/components/responses/Failure'\n", ""}, []string{"no error"}},
		{"no status", "OP-RESPONSES", []string{"        4XX:\n", "        «4xx:\n          description: x\n        default:\n"}, []string{`"4xx"`}},
	})
	testPassing(t, []passing{
		{"default as the error", []string{"        4XX:\n", "        default:\n"}},
		{"a server error alone", []string{"        4XX:\n", "        '500':\n"}},
	})
}

func TestBodies(t *testing.T) {
	testFailing(t, []failing{
		{"no example", "RESP-EXAMPLE", []string{"            application/json:\n              schema:\n                $ref: '#/components/schemas/TokenResponse'\n              example:\n                access_token: example-access\n                expires_in: 3600\n",
			"            «application/json:\n              schema:\n                $ref: '#/components/schemas/TokenResponse'\n"}, []string{`"200"`}},
		{"no examples in a shared response", "RESP-EXAMPLE", []string{"    Failure:\n      description: An error.\n      content:\n        application/json:", "    Failure:\n      description: An error.\n      content:\n        «application/json:",
			"          examples:\n            refused:\n              $ref: '#/components/examples/Refused'\n", "", "  examples:\n    Refused:\n      value:\n        code: REFUSED\n        message: An invented message.\n", ""}, []string{`"Failure"`}},
		{"no schema", "RESP-EXAMPLE", []string{"          description: Alive.\n", "          description: Alive.\n          content:\n            «text/plain:\n              example: alive\n"}, []string{"no schema"}},
	})
}

func TestServers(t *testing.T) {
	testFailing(t, []failing{
		{"http", "SERVER-HTTPS", []string{"url: https://api.example.com", "url: «http://api.example.com"}, []string{"not https"}},
		{"relative", "SERVER-HTTPS", []string{"url: https://api.example.com", "url: «/v1"}, nil},
		{"none", "SERVER-HTTPS", []string{"openapi: 3.0.3", "«openapi: 3.0.3", "servers:\n  - url: https://api.example.com\n    description: Production\n", ""}, []string{"no servers"}},
		{"an empty list", "SERVER-HTTPS", []string{"servers:\n  - url: https://api.example.com\n    description: Production\n", "«servers: []\n"}, []string{"no servers"}},
	})
	t.Run("http on one operation", func(t *testing.T) {
		got := check(t, spectest.Edit(t, "      operationId: getToken\n", "      operationId: getToken\n      servers:\n        - url: http://x.example.com\n"))
		if len(got) != 2 || got[0].Rule != "GEN-DROPPED" || got[1].Rule != "SERVER-HTTPS" || got[1].Line != 13 {
			t.Errorf("got %v", got)
		}
	})
}
