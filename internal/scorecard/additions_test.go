package scorecard

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway"
)

// addition is what the checks have to know of a provider that stands in a file
// of its own, such as `specgen init` writes. Nothing is left out in silence: a
// folder of gen/ without operations in the table fails the test of the table.
type addition struct {
	// name is the package's.
	name string
	// client makes one over a configuration; operations find it under the name.
	client func(grantway.ClientConfig) (any, error)
	// spec has the operations of the spec, and whether each spends (x-retry:
	// never).
	spec map[string]bool
	// operations are how a program calls them.
	operations []operation
	// exported and plain are the provider's part of the tables of those names.
	exported map[string][]any
	plain    map[string]string
	// fine are the answers, "operation/body", that TestCheck008 would take for
	// errors, each with the reason why it is none.
	fine map[string]string
	// signIn is nil without a consent page.
	signIn func(t *testing.T, issuer string) signIn
}

var additions []addition

// add is called by a variable's declaration, so that no list has to be edited.
func add(a addition) bool {
	additions = append(additions, a)
	operations = append(operations, a.operations...)
	maps.Copy(exported, a.exported)
	maps.Copy(plain, a.plain)
	return true
}

func TestAnAdditionIsInEveryTable(t *testing.T) {
	all := slices.Clone(additions)
	table, types, fields := slices.Clone(operations), maps.Clone(exported), maps.Clone(plain)
	t.Cleanup(func() { additions, operations, exported, plain = all, table, types, fields })
	made := 0
	add(addition{
		name:       "acme",
		client:     func(grantway.ClientConfig) (any, error) { made++; return "a client", nil },
		operations: []operation{{name: "acme.getToken"}},
		exported:   map[string][]any{"acme": {}},
		plain:      map[string]string{"acme.Error.Code": "an error code"},
	})
	if c := newClients(t, grantway.ClientConfig{}); c.added["acme"] != "a client" || made != 1 {
		t.Errorf("%d clients made: %v", made, c.added["acme"])
	}
	_, typed := exported["acme"]
	if find(t, "acme.getToken"); !typed || plain["acme.Error.Code"] == "" || len(additions) != len(all)+1 {
		t.Error("an addition is missing from a table")
	}
}

// wrappers are the providers' packages: one for each folder of gen/.
func wrappers(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("..", "..", "gen"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), "api"); ok && e.IsDir() {
			names = append(names, name)
		}
	}
	if !slices.Contains(names, "square") {
		t.Fatalf("gen/ has %v, and no square", names)
	}
	return names
}
