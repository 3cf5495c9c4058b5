package lint

import (
	"strings"
	"testing"
)

// Edits that put text where a keyword belongs.
func atTop(text string) []string    { return []string{"paths:\n", text + "paths:\n"} }
func atBearer(text string) []string { return []string{"      scheme: bearer\n", text} }
func atKey(text string) []string {
	return []string{"      type: http\n      scheme: bearer\n", "      type: apiKey\n      in: header\n      name: Authorization\n" + text}
}
func atAnswer(text string) []string {
	return []string{"    TokenResponse:\n      type: object\n", "    TokenResponse:\n      type: object\n" + text}
}
func atMember(text string) []string {
	return []string{"        short_lived:\n", text + "        short_lived:\n"}
}
func atOperation(text string) []string {
	return []string{"      operationId: getStatus\n", "      operationId: getStatus\n" + text}
}

func TestCodes(t *testing.T) {
	testFailing(t, []failing{
		{"a kind that is none", "X-CODES", atTop("x-codes:\n  REFUSED: «wrong\n"), []string{`"wrong"`, "bad-client"}},
		{"a kind that is a list", "X-CODES", atTop("x-codes:\n  REFUSED: «[status]\n"), nil},
		{"a code with a space", "X-CODES", atTop("x-codes:\n  «'NOT FOUND': status\n"), []string{"printed", "64"}},
		{"a code that is too long", "X-CODES", atTop("x-codes:\n  «" + strings.Repeat("A", 65) + ": status\n"), nil},
		{"a code of no letters", "X-CODES", atTop("x-codes:\n  «'': status\n"), nil},
		{"a hyphen", "X-CODES", atTop("x-codes:\n  «a-b: status\n"), nil},
		{"a list", "X-CODES", atTop("x-codes: «[REFUSED]\n"), []string{"mapping"}},
		{"on an operation", "X-CODES", atOperation("      «x-codes:\n        A: status\n"), []string{"top of the document"}},
	})
	testPassing(t, []passing{
		{"each kind", atTop("x-codes:\n  A: status\n  b.c_9: rejected\n  C: bad-client\n  D: throttled\n  E: unavailable\n  F: ambiguous\n  404: status\n  " + strings.Repeat("A", 64) + ": status\n")},
		{"a member of that name", atMember("        x-codes:\n          type: string\n")},
		{"in an example, which is data", []string{"message: An invented message.", "x-codes: 1"}},
	})
}

func TestUnknown(t *testing.T) {
	testFailing(t, []failing{
		{"a letter too few", "X-UNKNOWN", atTop("«x-code:\n  A: status\n"), []string{"x-codes"}},
		{"a letter too many", "X-UNKNOWN", atBearer("      scheme: bearer\n      «x-credentials: token\n"), []string{"x-credential"}},
		{"two letters of a long word", "X-UNKNOWN", atKey("      «x-ath-formt: 'Client {secret}'\n"), []string{"x-auth-format"}},
		{"two letters that changed places", "X-UNKNOWN", atMember("        at:\n          type: string\n          «x-exipry: timestamp\n"), []string{"x-expiry"}},
		{"hyphens left out", "X-UNKNOWN", atKey("      «x-authformat: '{token}'\n"), nil},
		{"as Go would write it", "X-UNKNOWN", atKey("      «x-authFormat: '{token}'\n"), nil},
		{"an underscore", "X-UNKNOWN", atKey("      «x-auth_format: '{token}'\n"), nil},
		{"a keyword of an operation", "X-UNKNOWN", atOperation("      «x-rety: safe\n"), []string{"x-retry"}},
		{"on an answer", "X-UNKNOWN", atAnswer("      «x-refusd:\n        error: present\n"), nil},
		{"on the schema of a parameter", "X-UNKNOWN", atOperation("      parameters:\n        - name: hint\n          in: query\n          schema:\n            type: string\n            «x-charsets: text\n"), nil},
	})
	var others strings.Builder
	for name := range strings.FieldsSeq(`x-logo x-internal x-nodes x-modes x-entry x-secret x-author x-authors x-auth x-code-samples
		x-codeSamples x-codegen x-format x-expires x-expired x-expire-after x-charts x-chart x-refund x-refs x-reference x-referrer x-required x-reused
		x-credits x-credit x-creditor x-authz x-authority x-authenticate x-authenticator x-basic x-basic-auth x-encoding x-tags x-tagGroups x-ms-enum
		x-ms-pageable x-nullable x-enum x-enum-descriptions x-amazon-apigateway-integration x-google-backend x-kong-name x-stainless-const
		x-speakeasy-retries x-fern-audiences x-okta-lifecycle x-stripeResource x-twilio x-github x-kubernetes-group-version-kind x-readme x-scalar
		x-hidden x-beta x-preview x-since x-deprecated x-example x-faker x-mock x-resource x-route x-permissions x-scopes x-rate-limit`) {
		others.WriteString(name + ": 1\n")
	}
	indented := func(by string) string {
		return by + strings.ReplaceAll(strings.TrimSpace(others.String()), "\n", "\n"+by) + "\n"
	}
	testPassing(t, []passing{
		{"extensions of others at the top", atTop(indented(""))},
		{"extensions of others on an operation", atOperation(indented("      "))},
		{"on a scheme", atBearer("      scheme: bearer\n" + indented("      "))},
		{"on a member", atMember("        at:\n          type: string\n" + indented("          "))},
		{"nearly a keyword where that would mean nothing", atOperation("      x-code: 17\n      x-credentials: include\n")},
	})
}

func TestMisspelledLooksAtALongNameOnce(t *testing.T) {
	if misspelled("x-"+strings.Repeat("a", 1<<20), "x-auth-format") {
		t.Error("a name of a million letters is taken for a keyword")
	}
}
