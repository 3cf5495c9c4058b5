package spec

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestASuccessIsWhicheverOneTheSpecHas(t *testing.T) {
	const json = "application/json"
	named := openapi3.Examples{"all": {Value: &openapi3.Example{Value: "named"}}}
	for name, c := range map[string]struct {
		key, example string
		content      openapi3.Content
		status       int
		want         any
	}{
		"one of several examples": {"200", "all", openapi3.Content{json: {Examples: named}}, 200, "named"},
		"the one example":         {"201", "example", openapi3.Content{json: {Example: "only"}}, 201, "only"},
		"any status of success":   {"2XX", "all", openapi3.Content{json: {Examples: named}}, 200, "named"},
		"no body":                 {"204", "done", nil, 204, nil},
	} {
		op := Operation{ID: "x", Operation: &openapi3.Operation{Responses: openapi3.NewResponses(
			openapi3.WithName("4XX", &openapi3.Response{Content: openapi3.Content{json: {Example: "an error"}}}),
			openapi3.WithName(c.key, &openapi3.Response{Content: c.content}))}}
		if status, example := op.Success(t, c.example); status != c.status || example != c.want {
			t.Errorf("%s: %d %v, want %d %v", name, status, example, c.status, c.want)
		}
	}
}
