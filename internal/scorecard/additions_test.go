package scorecard

import (
	"encoding/json"
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
	// operations are how a program calls them, and what their answers mean.
	operations []added
	// exported and plain are the provider's part of the tables of those names.
	exported map[string][]any
	plain    map[string]string
	// signIn is nil without a consent page.
	signIn func(t *testing.T, issuer string) signIn
}

// added is an operation of an addition.
type added struct {
	operation
	// tokens are the members of the success, at its top, that are credentials.
	tokens []string
	// refused says when a 2xx is no success, by member, in the words of x-refused, one
	// or several: "missing" (what is required is that), "false", "present",
	// "not-empty", "not-zero", "not-bearer". Any other object is one.
	refused map[string]string
}

var additions []addition

// addedOperations are those of all additions, by name.
var addedOperations = map[string]added{}

// isToken tells whether a member of op's success is a credential.
func (op operation) isToken(member string) bool {
	if a, ok := addedOperations[op.name]; ok {
		return slices.Contains(a.tokens, member)
	}
	return slices.Contains([]string{"access_token", "refresh_token", "id_token", "token"}, member)
}

// withToken are answers of op with text, as JSON writes it, for a token.
func (op operation) withToken(t testing.TB, text string) (bodies []string) {
	t.Helper()
	a, ok := addedOperations[op.name]
	if !ok {
		return []string{`{"access_token":"` + text + `","token":"` + text + `"}`}
	}
	for _, name := range a.tokens {
		bodies = append(bodies, with(t, op.success, name, `"`+text+`"`))
	}
	return bodies
}

// hint is what whoever adds a provider does about a failure; empty for the others.
func (op operation) hint(what string) string {
	a, ok := addedOperations[op.name]
	if !ok {
		return ""
	}
	return "; what to do: " + what + "; or mend its row in internal/scorecard/" + a.provider() + "_test.go, whose head says what a row means"
}

// takes tells whether a 2xx with the body is a success of an addition's operation by
// what its file says.
func (a added) takes(body string) bool {
	var members map[string]any
	if json.Unmarshal([]byte(body), &members) != nil || members == nil {
		return false
	}
	for name, when := range a.refused {
		v := members[name]
		set := v != nil && v != ""
		text, isText := v.(string)
		list, isList := v.([]any)
		for when := range strings.FieldsSeq(when) {
			switch {
			case when == "missing" && !set, when == "present" && set, when == "false" && v == false,
				when == "not-empty" && isList && len(list) > 0, when == "not-zero" && set && v != 0.0,
				when == "not-bearer" && isText && !strings.EqualFold(text, "bearer"):
				return false
			}
		}
	}
	return true
}

// add is called by a variable's declaration, so that no list has to be edited.
func add(a addition) bool {
	additions = append(additions, a)
	for _, op := range a.operations {
		operations = append(operations, op.operation)
		addedOperations[op.name] = op
	}
	maps.Copy(exported, a.exported)
	maps.Copy(plain, a.plain)
	return true
}

func TestAnAdditionIsInEveryTable(t *testing.T) {
	all := slices.Clone(additions)
	table, types, fields := slices.Clone(operations), maps.Clone(exported), maps.Clone(plain)
	t.Cleanup(func() {
		additions, operations, exported, plain = all, table, types, fields
		delete(addedOperations, "acme.getToken")
	})
	made := 0
	add(addition{
		name:       "acme",
		client:     func(grantway.ClientConfig) (any, error) { made++; return "a client", nil },
		operations: []added{{operation: operation{name: "acme.getToken", success: `{"jwt":"example"}`}, tokens: []string{"jwt"}, refused: map[string]string{"jwt": "missing", "errors": "not-empty"}}},
		exported:   map[string][]any{"acme": {}},
		plain:      map[string]string{"acme.Error.Code": "an error code"},
	})
	if c := newClients(t, grantway.ClientConfig{}); c.added["acme"] != "a client" || made != 1 {
		t.Errorf("%d clients made: %v", made, c.added["acme"])
	}
	op := addedOperations["acme.getToken"]
	if !op.isToken("jwt") || op.isToken("access_token") {
		t.Error("the tokens of an addition are not what its file says")
	}
	if got := op.withToken(t, "x"); !slices.Equal(got, []string{`{"jwt":"x"}`}) {
		t.Errorf("answers with a token: %v", got)
	}
	if hint := op.hint("do it"); !strings.Contains(hint, "do it") || !strings.Contains(hint, "internal/scorecard/acme_test.go") || operations[0].hint("do it") != "" {
		t.Errorf("the hint is %q", hint)
	}
	for body, taken := range map[string]bool{`{"jwt":"x"}`: true, `{"jwt":"x","errors":[]}`: true, `{"jwt":""}`: false, `{}`: false,
		`{"jwt":"x","errors":[1]}`: false, `null`: false, `[]`: false, ``: false} {
		if op.takes(body) != taken {
			t.Errorf("%s: taken is %v", body, !taken)
		}
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
