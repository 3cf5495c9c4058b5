package spec

import (
	"net/url"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestASchemeLooksAsItIsDeclared(t *testing.T) {
	key := func(format string) *openapi3.SecurityScheme {
		return &openapi3.SecurityScheme{Type: "apiKey", In: "header", Name: "Authorization", Extensions: map[string]any{"x-auth-format": format}}
	}
	for name, c := range map[string]struct {
		scheme     *openapi3.SecurityScheme
		good, evil string
	}{
		"basic":                {&openapi3.SecurityScheme{Type: "http", Scheme: "basic"}, "Basic YTpi", "Bearer YTpi"},
		"bearer":               {&openapi3.SecurityScheme{Type: "http", Scheme: "bearer"}, "Bearer example", "example"},
		"a word of its own":    {key("Secret {secret}"), "Secret example", "Bearer example"},
		"nothing before it":    {key("{token}"), "example", "Bearer example"},
		"a header of its own":  {&openapi3.SecurityScheme{Type: "apiKey", In: "header", Name: "X-Key"}, "example", "two words"},
		"a key without a form": {&openapi3.SecurityScheme{Type: "apiKey", In: "header", Name: "Authorization"}, "", ""},
	} {
		check, known := asDeclared(c.scheme)
		if known != (c.good != "") {
			t.Errorf("%s: known is %v", name, known)
		}
		if !known {
			continue
		}
		if err := check.wire(c.good); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if check.wire(c.evil) == nil {
			t.Errorf("%s: %q passes", name, c.evil)
		}
	}
}

func TestAKeyInTheQueryStandsThereOnce(t *testing.T) {
	if _, known := asDeclared(&openapi3.SecurityScheme{Type: "apiKey", In: "query", Name: "key"}); !known {
		t.Error("a key in the query is of a kind that nobody knows")
	}
	for query, good := range map[string]bool{"key=a%20b&page=2": true, "page=2": false, "key=a&key=a": false} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if value, err := key(values, "key"); (err == nil) != good || good && value != "a b" {
			t.Errorf("%s: %q, %v", query, value, err)
		}
	}
}

func TestACredentialBelongsToTheOperationsThatWantIt(t *testing.T) {
	scheme := func(in, name string) *openapi3.SecuritySchemeRef {
		return &openapi3.SecuritySchemeRef{Value: &openapi3.SecurityScheme{Type: "apiKey", In: in, Name: name}}
	}
	s := &Spec{Doc: &openapi3.T{
		Security:   openapi3.SecurityRequirements{{"head": nil}},
		Components: &openapi3.Components{SecuritySchemes: openapi3.SecuritySchemes{"head": scheme("header", "x-key"), "query": scheme("query", "key")}},
	}}
	other := openapi3.SecurityRequirements{{"query": nil}, {}}
	for _, c := range []struct {
		security *openapi3.SecurityRequirements
		in, name string
		want     bool
	}{
		{nil, "header", "X-Key", true}, {nil, "query", "key", false}, {nil, "query", "x-key", false},
		{&other, "header", "X-Key", false}, {&other, "query", "key", true}, {&other, "query", "Key", false}, {&other, "header", "key", false},
		{&openapi3.SecurityRequirements{}, "header", "X-Key", false},
	} {
		if got := s.isCredential(&openapi3.Operation{Security: c.security}, c.in, c.name); got != c.want {
			t.Errorf("%v, %s %s: %v", c.security, c.in, c.name, got)
		}
	}
}
