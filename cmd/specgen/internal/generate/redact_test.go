package generate

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func success(t *testing.T, text string) map[string][]byte {
	t.Helper()
	out, err := made(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStructsWithACredentialRedactThemselves(t *testing.T) {
	out := success(t, spectest.Spec)
	redact := string(out["gen/acmeapi/"+RedactFile])
	for _, want := range []string{
		"func (TokenRequest) Format(f fmt.State, _ rune)",
		"func (TokenResponse) LogValue() slog.Value",
		`"acmeapi.TokenResponse{[redacted]}"`,
	} {
		if !strings.Contains(redact, want) {
			t.Errorf("lacks %s in\n%s", want, redact)
		}
	}
	if n := strings.Count(redact, "Format(f fmt.State"); n != strings.Count(redact, "LogValue()") || n == 0 {
		t.Errorf("%d types", n)
	}
}

func TestStructsWithoutACredentialPrintAsTheyAre(t *testing.T) {
	out := success(t, strings.ReplaceAll(spectest.Spec, "format: password", "minLength: 1"))
	if src, ok := out["gen/acmeapi/"+RedactFile]; ok {
		t.Errorf("a file that nothing needs:\n%s", src)
	}
}

func TestACredentialInsideCountsToo(t *testing.T) {
	base := strings.ReplaceAll(spectest.Spec, "format: password", "minLength: 1")
	const at = "  schemas:\n"
	for name, schema := range map[string]string{
		"an object inside": "type: object\n      properties:\n        inner:\n          type: object\n          properties:\n            token: {type: string, format: password}\n",
		"a list inside":    "type: object\n      properties:\n        inner:\n          type: array\n          items: {type: string, format: password}\n",
		"a part of it":     "allOf:\n        - type: object\n          properties:\n            token: {type: string, format: password}\n        - type: object\n          properties:\n            other: {type: string}\n",
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(base, at) {
				t.Fatal("the spec has no schemas")
			}
			out := success(t, strings.Replace(base, at, at+"    Holder:\n      "+schema, 1))
			if redact := string(out["gen/acmeapi/"+RedactFile]); !strings.Contains(redact, "func (Holder) Format") {
				t.Errorf("got\n%s", redact)
			}
		})
	}
}
