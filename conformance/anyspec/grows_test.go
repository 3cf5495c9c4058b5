package anyspec

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// grown says where a spec gets a member of a request, one of the answer, a query
// parameter and a required header.
var grown = []struct{ spec, request, answer, operation string }{
	{"square", "ObtainTokenRequest", "ObtainTokenResponse", "obtainToken"},
	{"builtbybit", "TokenRequest", "TokenResponse", "requestToken"},
	{"bytenite", "AccessTokenRequest", "AccessTokenResponse", "accessToken"},
}

const grownMember = `
        grown_member:
          type: string
          description: A member that came later.`

const grownParameters = `
      parameters:
        - {name: grown, in: query, description: A parameter that came later., schema: {type: string}}
        - {name: X-Grown, in: header, required: true, description: A header that came later., schema: {type: string}}`

// A spec that grows by a member of a request and of an answer, a query parameter
// and a required header needs no line that a person writes: the generated types
// have them, they reach the wire and come back, and all that was written by hand
// builds as it is.
func TestASpecThatGrowsNeedsNoLineByHand(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: it builds the project in another folder, twice")
	}
	dir := repo.Copy(t, "conformance", "bench")
	repo.Write(t, filepath.Join(dir, "internal", "grown", "grown_test.go"), read(t, "grown_test.txt"))
	test := []string{"test", "-trimpath", "-count=1", "-v", "./internal/grown"}
	if out, err := gocmd.Try(t, dir, test...); err == nil || !strings.Contains(err.Error(), "unknown field GrownMember") {
		t.Fatalf("inverse: before the specs have grown, the test passes: %v\n%s", err, out)
	}
	for _, g := range grown {
		name := filepath.Join(dir, "api", g.spec+".yaml")
		text := string(repo.Read(t, "api/"+g.spec+".yaml"))
		for _, schema := range []string{g.request, g.answer} {
			at := find(t, text, "\n    "+schema+":\n", "\n      properties:") + len("\n      properties:")
			text = text[:at] + grownMember + text[at:]
		}
		at := find(t, text, "operationId: "+g.operation+"\n", "\n      requestBody:")
		repo.Write(t, name, text[:at]+grownParameters+text[at:])
	}
	if out, err := gocmd.Try(t, filepath.Join(dir, "cmd", "specgen"), "run", "-trimpath", ".", "generate", "-C", dir); err != nil {
		t.Fatal(err, out)
	}
	gocmd.Run(t, dir, "vet", "-trimpath", "./square/...", "./builtbybit/...", "./bytenite/...")
	if out := gocmd.Run(t, dir, test...); strings.Count(out, "--- PASS: TestGrown/") != len(grown) {
		t.Errorf("not all providers were tried:\n%s", out)
	}
}

// find is where mark begins, the first one behind start.
func find(t *testing.T, text, start, mark string) int {
	t.Helper()
	begin := strings.Index(text, start)
	if begin < 0 {
		t.Fatalf("%q is not there", start)
	}
	at := strings.Index(text[begin+len(start)-1:], mark)
	if at < 0 {
		t.Fatalf("%q is not there behind %q", mark, start)
	}
	return begin + len(start) - 1 + at
}
