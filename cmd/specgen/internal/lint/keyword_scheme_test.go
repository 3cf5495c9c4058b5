package lint

import "testing"

func TestAuthFormat(t *testing.T) {
	testFailing(t, []failing{
		{"no placeholder", "X-AUTH-FORMAT", atKey("      x-auth-format: «Client\n"), []string{"{secret} or {token}"}},
		{"two placeholders", "X-AUTH-FORMAT", atKey("      x-auth-format: «'{token} {secret}'\n"), []string{"exactly one"}},
		{"the same one twice", "X-AUTH-FORMAT", atKey("      x-auth-format: «'{token}{token}'\n"), nil},
		{"another placeholder", "X-AUTH-FORMAT", atKey("      x-auth-format: «'Client {key}'\n"), []string{`"Client {key}"`}},
		{"a brace too many", "X-AUTH-FORMAT", atKey("      x-auth-format: «'Client {{token}}'\n"), nil},
		{"a tab", "X-AUTH-FORMAT", atKey("      x-auth-format: «\"Client\\t{token}\"\n"), []string{"a header cannot"}},
		{"a letter that is not ASCII", "X-AUTH-FORMAT", atKey("      x-auth-format: «'Schlüssel {token}'\n"), nil},
		{"a space at the end", "X-AUTH-FORMAT", atKey("      x-auth-format: «'{token} '\n"), []string{"space"}},
		{"a list", "X-AUTH-FORMAT", atKey("      x-auth-format: «['{token}']\n"), nil},
		{"on http", "X-AUTH-FORMAT", atBearer("      scheme: bearer\n      «x-auth-format: '{token}'\n"), []string{"type: apiKey"}},
		{"in a query", "X-AUTH-FORMAT", []string{"      type: http\n      scheme: bearer\n", "      type: apiKey\n      in: query\n      name: key\n      «x-auth-format: '{token}'\n"}, []string{"in: header"}},
		{"on an operation", "X-AUTH-FORMAT", atOperation("      «x-auth-format: '{token}'\n"), []string{"a security scheme"}},
		{"on a parameter", "X-AUTH-FORMAT", atOperation("      parameters:\n        - name: X-Hint\n          in: header\n          «x-auth-format: '{token}'\n          schema:\n            type: string\n"), nil},
	})
	testPassing(t, []passing{
		{"a word before it", atKey("      x-auth-format: 'Client {secret}'\n")},
		{"nothing but it", atKey("      x-auth-format: '{token}'\n")},
		{"in the middle", atKey("      x-auth-format: 'Key id=\"{token}\";v=1'\n")},
	})
}

func TestBasicEncoding(t *testing.T) {
	testFailing(t, []failing{
		{"another word", "X-BASIC-ENCODING", atBearer("      scheme: basic\n      x-basic-encoding: «percent\n"), []string{`"percent"`, "raw or form"}},
		{"no word", "X-BASIC-ENCODING", atBearer("      scheme: basic\n      x-basic-encoding: «{raw: true}\n"), nil},
		{"on bearer", "X-BASIC-ENCODING", atBearer("      scheme: bearer\n      «x-basic-encoding: raw\n"), []string{"scheme: basic"}},
		{"on an answer", "X-BASIC-ENCODING", atAnswer("      «x-basic-encoding: raw\n"), []string{"a security scheme"}},
	})
	testPassing(t, []passing{
		{"raw", atBearer("      scheme: basic\n      x-basic-encoding: raw\n")},
		{"form, and Basic with a capital", atBearer("      scheme: Basic\n      x-basic-encoding: form\n")},
	})
}

func TestCredential(t *testing.T) {
	testFailing(t, []failing{
		{"another word", "X-CREDENTIAL", atBearer("      scheme: bearer\n      x-credential: «user\n"), []string{"client or token"}},
		{"on an operation", "X-CREDENTIAL", atOperation("      «x-credential: client\n"), nil},
	})
	testPassing(t, []passing{
		{"client", atKey("      x-credential: client\n")},
		{"token", atBearer("      scheme: bearer\n      x-credential: token\n")},
	})
}

// consent is a scheme of a consent page, with what x-authorize says.
func consent(authorize string) []string {
	return []string{"    bearer:\n      type: http\n", "    consent:\n      type: oauth2\n      flows:\n        authorizationCode:\n" +
		"          authorizationUrl: https://example.com/authorize\n          tokenUrl: https://example.com/token\n          scopes: {}\n" + authorize +
		"    bearer:\n      type: http\n"}
}

func TestAuthorize(t *testing.T) {
	page := "      x-authorize:\n        page: https://example.com/authorize\n"
	testFailing(t, []failing{
		{"no page", "X-AUTHORIZE", consent("      x-authorize:\n        «pkce: required\n"), []string{"no page"}},
		{"no mapping", "X-AUTHORIZE", consent("      x-authorize: «/authorize\n"), []string{"no page"}},
		{"a page of http", "X-AUTHORIZE", consent("      x-authorize:\n        page: «http://example.com/authorize\n"), []string{"https"}},
		{"a page of another host by two slashes", "X-AUTHORIZE", consent("      x-authorize:\n        page: «//example.com/authorize\n"), nil},
		{"a page without its slash", "X-AUTHORIZE", consent("      x-authorize:\n        page: «authorize\n"), nil},
		{"a page with a user", "X-AUTHORIZE", consent("      x-authorize:\n        page: «https://a:b@example.com/\n"), nil},
		{"a page with a fragment", "X-AUTHORIZE", consent("      x-authorize:\n        page: «https://example.com/#/authorize\n"), nil},
		{"no such key", "X-AUTHORIZE", consent(page + "        «scope: a\n"), []string{`"scope"`, "scope-separator"}},
		{"pkce that is no word", "X-AUTHORIZE", consent(page + "        pkce: «true\n"), []string{"required, optional or unknown"}},
		{"another separator", "X-AUTHORIZE", consent(page + "        scope-separator: «'|'\n"), []string{"space, comma or plus"}},
		{"a parameter of the flow", "X-AUTHORIZE", consent(page + "        parameters:\n          «state: a\n"), []string{`"state"`}},
		{"a parameter that is a list", "X-AUTHORIZE", consent(page + "        parameters:\n          «prompt: [login]\n"), nil},
		{"a parameter of nothing", "X-AUTHORIZE", consent(page + "        parameters:\n          «prompt:\n"), nil},
		{"parameters that are a list", "X-AUTHORIZE", consent(page + "        parameters: «[a]\n"), nil},
		{"on another scheme", "X-AUTHORIZE", atBearer("      scheme: bearer\n      «x-authorize:\n        page: /authorize\n"), []string{"type: oauth2"}},
		{"at the top", "X-AUTHORIZE", atTop("«x-authorize:\n  page: /authorize\n"), nil},
	})
	testPassing(t, []passing{
		{"a page alone, on a scheme that no operation names", consent(page)},
		{"all of it", consent("      x-authorize:\n        page: /oauth2/authorize\n        parameters:\n          response_type: code\n          session: false\n        pkce: optional\n        scope-separator: plus\n")},
	})
}
