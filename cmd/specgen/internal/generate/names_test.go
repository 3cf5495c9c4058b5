package generate

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/gate"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func withParameters(t *testing.T, text string) string {
	t.Helper()
	return spectest.Edit(t, "      operationId: getStatus\n", "      operationId: getStatus\n      parameters:\n"+text)
}

// withSchemas is the spec with components that its answer refers to.
func withSchemas(t *testing.T, components, members string) string {
	t.Helper()
	return spectest.Edit(t, "    Error:\n", components+"    Error:\n", "        short_lived:\n", members+"        short_lived:\n")
}

// What a provider calls something is no reason to do without it: no name of a spec
// meets another one, one of the generator's, or one of ours.
func TestNoNameOfASpecMeetsAnother(t *testing.T) {
	specs := map[string]string{
		"two members": withMember(t, "        short-lived: {type: boolean}\n"),
		"members called as methods": withMember(t, "        check: {type: string}\n        decode: {type: string}\n        encodeJSON: {type: string}\n"+
			"        obtainedAt: {type: string}\n"),
		"two parameters":     withParameters(t, "        - {in: query, name: a-b, schema: {type: string}}\n        - {in: query, name: a_b, schema: {type: string}}\n"),
		"a path with quotes": spectest.Edit(t, "  /status:\n", "  /sta\"tus:\n"),
		"two schemas":        withSchemas(t, "    token-response: {type: object, properties: {a: {type: string}}}\n", "        other: {$ref: '#/components/schemas/token-response'}\n"),
		"two operations":     spectest.Edit(t, "operationId: getStatus", "operationId: gettoken"),
		"constants of two enums": withSchemas(t, "    A: {type: string, enum: [BC]}\n    AB: {type: string, enum: [C]}\n",
			"        a: {$ref: '#/components/schemas/A'}\n        b: {$ref: '#/components/schemas/AB'}\n"),
		"a constant and a function":          withSchemas(t, "    New: {type: string, enum: [Client]}\n", "        a: {$ref: '#/components/schemas/New'}\n"),
		"a constant and a decoder":           withSchemas(t, "    Decode: {type: string, enum: [Error]}\n", "        a: {$ref: '#/components/schemas/Decode'}\n"),
		"a constant and a server":            withSchemas(t, "    ServerURL: {type: string, enum: [Production]}\n", "        a: {$ref: '#/components/schemas/ServerURL'}\n"),
		"a credential and an operation":      strings.ReplaceAll(withOwnBearer(t), "getStatus", "bearer"),
		"a credential and the client's HTTP": strings.NewReplacer("    bearer:\n", "    HTTP:\n", "- bearer: []", "- HTTP: []").Replace(withOwnBearer(t)),
		"two credentials": strings.NewReplacer("    bearer:\n", "    bearerBefore: {type: apiKey, in: header, name: X, x-credential: client}\n    bearer:\n",
			"- bearer: []\n", "- bearer: []\n          bearerBefore: []\n").Replace(withOwnBearer(t)),
	}
	for _, name := range []string{"Client", "NewClient", "Operation", "KnownCode", "ServerURLProduction", "NewServerURLProduction", "DecodeError", "Error2", "string", "func", "provider", "nil"} {
		specs["a schema called "+name] = strings.ReplaceAll(spectest.Spec, "TokenRequest", name)
	}
	for _, name := range []string{"HTTP", "client", "newClient", "operations"} {
		specs["an operation called "+name] = spectest.Edit(t, "operationId: getStatus", "operationId: "+name)
	}
	for _, name := range []string{"ctx", "c", "op", "request", "params", "err", "resp", "runtime", "日本", `a"b`, "a`b", "a,b"} {
		specs["a parameter called "+name] = withParameters(t, "        - {in: query, name: '"+name+"', schema: {type: string}}\n")
	}
	for _, name := range []string{"ctx", "c", "op", "request", "err", "resp", "provider", "func"} {
		specs["a credential called "+name] = strings.ReplaceAll(spectest.Spec, "bearer", name)
	}
	for name, text := range specs {
		t.Run(name, func(t *testing.T) {
			out, err := made(t, text)
			if err != nil {
				t.Fatal(err)
			}
			if fault := gate.Check(out); fault != nil {
				t.Error(fault)
			}
		})
	}
	// The inverse: a name that is there twice is seen.
	out, err := made(t, spectest.Spec)
	if err != nil {
		t.Fatal(err)
	}
	out["gen/acmeapi/more.gen.go"] = []byte("package acmeapi\n\ntype TokenRequest int\n")
	if gate.Check(out) == nil {
		t.Error("a type that is declared twice goes unseen")
	}
}

// withOwnBearer has a credential that the client is configured with.
func withOwnBearer(t *testing.T) string {
	t.Helper()
	return spectest.Edit(t, "      type: http\n      scheme: bearer\n", "      type: http\n      scheme: bearer\n      x-credential: client\n")
}

func TestNamesThatMeetGetAWordOrANumber(t *testing.T) {
	src := modelsOf(t, withMember(t, "        '@type': {type: string}\n        type: {type: string}\n        '$type': {type: string}\n"))
	for _, want := range []string{"\tType string `json:\"$type,", "\tTypeMember string `json:\"@type,", "\tTypeMember2 string `json:\"type,"} {
		if !strings.Contains(src, want) {
			t.Errorf("no %s in\n%s", want, src)
		}
	}
	if src := modelsOf(t, withMember(t, "        '@type': {type: string}\n        type: {type: string, x-go-name: Sort}\n")); !strings.Contains(src, "\tSort string `json:\"type,") {
		t.Errorf("x-go-name is passed over:\n%s", src)
	}
}
