package lint

import "testing"

func TestWhatTheGeneratorWouldLeaveOut(t *testing.T) {
	body := "          application/json:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n"
	testFailing(t, []failing{
		{"callbacks", "GEN-DROPPED", []string{"      operationId: getToken\n", "      operationId: getToken\n      «callbacks:\n        done:\n          '{$request.body#/url}':\n            post:\n              responses:\n                '200':\n                  description: x\n"}, []string{"callbacks"}},
		{"links", "GEN-DROPPED", []string{"          description: Alive.\n", "          description: Alive.\n          «links:\n            again:\n              operationId: getStatus\n"}, nil},
		{"servers of an operation", "GEN-DROPPED", []string{"      operationId: getToken\n", "      operationId: getToken\n      «servers:\n        - url: https://x.example.com\n"}, []string{"whole API"}},
		{"servers of a path", "GEN-DROPPED", []string{"  /token:\n", "  /token:\n    «servers:\n      - url: https://x.example.com\n"}, nil},
		{"an encoding", "GEN-DROPPED", []string{body, "          application/x-www-form-urlencoded:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n            «encoding:\n              code:\n                style: form\n"}, nil},
		{"reserved characters", "GEN-DROPPED", []string{"      operationId: getStatus\n", "      operationId: getStatus\n      parameters:\n        - name: page\n          in: query\n          «allowReserved: true\n          schema:\n            type: integer\n"}, nil},
		{"not", "GEN-DROPPED", []string{"        expires_in:\n          type: integer\n", "        expires_in:\n          type: integer\n          «not:\n            enum: [0]\n"}, nil},
		{"a discriminator alone", "GEN-DROPPED", []string{"    Error:\n      type: object\n", "    Error:\n      type: object\n      «discriminator:\n        propertyName: code\n"}, []string{"oneOf"}},
		{"a required member that is none", "GEN-DROPPED", []string{"      required: [code]\n      properties:\n        code:\n          type: string\n          format: password\n", "      required: [code, «cod]\n      properties:\n        code:\n          type: string\n          format: password\n"}, []string{`"cod"`}},
		{"an extension among the paths", "GEN-DROPPED", []string{"  /status:\n", "  «x-later: {}\n  /status:\n"}, []string{`"x-later"`}},
	})
	testPassing(t, []passing{
		{"an empty section", []string{"components:\n", "components:\n  callbacks: {}\n"}},
		{"a property called links", []string{"        short_lived:\n", "        links:\n          type: string\n        short_lived:\n"}},
		{"a body of another kind", []string{body, "          application/xml:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n"}}, // GEN-CALL is about bodies
		{"a body of JSON by another name", []string{body, "          application/vnd.acme+json:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n"}},
		{"what is off anyhow", []string{"      operationId: getStatus\n", "      operationId: getStatus\n      parameters:\n        - name: page\n          in: query\n          allowReserved: false\n          schema:\n            type: integer\n"}},
		{"a required member of another part", []string{"    Error:\n      type: object\n      required: [code]\n", "    Error:\n      type: object\n      required: [code, more]\n      allOf:\n        - type: object\n          properties:\n            more:\n              type: string\n", "        code: REFUSED\n", "        code: REFUSED\n        more: x\n"}},
	})
}
