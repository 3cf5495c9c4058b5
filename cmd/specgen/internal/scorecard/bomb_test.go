package scorecard

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

const (
	mostMemory = 512 << 10 // KiB
	deadline   = 30 * time.Second
)

const bombHead = "openapi: 3.0.3\ninfo: {title: a, version: b}\nservers: [{url: 'https://a.example.com'}]\n"

const onePath = "paths:\n  /a:\n    get:\n      operationId: a\n      responses: {'200': {description: x}}\n"

// fill repeats lines, with their number in place of %, up to a size and to the
// number of values that is read.
func fill(size int, format string) string {
	var b strings.Builder
	left := spec.MaxMarks - 200
	each := strings.Count(format, "\n") + strings.Count(format, ",") + strings.Count(format, "[") + strings.Count(format, "{") +
		strings.Count(format, ":") + strings.Count(format, "-") + strings.Count(format, "?") + strings.Count(format, "#")
	for i := 0; b.Len() < size && left > each; i++ {
		b.WriteString(strings.ReplaceAll(format, "%", fmt.Sprint(i)))
		left -= each
	}
	return b.String()
}

// many is fill with a count instead of a size.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.NewReplacer("%", fmt.Sprint(i), "^", fmt.Sprint(i+1)).Replace(format))
	}
	return b.String()
}

const room = spec.MaxBytes - 2_000

// past are specs beyond a cap; each has to be refused.
func past() map[string]string {
	schemas := bombHead + onePath + "components:\n  schemas:\n"
	return map[string]string{
		"bytes":                        bombHead + onePath + "x-a: " + strings.Repeat("a", spec.MaxBytes),
		"brackets":                     strings.Repeat("[", spec.MaxBytes-1),
		"a million values":             bombHead + onePath + "x-a: [" + strings.Repeat("a,", 1_000_000) + "]\n",
		"a million comments":           bombHead + onePath + strings.Repeat("#\n", 1_000_000),
		"a million keys":               bombHead + "x-a: {" + strings.Repeat("a: a,", 800_000) + "}\n",
		"levels of text":               bombHead + onePath + "x-a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "\n",
		"aliases, a billion laughs":    bombHead + "x-a0: &a0 [a, a]\n" + many(30, "x-a^: &a^ [*a%, *a%]\n") + onePath,
		"merge keys":                   bombHead + "x-a: &a {b: c}\nx-d: {<<: *a}\n" + onePath,
		"parts of allOf":               schemas + "    A: {allOf: [" + many(30_000, "{properties: {p%: {type: string}}}, ") + "]}\n",
		"required names":               schemas + "    A: {type: object, additionalProperties: true, required: [" + many(100_000, "a%, ") + "], properties: {" + many(40_000, "b%: {}, ") + "}}\n",
		"alternatives":                 schemas + "    A: {oneOf: [" + many(30_000, "{type: string}, ") + "]}\n",
		"servers":                      strings.Replace(bombHead, "servers: [", "servers: ["+many(50_000, "{url: 'https://a%.example.com'}, "), 1) + onePath,
		"enum values":                  schemas + "    A: {type: string, enum: [" + many(spec.MaxEnum+1, "a%, ") + "]}\n",
		"enums":                        schemas + fill(room, "    A%: {type: string, enum: [a%]}\n"),
		"operations":                   bombHead + "paths:\n" + fill(room, "  /a%: {get: {operationId: a%, responses: {'200': {description: x}}}}\n"),
		"parameters":                   bombHead + "paths:\n  /a:\n    get:\n      operationId: a\n      responses: {'200': {description: x}}\n      parameters:\n" + fill(room, "        - {in: query, name: p%, schema: {type: string}}\n"),
		"parts of allOf that double":   schemas + "    A0: {type: object, properties: {a: {type: string}}}\n" + many(60, "    A^: {allOf: [{$ref: '#/components/schemas/A%'}, {$ref: '#/components/schemas/A%'}]}\n"),
		"an answer that all share":     bombHead + "paths:\n" + many(5_000, "  /a%: {get: {operationId: a%, responses: {'200': {$ref: '#/components/responses/R'}}}}\n") + "components:\n  responses:\n    R:\n      description: x\n      content:\n        application/json:\n          schema:\n            type: object\n            properties:\n" + many(5_000, "              a%: {type: string}\n"),
		"names inside names":           schemas + "    A:\n" + nested(20, strings.Repeat("n", spec.MaxKey-10)) + many(3_000, strings.Repeat(" ", 4+22*4)+"p%: {type: object, properties: {a: {type: object, additionalProperties: {type: object, properties: {b: {type: string}}}}}}\n"),
		"a key of a megabyte":          schemas + "    " + strings.Repeat("A", 1_000_000) + ": {type: string}\n",
		"patterns":                     schemas + fill(room, "    A%: {type: string, pattern: '"+strings.Repeat("x{1000}", 20)+"'}\n"),
		"an example in many ways":      twoWays(40),
		"references to references":     schemas + many(5_000, "    A%: {$ref: '#/components/schemas/A^'}\n") + "    A5000: {type: string}\n",
		"findings":                     bombHead + "x-a: {" + strings.Repeat("a: 1, ", 100_000) + "}\n" + onePath,
		"a path that refers to a path": bombHead + onePath + fill(room, "  /b%: {$ref: '#/paths/~1a'}\n"),
	}
}

