package scorecard

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// sink is a place of a spec that takes text. In edit, pairs of old and new text
// of the correct spec, § stands for it.
type sink struct {
	name string
	edit []string
	text bool // free text, which has to be let through when it is harmless
}

const (
	atInfo     = "  version: 0.1.0\n"
	atServer   = "    description: Production\n"
	atPaths    = "paths:\n"
	atOp       = "      operationId: getStatus\n"
	atBody     = "      requestBody:\n        required: true\n"
	atAlive    = "          description: Alive.\n"
	atProperty = "        short_lived:\n          type: boolean\n"
	atError    = "    Error:\n      type: object\n"
	atBearer   = "    bearer:\n      type: http\n"
)

func parameter(in, rest string) []string {
	return []string{atOp, atOp + "      parameters:\n        - in: " + in + "\n" + rest}
}

func variable(rest string) []string {
	return []string{"url: https://api.example.com\n", "url: 'https://{part}.example.com'\n", atServer,
		atServer + "    variables:\n      part:\n" + rest}
}

func schema(text string) []string {
	return []string{atProperty, atProperty + "        extra:\n          $ref: '#/components/schemas/Extra'\n", atError, "    Extra:\n" + text + atError}
}

func union(rest string) []string {
	return schema("      oneOf:\n        - $ref: '#/components/schemas/Error'\n        - $ref: '#/components/schemas/TokenRequest'\n      discriminator:\n" + rest)
}

