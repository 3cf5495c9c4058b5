package spec_test

import (
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/conformance/internal/calls"
	"github.com/grantway/grantway/conformance/internal/repo"
	"github.com/grantway/grantway/conformance/internal/spec"
)

// unsent returns what the spec says a request may hold, body members and
// parameters, and no call of the wrapper has sent.
func unsent(t *testing.T, s *spec.Spec, sent map[string]map[string]bool) []string {
	t.Helper()
	var out []string
	for _, op := range s.Operations() {
		if schema, _ := op.RequestSchema(); schema != nil {
			for name := range schema.Properties {
				if !sent[op.ID]["body "+name] {
					out = append(out, op.ID+" body "+name)
				}
			}
		}
		for _, ref := range slices.Concat(op.Shared, op.Parameters) {
			if name := ref.Value.In + " " + ref.Value.Name; !sent[op.ID][name] {
				out = append(out, op.ID+" "+name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// allSent makes every call of a provider and notes, for each operation, what
// was in the requests.
func allSent(t *testing.T, s *spec.Spec) map[string]map[string]bool {
	t.Helper()
	sent := map[string]map[string]bool{}
	for _, c := range calls.Of(s.Provider) {
		x := record(t, s, c, calls.Plain)
		if sent[c.Operation] == nil {
			sent[c.Operation] = map[string]bool{}
		}
		names, err := x.RequestMembers()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			sent[c.Operation]["body "+name] = true
		}
		for name := range x.URL.Query() {
			sent[c.Operation]["query "+name] = true
		}
		for name, value := range s.PathParams(t, x) {
			sent[c.Operation]["path "+name] = value != ""
		}
	}
	return sent
}

func TestEveryPropertyOfARequestCanBeSent(t *testing.T) {
	for _, provider := range repo.Providers(t) {
		t.Run(provider, func(t *testing.T) {
			s := spec.Load(t, provider)
			sent := allSent(t, s)
			for _, name := range unsent(t, s, sent) {
				t.Errorf("%s is in the spec, and no call of the wrapper sends it", name)
			}
			n := 0
			for _, names := range sent {
				n += len(names)
			}
			t.Logf("properties and parameters sent: %d", n)
		})
	}
}

func TestAnInventedPropertyOfARequestIsSeenAsNotSent(t *testing.T) {
	s := spec.Load(t, "square")
	sent := allSent(t, s)
	s.Doc.Components.Schemas["RevokeTokenRequest"].Value.Properties["invented"] = openapi3.NewStringSchema().NewRef()
	op := s.Operation(t, "retrieveTokenStatus")
	op.Operation.Parameters = append(op.Operation.Parameters,
		&openapi3.ParameterRef{Value: openapi3.NewQueryParameter("made_up")})
	want := []string{"retrieveTokenStatus query made_up", "revokeToken body invented"}
	if got := unsent(t, s, sent); !slices.Equal(got, want) {
		t.Errorf("not sent: %v, want %v", got, want)
	}
}
