package generate

import (
	"strings"
	"testing"
)

func TestTidyDropsUnusedImportsAndFormats(t *testing.T) {
	got, err := Tidy("x.go", `package x
import (
	"time"
	"net/http"
	other "example.com/z"
	"example.com/a"
	"fmt"
)
// T is one.
//
//
// And more.
type T struct { C http.Client; D other.D
  E a.E }
func f(fmt T) { _ = fmt.C }
`)
	if err != nil {
		t.Fatal(err)
	}
	want := `package x

import (
	"net/http"

	"example.com/a"
	other "example.com/z"
)

// T is one.
//
// And more.
type T struct {
	C http.Client
	D other.D
	E a.E
}

func f(fmt T) { _ = fmt.C }
`
	if string(got) != want {
		t.Errorf("got %s", got)
	}
}

func TestTidyOfAFileWithoutImports(t *testing.T) {
	got, err := Tidy("x.go", "package x\nimport (\n\"fmt\"\n)\ntype T int\n")
	if err != nil || strings.Contains(string(got), "import") {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestTidyRefusesWhatDoesNotParse(t *testing.T) {
	if _, err := Tidy("gen/x.go", "package x\ntype {\n"); err == nil || !strings.Contains(err.Error(), "gen/x.go:2") {
		t.Errorf("got %v", err)
	}
}

func TestOneEmptyCommentLineIsLeftOfSeveral(t *testing.T) {
	for in, want := range map[string]string{
		"// a\n//\n//\n//\n// b\n":    "// a\n//\n// b\n",
		"\t// a\n\t//\n\t//\n\tb()\n": "\t// a\n\t//\n\tb()\n",
		"//\n\n//\n":                  "//\n\n//\n",
		"// a\n//\n// b\n":            "// a\n//\n// b\n",
		"x := \"//\"\n//\n":           "x := \"//\"\n//\n",
	} {
		if got := string(withoutBlankComments([]byte(in))); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
