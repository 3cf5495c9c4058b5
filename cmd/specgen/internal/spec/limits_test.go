package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "%", fmt.Sprint(i)))
	}
	return b.String()
}

// doubling is a schema of n steps, each put together of the one before, twice.
func doubling(n int) string {
	text := "    A0:\n      type: object\n      properties:\n        a:\n          type: string\n"
	for i := 1; i <= n; i++ {
		text += fmt.Sprintf("    A%d:\n      allOf:\n        - $ref: '#/components/schemas/A%d'\n        - $ref: '#/components/schemas/A%d'\n", i, i-1, i-1)
	}
	return text
}

func TestWhatIsTooMuch(t *testing.T) {
	testFailing(t, []failing{
		{"values", "SPEC-SIZE", []string{"«x: [" + strings.Repeat(",", spec.MaxMarks) + "]"}, []string{"400000 are read"}},
		{"a key", "SPEC-SIZE", []string{"info:\n", "info:\n  «x" + strings.Repeat("k", spec.MaxKey) + ": a\n"}, []string{"513 bytes"}},
		{"components", "SPEC-SIZE", schemas(repeated(spec.MaxComponents-5, "    A%: {type: string}\n") + "    «Z: {type: string}\n    B: {type: string}\n"), []string{`"Z"`, "8000"}},
		{"values of an enum", "SPEC-SIZE", schemas("    A:\n      type: string\n      enum: «[" + repeated(spec.MaxEnum+1, "a%, ") + "]\n"), []string{"1001 entries under enum"}},
		{"properties", "SPEC-SIZE", schemas("    A:\n      type: object\n      properties:\n        «a: {}\n" + repeated(spec.MaxProperties, "        a%: {}\n")), []string{"2001 entries under properties"}},
		{"parts", "SPEC-SIZE", schemas("    A:\n      allOf: «[" + repeated(spec.MaxParts+1, "{}, ") + "]\n"), []string{"201"}},
		{"required names", "SPEC-SIZE", schemas("    A:\n      type: object\n      required: «[" + repeated(spec.MaxProperties+1, "a%, ") + "]\n"), nil},
		{"servers", "SPEC-SIZE", []string{"servers:\n", "servers:\n  «- url: https://x.example.com\n" + repeated(spec.MaxParts, "  - url: https://x%.example.com\n")}, nil},
		{"enums to compare", "SPEC-SIZE", schemas(repeated(4000, "    A%: {type: string, enum: [a]}\n") + "    B:\n      type: string\n      enum: «[a, b]\n"), []string{"4001 enums"}},
		{"a pattern that repeats", "SPEC-SIZE", schemas("    A:\n      type: string\n      pattern: «'" + strings.Repeat("x{1000}", 101) + "'\n"), []string{"100000"}},
		{"patterns inside each other", "SPEC-SIZE", schemas("    A:\n      type: string\n      pattern: «'" + strings.Repeat("((x{10}){10}){10}", 101) + "'\n"), nil},
		{"references one after the other", "SPEC-DEPTH", schemas("    A:\n      allOf:\n        - $ref: «'#/components/schemas/R0'\n    R9:\n      type: string\n" + chain(9)), []string{"more than 8"}},
		{"parts that double", "SPEC-SIZE", schemas(strings.Replace(doubling(40), "    A40:", "    «A40:", 1)), []string{"a million MiB or more of Go"}},
		{"an answer that all share", "SPEC-SIZE", []string{"openapi: 3.0.3", "«openapi: 3.0.3",
			"  /status:\n    get:\n", repeated(2000, "  /x%: {get: {operationId: x%, responses: {'200': {$ref: '#/components/responses/Large'}}}}\n") + "  /status:\n    get:\n",
			"          $ref: '#/components/responses/Failure'\ncomponents:\n", "          $ref: '#/components/responses/Large'\ncomponents:\n",
			"  responses:\n    Failure:\n", "  responses:\n    Large:\n      description: Large.\n      content:\n        application/json:\n          schema:\n            type: object\n            properties:\n" +
				repeated(200, "              p%: {type: string}\n") + "    Failure:\n"}, []string{"MiB of Go"}},
	})
}

func TestWhatIsNotTooMuch(t *testing.T) {
	for name, edit := range map[string][]string{
		"parts that double a few times": schemas(doubling(8)),
		"the largest enum":              schemas("    A:\n      type: string\n      enum: [" + repeated(spec.MaxEnum, "a%, ") + "]\n"),
		"eight references in a row":     schemas("    A:\n      allOf:\n        - $ref: '#/components/schemas/R0'\n    R8:\n      type: string\n" + chain(8)),
		"a large pattern":               schemas("    A:\n      type: string\n      pattern: '^[a-z]{1000}$'\n"),
	} {
		t.Run(name, func(t *testing.T) {
			if got := parse(t, spectest.Edit(t, edit...)); len(got) > 0 {
				t.Error(got)
			}
		})
	}
}

func chain(n int) (text string) {
	for i := range n {
		text += fmt.Sprintf("    R%d:\n      $ref: '#/components/schemas/R%d'\n", i, i+1)
	}
	return text
}

func TestFindingsAreCountedAndNotAllPrinted(t *testing.T) {
	if got := parse(t, "openapi: 3.0.3\nx: {"+strings.Repeat("a: 1, ", 10_000)+"}\n"); len(got) != spec.MaxFindings {
		t.Errorf("got %d findings, want %d", len(got), spec.MaxFindings)
	}
}

func TestPatterns(t *testing.T) {
	testFailing(t, []failing{
		{"look-ahead", "SPEC-PATTERN", schemas("    A:\n      type: string\n      pattern: «'^(?!a)b'\n"), []string{"Perl syntax"}},
		{"a back reference", "SPEC-PATTERN", schemas("    A:\n      type: string\n      pattern: «'(a)\\1'\n"), nil},
		{"none at all", "SPEC-PATTERN", schemas("    A:\n      type: string\n      pattern: «'('\n"), nil},
		{"one that Go repeats too often", "SPEC-PATTERN", schemas("    A:\n      type: string\n      pattern: «'(x{1000}){1000}'\n"), nil},
	})
}
