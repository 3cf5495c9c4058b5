package generate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// The values and types are gone through by check 105, in package scorecard.

func TestPreparingEnumsTwiceChangesNothingMore(t *testing.T) {
	doc, findings, err := spec.Parse(spectest.Name, []byte(spectest.Edit(t, "        short_lived:\n",
		"        kind: {type: string, format: uuid, nullable: true, enum: [a, A, null]}\n        level: {enum: [1, 2.0]}\n        part:\n          allOf: [{type: number}, {enum: [1, 0.5]}]\n        beside:\n          allOf: [{type: string}]\n          enum: [A]\n        short_lived:\n")))
	if doc == nil {
		t.Fatal(findings, err)
	}
	schemas := doc.T.Components.Schemas["TokenResponse"].Value.Properties
	text := func() string {
		var b strings.Builder
		for _, name := range []string{"kind", "level", "part", "beside"} {
			data, err := schemas[name].Value.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s: %s\n", name, data)
		}
		return b.String()
	}
	raw := text()
	if err := prepareEnums(doc.T); err != nil {
		t.Fatal(err)
	}
	once := text()
	if err := prepareEnums(doc.T); err != nil {
		t.Fatal(err)
	}
	if again := text(); again != once || once == raw {
		t.Errorf("first:\n%s\nthen:\n%s", once, again)
	}
}

func TestNamesOfAnEnumAreLeftToTheGeneratorWhereTheyDiffer(t *testing.T) {
	for _, c := range []struct {
		values []any
		want   string
	}{
		{[]any{"a", "b-c", "", ">", "1"}, ""},
		{[]any{"a", "A", "a V2"}, "[a A V3 a V2]"},
		{[]any{"", "empty"}, "[ empty V2]"},
		{[]any{"★", "☆"}, "[Sign Sign V2]"},
		{[]any{1.5, int64(15)}, "[1.5 15 V2]"},
	} {
		s := &openapi3.Schema{Enum: c.values}
		nameEnum(s)
		got := ""
		if names, ok := s.Extensions[enumNames]; ok {
			got = fmt.Sprint(names)
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.values, got, c.want)
		}
	}
}
