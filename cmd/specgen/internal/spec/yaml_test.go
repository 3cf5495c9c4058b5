package spec_test

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

func TestWhatIsNotADocument(t *testing.T) {
	testFailing(t, []failing{
		{"empty", "SPEC-EMPTY", []string{"«"}, []string{"empty"}},
		{"a comment alone", "SPEC-EMPTY", []string{"«# nothing\n"}, nil},
		{"no operation", "SPEC-EMPTY", []string{"openapi: 3.0.3\ninfo: {title: a, version: b}\n«paths:\n  /a: {}\n"}, []string{"no operation"}},
		{"no paths", "SPEC-INVALID", []string{"«openapi: 3.0.3\ninfo: {title: a, version: b}\n"}, []string{"paths"}},
		{"a list", "SPEC-EMPTY", []string{"«- a\n"}, []string{"not a mapping"}},
		{"text", "SPEC-EMPTY", []string{"«hello\n"}, nil},
		{"broken YAML", "YAML-SYNTAX", []string{"info:\n", "info: [\n", "  version: 0.1.0", "  version«: 0.1.0"}, []string{"','"}},
		{"two documents", "YAML-SYNTAX", []string{"«openapi: 3.0.3\n---\nopenapi: 3.0.3\n"}, []string{"single document"}},
		{"not UTF-8", "YAML-SYNTAX", []string{"«openapi: \xff\xfe\n"}, []string{"UTF-8"}},
		{"no version", "SPEC-VERSION", []string{"openapi: 3.0.3\n", "«"}, nil},
		{"another version", "SPEC-VERSION", []string{"openapi: 3.0.3", "openapi: «3.1.0"}, []string{"3.0.x"}},
		{"an older format", "SPEC-VERSION", []string{"openapi: 3.0.3", "«swagger: '2.0'"}, nil},
		{"too large", "SPEC-SIZE", []string{"«#" + strings.Repeat(" ", spec.MaxBytes)}, nil},
	})
}

func TestYAMLThatIsNotRead(t *testing.T) {
	testFailing(t, []failing{
		{"an alias", "YAML-ALIAS", []string{"  title: Acme\n  version: 0.1.0\n", "  title: &a Acme\n  version: «*a\n"}, []string{"$ref"}},
		{"a merge key", "YAML-ALIAS", []string{"info:\n", "info:\n  «<<: {}\n"}, nil},
		{"a repeated key", "YAML-KEY", []string{"info:\n", "info:\n  title: Acme\n", "  title: Acme\n  version", "  «title: Acme\n  version"}, []string{"line 3"}},
		{"a key that is a list", "YAML-KEY", []string{"info:\n", "info:\n  «[a]: b\n"}, nil},
		{"a tag", "YAML-VALUE", []string{"title: Acme", "title: «!!binary aGk="}, []string{"!!binary"}},
		{"infinity", "YAML-VALUE", []string{"info:\n", "info:\n  x-n: «.inf\n"}, nil},
		{"text that runs backwards", "TEXT-CONTROL", []string{"title: Acme", "title: «Ac\u202eme"}, []string{"U+202E"}},
		{"a control character in a key", "TEXT-CONTROL", []string{"info:\n", "info:\n  «\"x-\\0\": a\n"}, []string{"U+0000"}},
		{"a comment that runs backwards", "TEXT-CONTROL", []string{"info:\n", "# a «\u202eb\ninfo:\n"}, []string{"U+202E"}},
		{"a comment with a line end that nobody sees", "TEXT-CONTROL", []string{"info:\n", "# a«\u0085x-b: 1\ninfo:\n"}, []string{"U+0085"}},
		{"a carriage return alone", "TEXT-CONTROL", []string{"info:\n", "# a«\rx-b: 1\ninfo:\n"}, []string{"U+000D"}},
		{"too deep", "SPEC-DEPTH", []string{"info:\n", "info:\n  x-deep: " + strings.Repeat("[", spec.MaxDepth-2) + "«[[]]" + strings.Repeat("]", spec.MaxDepth-2) + "\n"}, nil},
	})
	// Depth is one thing the YAML library itself must survive as well.
	if got := parse(t, strings.Repeat("[", 100_000)); len(got) != 1 || got[0].Rule != "YAML-SYNTAX" {
		t.Errorf("100,000 levels: got %v", got)
	}
}