// sinks are all places that the generator may copy text from, and those that it
// is told by how to write Go.
var sinks = []sink{
	{"title of the API", []string{"title: Acme\n", "title: §\n"}, true},
	{"description of the API", []string{atInfo, atInfo + "  description: §\n"}, true},
	{"version of the API", []string{"version: 0.1.0\n", "version: §\n"}, true},
	{"contact", []string{atInfo, atInfo + "  contact:\n    name: §\n"}, true},
	{"licence", []string{atInfo, atInfo + "  license:\n    name: §\n"}, true},
	{"URL of a server", []string{"url: https://api.example.com\n", "url: §\n"}, false},
	{"description of a server", []string{atServer, "    description: §\n"}, true},
	{"name of a server variable", []string{"url: https://api.example.com\n", "url: https://api.example.com\n    variables:\n      §:\n        default: a\n"}, false},
	{"default of a server variable", variable("        default: §\n"), false},
	{"value of a server variable", variable("        default: a\n        enum: [a, §]\n"), false},
	{"description of a server variable", variable("        default: a\n        description: §\n"), true},
	{"name of a tag", []string{atPaths, "tags:\n  - name: §\n" + atPaths}, true},
	{"description of a tag", []string{atPaths, "tags:\n  - name: a\n    description: §\n" + atPaths}, true},
	{"external documentation", []string{atPaths, "externalDocs:\n  url: https://example.com\n  description: §\n" + atPaths}, true},
	{"path", []string{"  /status:\n", "  §:\n"}, false},
	{"description of a path", []string{"  /status:\n", "  /status:\n    description: §\n"}, true},
	{"operationId", []string{atOp, "      operationId: §\n"}, false},
	{"summary of an operation", []string{atOp, atOp + "      summary: §\n"}, true},
	{"description of an operation", []string{atOp, atOp + "      description: §\n"}, true},
	{"tag of an operation", []string{atOp, atOp + "      tags: [§]\n"}, true},
	{"reason for a deprecation", []string{"      x-deprecated-reason: use getToken\n", "      x-deprecated-reason: §\n"}, true},
	{"x-source", []string{"[SOURCES.md#acme-getstatus]", "[§]"}, false},
	{"x-retry", []string{"x-retry: safe", "x-retry: §"}, false},
	{"name of a query parameter", parameter("query", "          name: §\n          schema: {type: string}\n"), false},
	{"name of a header parameter", parameter("header", "          name: §\n          schema: {type: string}\n"), false},
	{"name of a cookie", parameter("cookie", "          name: §\n          schema: {type: string}\n"), false},
	{"description of a parameter", parameter("query", "          name: a\n          description: §\n          schema: {type: string}\n"), true},
	{"value of a parameter", parameter("query", "          name: a\n          schema: {type: string, enum: [§]}\n"), false},
	{"default of a parameter", parameter("query", "          name: a\n          schema: {type: string, default: §}\n"), true},
	{"example of a parameter", parameter("query", "          name: a\n          schema: {type: string}\n          example: §\n"), true},
	{"style of a parameter", parameter("query", "          name: a\n          style: §\n          schema: {type: string}\n"), false},
	{"media type of a parameter", parameter("query", "          name: a\n          content:\n            §: {schema: {type: string}}\n"), false},
	{"description of a body", []string{atBody, atBody + "        description: §\n"}, true},
	{"media type of a body", []string{"          application/json:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n", "          §:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n"}, false},
	{"description of a response", []string{atAlive, "          description: §\n"}, true},
	{"media type of a response", []string{atAlive, atAlive + "          content:\n            §: {schema: {type: string}, example: a}\n"}, false},
	{"name of a response header", []string{atAlive, atAlive + "          headers:\n            §: {schema: {type: string}}\n"}, false},
	{"description of a response header", []string{atAlive, atAlive + "          headers:\n            A: {description: §, schema: {type: string}}\n"}, true},
	{"status", []string{"        '204':\n", "        §:\n"}, false},
	{"name of a schema", []string{atProperty, atProperty + "        extra:\n          allOf: [{$ref: '#/components/schemas/Extra'}]\n", atError, "    Extra: {allOf: [{type: string}]}\n    §: {type: string}\n" + atError}, false},
	{"title of a schema", schema("      type: object\n      title: §\n"), true},
	{"description of a schema", schema("      type: object\n      description: §\n"), true},
	{"description of an alias", schema("      type: string\n      description: §\n"), true},
	{"description of an enum", schema("      type: string\n      description: §\n      enum: [a]\n"), true},
	{"description of a union", schema("      oneOf: [{type: string}, {type: integer}]\n      description: §\n"), true},
	{"description of further properties", schema("      type: object\n      additionalProperties: {type: string, description: §}\n"), true},
	{"name of a property", []string{atProperty, atProperty + "        §: {type: string}\n"}, false},
	{"title of a property", []string{atProperty, atProperty + "          title: §\n"}, true},
	{"description of a property", []string{atProperty, atProperty + "          description: §\n"}, true},
	{"required name", []string{"required: [code]\n      properties:\n        code:\n          type: string\n          format", "required: [code, §]\n      properties:\n        code:\n          type: string\n          format"}, false},
	{"value of an enum", schema("      type: string\n      enum: [§]\n"), false},
	{"value of an enum of numbers", schema("      type: integer\n      enum: [1, §]\n"), false},
	{"default of a property", schema("      type: string\n      default: §\n"), true},
	{"example of a property", schema("      type: string\n      example: §\n"), true},
	{"pattern", schema("      type: string\n      pattern: §\n"), false},
	{"format", schema("      type: string\n      format: §\n"), true},
	{"type", schema("      type: §\n"), false},
	{"name of a discriminator", union("        propertyName: §\n"), false},
	{"value of a discriminator", union("        propertyName: code\n        mapping: {§: '#/components/schemas/Error'}\n"), false},
	{"target of a discriminator", union("        propertyName: code\n        mapping: {a: §}\n"), false},
	{"reference", schema("      allOf: [{$ref: §}]\n"), false},
	{"name of an example", []string{"            refused:\n", "            §:\n"}, true},
	{"name of a security scheme", []string{atBearer, "    §: {type: http, scheme: basic}\n" + atBearer}, false},
	{"description of a security scheme", []string{atBearer, atBearer + "      description: §\n"}, true},
	{"format of a bearer token", []string{atBearer, atBearer + "      bearerFormat: §\n"}, true},
	{"x-go-name", []string{atProperty, atProperty + "          x-go-name: §\n"}, false},
	{"x-go-type", []string{atProperty, atProperty + "          x-go-type: §\n"}, false},
	{"x-go-type-name", schema("      type: object\n      x-go-type-name: §\n"), false},
	{"x-go-type-import", []string{atProperty, atProperty + "          x-go-type: a.B\n          x-go-type-import: {name: a, path: §}\n"}, false},
	{"tags of a field", []string{atProperty, atProperty + "          x-oapi-codegen-extra-tags: {a: §}\n"}, false},
	{"names of enum values", schema("      type: string\n      enum: [a]\n      x-enum-varnames: [§]\n"), false},
}

// filled puts text into a sink.
func filled(t testing.TB, text string, s sink) string {
	t.Helper()
	var pairs []string
	for i := 0; i < len(s.edit); i += 2 {
		pairs = append(pairs, s.edit[i], strings.ReplaceAll(s.edit[i+1], "§", quoted(text)))
	}
	return spectest.Edit(t, pairs...)
}
