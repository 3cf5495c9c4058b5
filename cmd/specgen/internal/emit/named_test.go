package emit_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/cmd/specgen/internal/emit"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// An end that cannot be read is unknown: it is not the "never" that stands there
// for a member that is missing.
func TestAnEndThatCannotBeReadIsNotNever(t *testing.T) {
	for _, c := range []struct{ name, properties, want, lacks string }{
		{"a timestamp or never is assigned whatever is read", "ends: {type: string, x-expiry: timestamp-or-never}",
			`v.Ends = grantway.NeverExpires() for d.Next() { switch string(d.Name()) { case "ends": v.Ends, _ = d.TimestampOrNever()`, "ok := d.TimestampOrNever()"},
		{"a timestamp has nothing there that could stay", "ends: {type: string, x-expiry: timestamp}",
			"if x0, ok := d.Timestamp(); ok { v.Ends = x0 }", "NeverExpires"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := flat(t, answering("", c.properties))
			if !strings.Contains(got, c.want) || strings.Contains(got, c.lacks) {
				t.Errorf("want %q, without %q: %s", c.want, c.lacks, got)
			}
		})
	}
}

func TestXGoNameNamesWhatItStandsAt(t *testing.T) {
	for _, c := range []struct{ name, beside, properties, want, lacks string }{
		{"a member", "", "use_jwt: {type: boolean, default: false, x-go-name: UseJWT}", "v.UseJWT = x0", "UseJwt"},
		{"a schema", "x-go-name: Reply, ", "a: {type: string}", "func (v *Reply) decode", "Answer"},
		{"a schema, and no member that refers to it", "x-go-name: Reply, ", "next: {$ref: '#/components/schemas/Answer'}", "v.Next = &x0", "v.Reply"},
		{"nothing else", "", "use_jwt: {type: boolean, default: false}", "v.UseJwt = x0", "UseJWT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := flat(t, answering(c.beside, c.properties))
			if !strings.Contains(got, c.want) || strings.Contains(got, c.lacks) {
				t.Errorf("want %q, without %q: %s", c.want, c.lacks, got)
			}
		})
	}
}

// An error names a credential as its caller knows it: a field of the Client, or an
// argument.
func TestABadCredentialIsNamedAsTheCallerKnowsIt(t *testing.T) {
	const spec = `openapi: 3.0.3
info: {title: Acme, version: 0.1.0}
paths:
  /end:
    post:
      operationId: endToken
      security: [{own: []}]
      responses: {'204': {description: Ended.}}
components:
  securitySchemes:
    own: {type: apiKey, in: header, name: Authorization, x-auth-format: 'Client {secret}', x-credential: §}
`
	for of, want := range map[string]string{"client": `c.HTTP.Invalid(&op, "Own", reason)`, "token": `c.HTTP.Invalid(&op, "own", reason)`} {
		doc, err := openapi3.NewLoader().LoadFromData([]byte(strings.ReplaceAll(spec, "§", of)))
		if err != nil {
			t.Fatal(err)
		}
		p, err := shape.Of(doc, []shape.Call{{ID: "endToken", Method: "POST", Path: "/end"}}, shape.Normalizer(""))
		if err != nil {
			t.Fatal(err)
		}
		if got := emit.Calls("acmeapi", "Acme", p); !strings.Contains(got, want) {
			t.Errorf("%s: want %s: %s", of, want, got)
		}
	}
}