// large is n schemas with as many properties as one may have.
func large(n int, more, property string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    A%d:\n      type: object\n%s      properties:\n%s", i, more, many(spec.MaxProperties, property))
	}
	return b.String()
}

// lists is n schemas with as many parts as one may have.
func lists(n int, key, part string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    A%d:\n      %s: [%s]\n", i, key, many(spec.MaxParts, part))
	}
	return b.String()
}

// operations is n of them with the same parameters.
func operations(n int, parameters string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  /a%d:\n    get:\n      operationId: a%d\n      responses: {'200': {description: x}}\n      parameters:\n%s", i, i, parameters)
	}
	return b.String()
}

func nested(levels int, name string) string {
	var b strings.Builder
	for i := range levels {
		pad := strings.Repeat(" ", 6+4*i)
		b.WriteString(pad + "type: object\n" + pad + "properties:\n" + pad + "  " + name + ":\n")
	}
	pad := strings.Repeat(" ", 6+4*levels)
	b.WriteString(pad + "type: object\n" + pad + "properties:\n")
	return b.String()
}

// just are specs a little below a cap, as bad as they can be made there; they
// may be made or refused, and have to end within the limits.
func just() map[string]string {
	schemas := bombHead + onePath + "components:\n  schemas:\n"
	return map[string]string{
		"values in a list":   bombHead + onePath + "x-a: [" + fill(room, "a,") + "]\n",
		"lists in a list":    bombHead + onePath + "x-a: [" + fill(room, "[],") + "]\n",
		"lines of a list":    bombHead + onePath + "x-a:\n" + fill(room, "- a\n"),
		"comments of values": bombHead + onePath + "x-a:\n" + fill(room, "- a #b\n#c\n"),
		"keys":               bombHead + onePath + "x-a:\n" + fill(room, "  k%: v\n"),
		"long values":        bombHead + onePath + "x-a:\n" + fill(room, "  k%: vvvvvvvvvvvvvvvvvvvvvvvvvvvvv\n"),
		"one long value":     bombHead + onePath + "x-a: " + strings.Repeat("a", room-500) + "\n",
		"escapes":            bombHead + onePath + "x-a: \"" + strings.Repeat(`\u0041`, room/6-100) + "\"\n",
		"descriptions":       schemas + fill(room, "    A%: {type: object, description: '"+strings.Repeat("word ", 200)+"'}\n"),
		"schemas":            schemas + many(7_900, "    A%: {}\n"),
		"aliases of types":   schemas + many(7_900, "    A%: {type: string}\n"),
		"a chain of schemas": schemas + "    A0: {type: string}\n" + many(7_900, "    A^: {type: object, properties: {a: {$ref: '#/components/schemas/A%'}}}\n"),
		"a ring of schemas":  schemas + many(3_000, "    A%: {type: object, properties: {a: {$ref: '#/components/schemas/A^'}, b: {$ref: '#/components/schemas/A0'}}}\n") + "    A3000: {type: object, properties: {a: {$ref: '#/components/schemas/A0'}}}\n",
		"large schemas":      schemas + large(24, "", "        p%: {type: string}\n"),
		"all required":       schemas + large(19, "      required: ["+many(spec.MaxProperties, "p%, ")+"]\n", "        p%: {type: string}\n"),
		"parts of allOf":     schemas + lists(160, "allOf", "{properties: {p%: {type: string}}}, "),
		"parts by reference": schemas + many(spec.MaxParts, "    P%: {type: object, properties: {p%a: {type: string}, p%b: {type: string}}}\n") + lists(160, "allOf", "{$ref: '#/components/schemas/P%'}, "),
		"large unions":       schemas + many(spec.MaxParts, "    P%: {type: object}\n") + lists(16, "oneOf", "{$ref: '#/components/schemas/P%'}, "),
		"servers":            strings.Replace(bombHead, "servers: [", "servers: ["+many(spec.MaxParts-1, "{url: 'https://a%.example.com'}, "), 1) + onePath,
		"enums":              schemas + many(1_700, "    E%: {type: string, enum: [a%, b%, c%, d%]}\n"),
		"enums that collide": schemas + many(1_700, "    E%: {type: string, enum: [a, b, c, d]}\n"),
		"large enums":        schemas + many(11, "    E%: {type: string, enum: ["+many(spec.MaxEnum, "a%, ")+"]}\n"),
		"operations":         bombHead + "paths:\n" + many(5_000, "  /a%: {get: {operationId: a%, responses: {'200': {description: x}}}}\n"),
		"parameters":         bombHead + "paths:\n" + operations(5, many(1_600, "        - {in: query, name: p%, schema: {type: string}}\n")),
		"unions":             schemas + "    B: {type: object}\n" + many(2_500, "    A%: {oneOf: [{$ref: '#/components/schemas/B'}, {type: integer}]}\n"),
		"open objects":       schemas + many(2_800, "    A%: {type: object, properties: {a: {type: string}}, additionalProperties: true}\n"),
		"parts that double":  schemas + "    A0: {type: object, properties: {a: {type: string}}}\n" + many(13, "    A^: {allOf: [{$ref: '#/components/schemas/A%'}, {$ref: '#/components/schemas/A%'}]}\n"),
		"a deep example":     twoWays(12),
		"examples of a list": bombHead + strings.Replace(onePath, "{description: x}", "{description: x, content: {application/json: {schema: {type: array, items: {type: object, properties: {a: {type: integer}}}}, example: ["+many(60_000, "{a: 1},")+"]}}}", 1),
		"patterns":           schemas + many(45, "    A%: {type: string, pattern: 'a%x{1000}', example: b}\n"),
		"secrets":            schemas + many(7_500, "    A%: {type: object, properties: {token: {type: string, format: password}, a: {type: object, properties: {token: {type: string, format: password}}}}}\n"),
		"bodies":             bombHead + "paths:\n" + many(2_200, "  /a%: {post: {operationId: a%, requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}, b: {type: string}}}}}}, responses: {'200': {description: x}}}}\n"),
	}
}

