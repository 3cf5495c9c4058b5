package lint

import "testing"

// The types and formats are gone through by check 105, in package scorecard.
func TestEnums(t *testing.T) {
	testFailing(t, []failing{
		{"numbers for text", "ENUM-TYPE", atMember("        version:\n          type: string\n          enum: [«1.0, 2.0]\n"), []string{`"1.0"`, "quotes"}},
		{"the one that does not fit", "ENUM-TYPE", atMember("        level:\n          type: integer\n          enum:\n            - 1\n            - «high\n"), []string{`"high"`, "integer"}},
		{"null", "ENUM-TYPE", atMember("        kind:\n          type: string\n          enum: [A, «null]\n"), []string{"nullable: true"}},
		{"a list's own", "ENUM-TYPE", atMember("        kinds:\n          type: array\n          items:\n            type: string\n          «enum: [A]\n"), []string{"items"}},
		{"nothing but null", "ENUM-TYPE", atMember("        kind:\n          type: string\n          nullable: true\n          «enum: [null]\n"), []string{"allows nothing"}},
		{"mixed", "ENUM-TYPE", atMember("        kind:\n          «enum: [A, 1]\n"), nil},
		{"an integer that is not kept", "ENUM-TYPE", atMember("        id:\n          type: integer\n          format: int64\n          enum: [«9007199254740993]\n"), []string{"2^53"}},
		{"below the format", "ENUM-TYPE", atMember("        id:\n          type: integer\n          format: int8\n          enum: [«-129]\n"), []string{"int8"}},
		{"of a parameter", "ENUM-TYPE", atOperation("      parameters:\n        - name: hint\n          in: query\n          schema:\n            type: string\n            enum: [«true]\n"), nil},
		{"of two parts", "ENUM-TYPE", atMember("        kind:\n          «allOf:\n            - type: string\n              enum: [A, B]\n            - enum: [A]\n"), []string{"one part"}},
	})
	testPassing(t, []passing{
		{"of a server variable", []string{"  - url: https://api.example.com\n", "  - url: https://{host}.example.com\n    variables:\n      host:\n        default: api\n        enum: [api, eu]\n"}},
		{"a member of that name", atMember("        enum:\n          type: array\n          items:\n            type: integer\n")},
		{"of a part, with the type in another", atMember("        kind:\n          allOf:\n            - type: string\n            - enum: [A]\n")},
		{"of two parts below one another", atMember("        kind:\n          allOf:\n            - allOf:\n                - type: string\n                  enum: [A]\n")},
		{"at the ends of a format", atMember("        id:\n          type: integer\n          format: int8\n          enum: [-128, 127]\n")},
	})
}
