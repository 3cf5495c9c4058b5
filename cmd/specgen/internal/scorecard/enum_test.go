package scorecard

import (
	"errors"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// atComponent is where a component can be put.
const atComponent = "    Error:\n      type: object\n"

// kept are enums whose values all come through: schemas of a member, what else
// the spec needs, the Go type below the enum's own, and its values as Go has them.
var kept = []struct {
	name, schema, component string
	under                   string
	values                  []string
}{
	{"text", "{type: string, enum: [A, B]}", "", "string", []string{`"A"`, `"B"`}},
	{"text or null", "{type: string, nullable: true, enum: [A, B, null]}", "", "string", []string{`"A"`, `"B"`}},
	{"null first, by its sign", "{type: string, nullable: true, enum: [~, A]}", "", "string", []string{`"A"`}},
	{"null that is not listed", "{type: string, nullable: true, enum: [A]}", "", "string", []string{`"A"`}},
	{"the word null", "{type: string, enum: ['null', A]}", "", "string", []string{`"null"`, `"A"`}},
	{"null and the word null", "{type: string, nullable: true, enum: ['null', null]}", "", "string", []string{`"null"`}},
	{"text of digits", "{type: string, enum: ['1.0', '2', '0x10', '1e3']}", "", "string", []string{`"1.0"`, `"2"`, `"0x10"`, `"1e3"`}},
	{"words that YAML 1.1 took for booleans", "{type: string, enum: [yes, no, on, off, y, n]}", "", "string", []string{`"yes"`, `"no"`, `"on"`, `"off"`, `"y"`, `"n"`}},
	{"true as text", "{type: string, enum: ['true', 'false']}", "", "string", []string{`"true"`, `"false"`}},
	{"dates without quotes", "{type: string, enum: [2024-01-01, 2024-06-30]}", "", "string", []string{`"2024-01-01"`, `"2024-06-30"`}},
	{"empty text", "{type: string, enum: ['', A]}", "", "string", []string{`""`, `"A"`}},
	{"empty text and the word for it", "{type: string, enum: ['', Empty, empty]}", "", "string", []string{`""`, `"Empty"`, `"empty"`}},
	{"quotes and backslashes", `{type: string, enum: ["a\"b", 'a\b', "a'b", 'a` + "`" + `b']}`, "", "string", []string{`"a\"b"`, `"a\\b"`, `"a'b"`, "\"a`b\""}},
	{"text that differs by case", "{type: string, enum: [a, A, a0, A0, a1]}", "", "string", []string{`"a"`, `"A"`, `"a0"`, `"A0"`, `"a1"`}},
	{"text that differs by signs", "{type: string, enum: [a-b, a_b, a b, ab, aB]}", "", "string", []string{`"a-b"`, `"a_b"`, `"a b"`, `"ab"`, `"aB"`}},
	{"signs alone", `{type: string, enum: ["<", "<=", ">", "+1", "-1", "1", "★", "☆", " "]}`, "", "string", []string{`"<"`, `"<="`, `">"`, `"+1"`, `"-1"`, `"1"`, `"★"`, `"☆"`, `" "`}},
	{"versions", "{type: string, enum: ['1.1', '11', '1_1', N11]}", "", "string", []string{`"1.1"`, `"11"`, `"1_1"`, `"N11"`}},
	{"words of Go", "{type: string, enum: [type, func, nil, string, Valid]}", "", "string", []string{`"type"`, `"func"`, `"nil"`, `"string"`, `"Valid"`}},
	{"letters of others", "{type: string, enum: [größe, 日本, é, è]}", "", "string", []string{`"größe"`, `"日本"`, `"é"`, `"è"`}},
	{"a value twice", "{type: string, enum: [A, A, B]}", "", "string", []string{`"A"`, `"B"`}},
	{"integers", "{type: integer, enum: [1, 2, 0, -1]}", "", "int64", []string{"1", "2", "0", "-1"}},
	{"integers or null", "{type: integer, nullable: true, enum: [1, null]}", "", "int64", []string{"1"}},
	{"integers with a point", "{type: integer, enum: [1.0, 2.0]}", "", "int64", []string{"1", "2"}},
	{"a million", "{type: integer, enum: [1000000, 25000000]}", "", "int64", []string{"1000000", "25000000"}},
	{"the largest integers", "{type: integer, format: int64, enum: [9007199254740992, -9007199254740992]}", "", "int64", []string{"9007199254740992", "-9007199254740992"}},
	{"text without a type", "{enum: [A, B]}", "", "string", []string{`"A"`, `"B"`}},
	{"integers without a type", "{enum: [1, 2]}", "", "int64", []string{"1", "2"}},
	{"times", "{type: string, format: date-time, enum: ['2024-01-01T00:00:00Z']}", "", "string", []string{`"2024-01-01T00:00:00Z"`}},
	{"ids", "{type: string, format: uuid, enum: [8e7be0b3-0000-4000-8000-000000000000]}", "", "string", []string{`"8e7be0b3-0000-4000-8000-000000000000"`}},
	{"an item of a list", "{type: array, items: {type: string, nullable: true, enum: [A, null]}}", "", "string", []string{`"A"`}},
	{"a value of a map", "{type: object, additionalProperties: {type: integer, enum: [1]}}", "", "int64", []string{"1"}},
	{"a component", "{$ref: '#/components/schemas/Kind'}", "    Kind: {type: string, nullable: true, enum: [A, null]}\n", "string", []string{`"A"`}},
	{"a part", "{allOf: [{$ref: '#/components/schemas/Kind'}]}", "    Kind: {type: string, enum: [A]}\n", "string", []string{`"A"`}},
	{"beside the part with its type", "{allOf: [{$ref: '#/components/schemas/Kind'}], enum: [A]}", "    Kind: {type: string}\n", "string", []string{`"A"`}},
	{"in a part without the type", "{allOf: [{$ref: '#/components/schemas/Kind'}, {enum: [A]}]}", "    Kind: {type: string}\n", "string", []string{`"A"`}},
}

// plain are enums of which no constants are made: the Go type of the member holds
// the values as they are.
var plain = []struct{ name, schema, is string }{
	{"numbers", "{type: number, enum: [0.5, 1, 1234567.89]}", "*float64"},
	{"numbers that differ by the point", "{type: number, enum: [1.5, 15, -1.5]}", "*float64"},
	{"numbers without a type", "{enum: [0.5, 1]}", "*float64"},
	{"short numbers", "{type: number, format: float, enum: [0.5]}", "*float32"},
	{"a boolean", "{type: boolean, enum: [true]}", "*bool"},
	{"booleans without a type", "{enum: [true, false]}", "*bool"},
}

// unkept are enums that cannot be what they say.
var unkept = []struct{ name, schema, component string }{
	{"numbers for text", "{type: string, enum: [1.0, 2.0]}", ""},
	{"a boolean for text", "{type: string, enum: [A, true]}", ""},
	{"a line break", `{type: string, enum: ["a\nb"]}`, ""},
	{"null that is not allowed", "{type: string, enum: [A, null]}", ""},
	{"nothing but null", "{type: string, nullable: true, enum: [null]}", ""},
	{"null without a type", "{nullable: true, enum: [A, null]}", ""},
	{"text for integers", "{type: integer, enum: ['1']}", ""},
	{"a half for integers", "{type: integer, enum: [1, 1.5]}", ""},
	{"integers that a number of JSON does not hold", "{type: integer, format: int64, enum: [9007199254740993]}", ""},
	{"more than the format holds", "{type: integer, format: int32, enum: [3000000000]}", ""},
	{"less than the format holds", "{type: integer, format: uint8, enum: [-1]}", ""},
	{"text for numbers", "{type: number, enum: ['1.5']}", ""},
	{"text for booleans", "{type: boolean, enum: [yes]}", ""},
	{"mixed, without a type", "{enum: [1, A]}", ""},
	{"a list's own", "{type: array, items: {type: string}, enum: [A]}", ""},
	{"an object's", "{type: object, enum: [{a: 1}]}", ""},
	{"beside an object without a type", "{allOf: [{$ref: '#/components/schemas/Kind'}], enum: [A]}", "    Kind: {properties: {kind: {$ref: '#/components/schemas/Kind'}}}\n"},
	{"objects without a type", "{enum: [{a: 1}]}", ""},
	{"of another type than its part", "{allOf: [{$ref: '#/components/schemas/Kind'}], enum: [1]}", "    Kind: {type: string}\n"},
	{"two parts", "{allOf: [{$ref: '#/components/schemas/Kind'}, {enum: [A]}]}", "    Kind: {type: string, enum: [A, B]}\n"},
}

func TestCheck105_EnumsKeepTheirValuesAndTypes(t *testing.T) {
	if n := len(kept) + len(plain) + len(unkept); n < 24 {
		t.Fatalf("%d enums, want at least 24", n)
	}
	lost := 0
	for _, e := range kept {
		t.Run(e.name, func(t *testing.T) {
			text := filled(t, "", sink{edit: []string{atProperty, atProperty + "        kind: " + e.schema + "\n", atComponent, e.component + atComponent}})
			files, findings := guarded(t, text)
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			if fault := enumFault(string(files[client.Dir+"/models.gen.go"]), e.under, e.values); fault != "" {
				t.Error(fault)
			}
			// The inverse: what the generator alone makes of it is told from what
			// the spec says, often enough.
			if src, err := bare(text); err != nil || enumFault(src, e.under, e.values) != "" {
				lost++
			}
		})
	}
	for _, e := range plain {
		t.Run(e.name, func(t *testing.T) {
			files, findings := guarded(t, filled(t, "", sink{edit: []string{atProperty, atProperty + "        kind: " + e.schema + "\n"}}))
			if src := spaces(string(files[client.Dir+"/models.gen.go"])); len(findings) > 0 || !strings.Contains(src, "Kind "+e.is+" `") {
				t.Errorf("no member of %s: %v\n%s", e.is, findings, src)
			}
		})
	}
	for _, e := range unkept {
		t.Run(e.name, func(t *testing.T) {
			text := filled(t, "", sink{edit: []string{atProperty, atProperty + "        kind: " + e.schema + "\n", atComponent, e.component + atComponent}})
			_, findings := guarded(t, text)
			if len(findings) != 1 || findings[0].Rule != "ENUM-TYPE" || !strings.Contains(strings.Split(text, "\n")[findings[0].Line-1], "enum: [") {
				t.Errorf("got %v, want ENUM-TYPE at the enum", findings)
			}
		})
	}
	if lost < 10 {
		t.Errorf("the generator alone loses %d of %d: the enums test too little", lost, len(kept))
	}
	t.Logf("figure: %d enums kept, %d of them as plain values, %d refused; without specgen %d of %d are lost", len(kept)+len(plain), len(plain), len(unkept), lost, len(kept))
}

// enumFault is what is wrong with the constants of a source, or "".
func enumFault(src, under string, want []string) string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", src, 0)
	if err != nil {
		return err.Error()
	}
	fault := ""
	conf := types.Config{Importer: noImporter{}, Error: func(err error) {
		if !strings.Contains(err.Error(), "could not import") {
			fault = err.Error()
		}
	}}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	_, _ = conf.Check("x", fset, []*ast.File{file}, info) // each error went through conf.Error
	if fault != "" {
		return fault
	}
	var got []constant.Value
	for _, object := range info.Defs {
		c, ok := object.(*types.Const)
		if !ok {
			continue
		}
		if named, ok := c.Type().(*types.Named); ok && strings.Contains(named.Obj().Name(), "Kind") {
			got = append(got, c.Val())
			if name := named.Underlying().String(); name != under {
				return "the enum is " + name + ", want " + under
			}
		}
	}
	for _, text := range want {
		v, err := types.Eval(fset, nil, token.NoPos, under+"("+text+")")
		if err != nil {
			return err.Error()
		}
		i := slices.IndexFunc(got, func(c constant.Value) bool {
			return (c.Kind() == constant.String) == (v.Value.Kind() == constant.String) &&
				(c.Kind() == constant.Bool) == (v.Value.Kind() == constant.Bool) && constant.Compare(c, token.EQL, v.Value)
		})
		if i < 0 {
			return "there is no " + text
		}
		got = slices.Delete(got, i, i+1)
	}
	if len(got) > 0 {
		return "there is also " + got[0].ExactString()
	}
	return ""
}

type noImporter struct{}

func (noImporter) Import(string) (*types.Package, error) { return nil, errors.New("not imported") }

func TestAnEnumThatIsNotAsTheSpecHasItIsSeen(t *testing.T) {
	const good = "package p\n\ntype Kind string\n\nconst (\n\tKindA Kind = \"A\"\n\tKindB Kind = \"B\"\n)\n"
	want := []string{`"A"`, `"B"`}
	if fault := enumFault(good, "string", want); fault != "" {
		t.Error(fault)
	}
	for name, src := range map[string]string{
		"a value too few":  strings.Replace(good, "\tKindB Kind = \"B\"\n", "", 1),
		"a value too many": strings.Replace(good, ")", "\tKindNil Kind = \"<nil>\"\n)", 1),
		"another value":    strings.Replace(good, `"B"`, `"b"`, 1),
		"another type":     "package p\n\ntype Kind int\n\nconst KindA, KindB Kind = 1, 2\n",
		"does not compile": strings.Replace(good, `"B"`, "2", 1),
	} {
		if enumFault(src, "string", want) == "" {
			t.Errorf("%s goes unseen", name)
		}
	}
}
