package lint

import "testing"

func TestOperationID(t *testing.T) {
	testFailing(t, []failing{
		{"missing", "OP-ID", []string{"    post:\n      operationId: getToken\n", "    «post:\n"}, []string{"no operationId"}},
		{"not lower camel", "OP-ID", []string{"operationId: getToken", "operationId: «get-token"}, []string{`"get-token"`, "lowerCamelCase"}},
		{"a capital first", "OP-ID", []string{"operationId: getToken", "operationId: «GetToken"}, nil},
		{"twice", "OP-ID", []string{"operationId: getStatus", "operationId: getToken", "operationId: getToken\n      x-retry", "operationId: «getToken\n      x-retry"}, []string{"getToken"}},
		{"twice but for the case", "OP-ID", []string{"operationId: getStatus", "operationId: «gettoken"}, []string{"line 11"}},
	})
	testPassing(t, []passing{
		{"digits and capitals inside", []string{"operationId: getToken", "operationId: getOAuth2Token"}},
	})
}

func TestSecurity(t *testing.T) {
	key := []string{"    bearer:\n      type", "    key:\n      type: apiKey\n      in: header\n      name: X-Key\n    bearer:\n      type"}
	testFailing(t, []failing{
		{"missing", "OP-SECURITY", []string{"    post:\n", "    «post:\n", "      security: []\n", ""}, []string{"no security"}},
		{"missing although the document has a default", "OP-SECURITY",
			[]string{"    post:\n", "    «post:\n", "      security: []\n", "", "paths:\n", "security:\n  - bearer: []\npaths:\n"}, nil},
		{"alternatives", "OP-SECURITY", append([]string{"        - bearer: []\n", "        «- bearer: []\n        - key: []\n"}, key...), []string{"2 alternative", "{}"}},
		{"alternatives and none", "OP-SECURITY", append([]string{"        - bearer: []\n", "        «- bearer: []\n        - key: []\n        - {}\n"}, key...), []string{"3 alternative"}},
		{"none twice", "OP-SECURITY", []string{"        - bearer: []\n", "        - bearer: []\n", "      security: []\n", "      security:\n        «- {}\n        - {}\n"}, nil},
	})
	testPassing(t, []passing{
		{"two schemes sent together", append([]string{"        - bearer: []\n", "        - bearer: []\n          key: []\n"}, key...)},
		{"one that may be left out", []string{"        - bearer: []\n", "        - bearer: []\n        - {}\n"}},
		{"none, or one", []string{"        - bearer: []\n", "        - {}\n        - bearer: []\n"}},
	})
}

func TestRetry(t *testing.T) {
	testFailing(t, []failing{
		{"missing", "OP-RETRY", []string{"    post:\n", "    «post:\n", "      x-retry: never\n", ""}, []string{"no x-retry"}},
		{"another word", "OP-RETRY", []string{"x-retry: never", "x-retry: «sometimes"}, []string{`"sometimes"`}},
		{"not a word", "OP-RETRY", []string{"x-retry: never", "x-retry: «[never]"}, nil},
	})
	testPassing(t, []passing{{"safe", []string{"x-retry: never", "x-retry: safe"}}})
}

func TestSource(t *testing.T) {
	testFailing(t, []failing{
		{"missing", "OP-SOURCE", []string{"    post:\n", "    «post:\n", "      x-source: SOURCES.md#acme-gettoken\n", ""}, []string{"no x-source"}},
		{"another page", "OP-SOURCE", []string{"SOURCES.md#acme-gettoken", "«README.md#acme-gettoken"}, []string{"SOURCES.md#"}},
		{"no such heading", "OP-SOURCE", []string{"SOURCES.md#acme-gettoken", "«SOURCES.md#acme-nothing"}, []string{`"#acme-nothing"`}},
		{"no such heading in a list", "OP-SOURCE", []string{"[SOURCES.md#acme-getstatus]", "[SOURCES.md#acme-gettoken, «SOURCES.md#x]"}, nil},
		{"no such heading on a schema", "OP-SOURCE", []string{"    TokenRequest:\n", "    TokenRequest:\n      x-source: «SOURCES.md#x\n"}, nil},
	})
	testPassing(t, []passing{
		{"on a schema", []string{"    TokenRequest:\n", "    TokenRequest:\n      x-source: SOURCES.md#sources\n"}},
		{"a property of that name", []string{"        expires_in:\n", "        x-source:\n          type: string\n        expires_in:\n"}},
	})
}

func TestHeadings(t *testing.T) {
	got := headings([]byte("# One, two: *three*!\r\n\r\n```\n## Not a heading\n```\n#### snake_case kebab-case ##\nplain\n" +
		"#no-space\n####### Seven\n ## Indented\n#\n## \n## Größe ½\n```\n## In code that never ends"))
	for _, want := range []string{"one-two-three", "snake_case-kebab-case", "größe-½", "in-code-that-never-ends"} {
		if !got[want] {
			t.Errorf("no %q in %v", want, got)
		}
	}
	if len(got) != 4 {
		t.Errorf("got %v, want four", got)
	}
}

func TestDeprecated(t *testing.T) {
	testFailing(t, []failing{
		{"operation", "DEPRECATED-REASON", []string{"      deprecated: true\n      x-deprecated-reason: use getToken\n", "      «deprecated: true\n"}, nil},
		{"property", "DEPRECATED-REASON", []string{"        expires_in:\n", "        expires_in:\n          «deprecated: true\n"}, nil},
	})
	testPassing(t, []passing{
		{"not deprecated", []string{"      deprecated: true\n      x-deprecated-reason: use getToken\n", "      deprecated: false\n"}},
	})
}
