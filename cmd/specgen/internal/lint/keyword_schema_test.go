package lint

import "testing"

func TestExpiry(t *testing.T) {
	at := func(schema string) []string { return atMember("        at:\n" + schema) }
	testFailing(t, []failing{
		{"another word", "X-EXPIRY", at("          type: string\n          x-expiry: «never\n"), []string{"timestamp, timestamp-or-never or seconds"}},
		{"a number's other word", "X-EXPIRY", at("          type: integer\n          x-expiry: «minutes\n"), []string{"write seconds"}},
		{"a timestamp that is a number", "X-EXPIRY", at("          type: integer\n          x-expiry: «timestamp\n"), []string{"type integer", "type: string"}},
		{"a boolean", "X-EXPIRY", at("          type: boolean\n          «x-expiry: seconds\n"), []string{`"boolean"`}},
		{"an object", "X-EXPIRY", at("          type: object\n          «x-expiry: seconds\n"), nil},
		{"no type", "X-EXPIRY", at("          «x-expiry: seconds\n"), nil},
		{"beside a reference", "X-EXPIRY", append(at("          $ref: '#/components/schemas/Time'\n          «x-expiry: timestamp\n"), "    Error:\n", "    Time:\n      type: string\n    Error:\n"), []string{"$ref"}},
		{"on the object", "X-EXPIRY", atAnswer("      «x-expiry: seconds\n"), []string{"a member of an object"}},
		{"on an item of a list", "X-EXPIRY", at("          type: array\n          items:\n            type: string\n            «x-expiry: timestamp\n"), nil},
	})
	testPassing(t, []passing{
		{"a timestamp", at("          type: string\n          format: date-time\n          x-expiry: timestamp\n")},
		{"a timestamp or never", at("          type: string\n          nullable: true\n          x-expiry: timestamp-or-never\n")},
		{"seconds as text", at("          type: string\n          x-expiry: seconds\n")},
		{"seconds", at("          type: number\n          x-expiry: seconds\n")},
		{"where a reference leads", append(at("          $ref: '#/components/schemas/Time'\n"), "    Error:\n", "    Time:\n      type: string\n      x-expiry: timestamp\n    Error:\n")},
		{"a type from a part", append(at("          x-expiry: timestamp\n          allOf:\n            - $ref: '#/components/schemas/Time'\n"), "    Error:\n", "    Time:\n      type: string\n    Error:\n")},
	})
}

func TestCharset(t *testing.T) {
	at := func(schema string) []string { return atMember("        at:\n" + schema) }
	parameter := func(kind, text string) []string {
		return atOperation("      parameters:\n        - name: hint\n          in: query\n" + text + "          schema:\n            type: " + kind + "\n")
	}
	testFailing(t, []failing{
		{"another word", "X-CHARSET", at("          type: string\n          x-charset: «ascii\n"), []string{"text, credential, token68 or visible"}},
		{"a number", "X-CHARSET", at("          type: integer\n          «x-charset: visible\n"), []string{`"integer"`}},
		{"a parameter that is a number", "X-CHARSET", parameter("integer", "          «x-charset: text\n"), nil},
		{"a parameter's other word", "X-CHARSET", parameter("string", "          x-charset: «utf-8\n"), nil},
		{"on a scheme", "X-CHARSET", atKey("      «x-charset: token68\n"), []string{"a member of an object or a parameter"}},
	})
	testPassing(t, []passing{
		{"text", at("          type: string\n          x-charset: text\n")},
		{"a credential", at("          type: string\n          x-charset: credential\n")},
		{"a token", at("          type: string\n          x-charset: token68\n")},
		{"a parameter", parameter("string", "          x-charset: visible\n")},
		{"the schema of a parameter", parameter("string\n            x-charset: visible", "")},
	})
}

func TestRefused(t *testing.T) {
	testFailing(t, []failing{
		{"no such member", "X-REFUSED", atAnswer("      x-refused:\n        «access: missing\n"), []string{`"access"`}},
		{"another word", "X-REFUSED", atAnswer("      x-refused:\n        short_lived: «absent\n"), []string{"missing, 'false', present"}},
		{"false without quotes", "X-REFUSED", atAnswer("      x-refused:\n        short_lived: «false\n"), []string{"quotes"}},
		{"false on text", "X-REFUSED", atAnswer("      x-refused:\n        access_token: «'false'\n"), []string{"boolean", `"string"`}},
		{"not empty on a number", "X-REFUSED", atAnswer("      x-refused:\n        expires_in: «not-empty\n"), []string{"array"}},
		{"not bearer on a boolean", "X-REFUSED", atAnswer("      x-refused:\n        short_lived: «not-bearer\n"), nil},
		{"a list", "X-REFUSED", atAnswer("      x-refused: «[access_token]\n"), []string{"mapping"}},
		{"on an error", "X-REFUSED", []string{"    Error:\n      type: object\n", "    Error:\n      type: object\n      «x-refused:\n        code: present\n"}, []string{"2xx"}},
		{"on a request", "X-REFUSED", []string{"    TokenRequest:\n      type: object\n", "    TokenRequest:\n      type: object\n      «x-refused:\n        code: missing\n"}, nil},
	})
	testPassing(t, []passing{
		{"each word", append(atAnswer("      x-refused:\n        access_token: missing\n        short_lived: 'false'\n        error: present\n        errors: not-empty\n        kind: not-bearer\n"),
			atMember("        error:\n          type: object\n        errors:\n          type: array\n          items:\n            type: string\n        kind:\n          type: string\n")...)},
		{"a member of a part", append(atAnswer("      x-refused:\n        code: present\n      allOf:\n        - $ref: '#/components/schemas/Error'\n"),
			"access_token: example-access\n", "access_token: example-access\n                code: A\n")},
	})
}
