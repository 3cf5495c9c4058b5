package generate

import (
	"regexp"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// made makes the package of a text.
func made(t *testing.T, text string) (map[string][]byte, error) {
	t.Helper()
	c, findings := config.Parse([]byte(spectest.Config))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	doc, findings, err := spec.Parse(spectest.Name, []byte(text))
	if doc == nil {
		t.Fatal(findings, err)
	}
	return Package(doc, c.Clients[0], "a-generator v1.2.3")
}

func files(t *testing.T, text string) (client, operations string) {
	t.Helper()
	out, err := made(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return string(out["gen/acmeapi/"+ClientFile]), string(out["gen/acmeapi/"+OperationsFile])
}

func TestEachFileSaysWhatItIsAndFromWhat(t *testing.T) {
	client, operations := files(t, spectest.Spec)
	// The form that cmd/go, gopls and linters look for.
	mark := regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
	for _, src := range []string{client, operations} {
		head, _, _ := strings.Cut(src, "package acmeapi")
		if !mark.MatchString(head) {
			t.Errorf("no mark in %q", head)
		}
		for _, want := range []string{spectest.Name, spec.Sum([]byte(spectest.Spec)), "// generator: a-generator v1.2.3\n"} {
			if !strings.Contains(head, want) {
				t.Errorf("the header lacks %q: %s", want, head)
			}
		}
	}
}
