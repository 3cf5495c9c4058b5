package scorecard

import (
	"strings"
	"testing"
)

// extensions are what a spec could tell the generator, and what of it must not
// be found in the code.
var extensions = []struct{ name, spec, trace string }{
	{"a type", "          x-go-type: os.File\n", "os.File"},
	{"a type with its import", "          x-go-type: exec.Cmd\n          x-go-type-import: {path: os/exec}\n", `"os/exec"`},
	{"an import under another name", "          x-go-type: http2.Client\n          x-go-type-import: {name: http2, path: example.com/evil}\n", "example.com/evil"},
	{"an import of cgo", "          x-go-type: C.int\n          x-go-type-import: {name: C, path: C}\n", `"C"`},
	{"a name of a type", "          x-go-type-name: Evil\n", "Evil"},
	{"a function type", "          x-go-type: func()\n", "func()\n"},
	{"a channel", "          x-go-type: chan int\n", "chan int"},
	{"a pointer left out", "          x-go-type-skip-optional-pointer: true\n", "boolean plain"},
	{"a field that is not sent", "          x-go-json-ignore: true\n", `json:"-"`},
	{"omitempty", "          x-omitempty: false\n", "Extra *bool `json:\"extra\"`"},
	{"omitzero", "          x-omitzero: true\n", "omitzero"},
	{"tags", "          x-oapi-codegen-extra-tags: {gorm: primaryKey}\n", "gorm:"},
	{"a tag that ends the tags", "          x-oapi-codegen-extra-tags: {a: 'b\" c:\"d'}\n", `c:"d`},
	{"a name as it is", "          x-go-name: lower\n          x-oapi-codegen-only-honour-go-name: true\n", "lower"},
	{"a name that is code", "          x-go-name: 'X struct{}; Y'\n", "struct{}; Y"},
	{"names of enum values", "          x-enum-varnames: [EvilOne]\n", "EvilOne"},
	{"names of enum values, the other way", "          x-enumNames: [EvilOne]\n", "EvilOne"},
	{"an order", "          x-order: 1\n", ""},
	{"an extension of oapi-codegen that is not known yet", "          x-oapi-codegen-later: true\n", ""},
	{"a Go extension that is not known yet", "          x-go-later: true\n", ""},
}

func TestCheck058_ExtensionsFromAnAllowList(t *testing.T) {
	if len(extensions) < 20 {
		t.Fatalf("%d extension specs, want at least 20", len(extensions))
	}
	obeyed := 0
	for _, e := range extensions {
		kind := "          type: boolean\n"
		if strings.Contains(e.name, "enum") {
			kind = "          type: string\n          enum: [a]\n"
		}
		input := filled(t, "", sink{edit: []string{atProperty, atProperty + "        extra:\n" + kind + e.spec}})
		files, findings := guarded(t, input)
		if len(files) > 0 {
			t.Errorf("%s is let through", e.name)
			continue
		}
		for _, f := range findings {
			if f.Rule != "X-GO" || f.Line < 80 {
				t.Errorf("%s: got %s, want X-GO at the extension", e.name, f)
			}
		}
		// The inverse: the generator alone does as it is told.
		if src, err := bare(input); err == nil && e.trace != "" && strings.Contains(spaces(src), e.trace) {
			obeyed++
		}
	}
	if obeyed < len(extensions)/2 {
		t.Errorf("the generator alone obeys %d of %d: the specs test too little", obeyed, len(extensions))
	}
	// The one that is allowed, and those of others.
	for _, allowed := range []string{"          x-go-name: Lifetime\n", "          x-logo: {url: a}\n", "          x-google-thing: 1\n", "          x-internal: true\n"} {
		if files, findings := guarded(t, filled(t, "", sink{edit: []string{atProperty, atProperty + allowed}})); len(files) == 0 {
			t.Errorf("%q is refused: %v", allowed, findings)
		}
	}
	t.Logf("figure: %d extension specs, all refused; without specgen %d of them are obeyed", len(extensions), obeyed)
}

func spaces(src string) string {
	return strings.Join(strings.FieldsFunc(src, func(r rune) bool { return r == ' ' || r == '\t' }), " ")
}
