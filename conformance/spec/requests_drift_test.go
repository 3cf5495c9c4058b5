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
		for _, ref := range parameters(op) {
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
		for _, ref := range parameters(s.Operation(t, c.Operation)) {
			if in := ref.Value.In; in == "header" && x.RequestHeader.Get(ref.Value.Name) != "" {
				sent[c.Operation]["header "+ref.Value.Name] = true
			}
		}
		for name, value := range s.PathParams(t, x) {
			sent[c.Operation]["path "+name] = value != ""
		}
	}
	return sent
}

// parameters are those of an operation and of its path.
func parameters(op spec.Operation) []*openapi3.ParameterRef {
	return slices.Concat(op.Shared, op.Parameters)
}

// A header that an operation declares is sent, and is let through: the two checks
// agree about it.
func TestADeclaredHeaderIsSentAndLetThrough(t *testing.T) {
	s := spec.Load(t, "square")
	op := s.Operation(t, "revokeToken")
	header := openapi3.NewHeaderParameter("Square-Extra")
	x := record(t, s, first(t, "square", "revokeToken"), calls.Plain)
	x.RequestHeader.Set("Square-Extra", "example")
	if s.CheckRequest(x) == nil {
		t.Error("before it was declared, the header is let through")
	}
	op.Operation.Parameters = append(op.Operation.Parameters, &openapi3.ParameterRef{Value: header})
	s.Rebuild(t)
	if err := s.CheckRequest(x); err != nil {
		t.Error(err)
	}
	if got := unsent(t, s, allSent(t, s)); !slices.Equal(got, []string{"revokeToken header Square-Extra"}) {
		t.Errorf("not sent: %v", got)
	}
	// Square-Version, declared, is sent by every call of Square's.
	op.Operation.Parameters = append(s.Operation(t, "renewToken").Operation.Parameters[:0:0], &openapi3.ParameterRef{Value: openapi3.NewHeaderParameter("Square-Version")})
	s.Rebuild(t)
	if got := unsent(t, s, allSent(t, s)); len(got) > 0 {
		t.Errorf("not sent, though it is: %v", got)
	}
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