func TestCheck060_BombsEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: bombs go up to the limits, in a process each")
	}
	if raceEnabled {
		t.Skip("the race detector takes memory of its own: this is measured without it")
	}
	worstMemory, worstCPU := 0, time.Duration(0)
	var worst string
	measure := func(name, text string) outcome {
		o, err := run(t, "guarded", text, deadline)
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case strings.HasPrefix(o.text, "failed"):
			t.Errorf("%s: %s", name, o.text)
		case o.kib > mostMemory:
			t.Errorf("%s: %d MiB, at most 512", name, o.kib>>10)
		}
		t.Logf("%-30s %5d KiB of spec: %4d MiB, %5.2f s of CPU: %.110s", name, len(text)>>10, o.kib>>10, o.cpu.Seconds(), o.text)
		worstMemory = max(worstMemory, o.kib)
		if o.cpu > worstCPU {
			worstCPU, worst = o.cpu, name
		}
		return o
	}
	for name, text := range past() {
		if o := measure("past: "+name, text); !strings.HasPrefix(o.text, "refused ") {
			t.Errorf("%s: %.200s, want it refused", name, o.text)
		}
	}
	made := 0
	for name, text := range just() {
		if o := measure("below: "+name, text); strings.HasPrefix(o.text, "made ") {
			made++
		} else if !strings.HasPrefix(o.text, "refused ") {
			t.Errorf("%s: %.200s", name, o.text)
		}
	}
	if made < len(just())/2 {
		t.Errorf("%d of %d specs below the caps are made: they test the caps and not what is below", made, len(just()))
	}
	// The inverse: the library alone doubles what it does with each level.
	small, large := doubled(t, 6), doubled(t, 10)
	if large < 8*small {
		t.Errorf("the library alone makes %d allocations for 6 levels and %d for 10: the bomb is none", small, large)
	}
	t.Logf("figure: %d specs past a cap refused, %d below the caps end, %d of them made; at most %d MiB and %.1f s of CPU (%s); the library alone takes %.0f times the allocations for 10 levels of one of them than for 6",
		len(past()), len(just()), made, worstMemory>>10, worstCPU.Seconds(), worst, float64(large)/float64(small))
}

// doubled counts the allocations that the OpenAPI library makes of an example
// that fits in two ways at each of n levels.
func doubled(t *testing.T, n int) uint64 {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(twoWays(n)))
	if err != nil {
		t.Fatal(err)
	}
	return uint64(testing.AllocsPerRun(1, func() {
		if err := doc.Validate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}))
}

// twoWays is a spec with an example of n levels, each of which fits in two ways.
func twoWays(n int) string {
	example := strings.Repeat("{d: ", n) + "{}" + strings.Repeat("}", n)
	return bombHead + strings.Replace(onePath, "{description: x}", "{description: x, content: {application/json: {schema: {$ref: '#/components/schemas/S'}, example: "+example+"}}}", 1) +
		"components:\n  schemas:\n    S: {type: object, properties: {d: {anyOf: [{$ref: '#/components/schemas/S'}, {$ref: '#/components/schemas/T'}]}}}\n    T: {type: object, properties: {d: {$ref: '#/components/schemas/S'}}}\n"
}
