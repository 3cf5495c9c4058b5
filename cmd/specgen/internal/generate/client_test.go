package generate

import (
	"errors"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestTheLayerThatReadsWithoutBoundIsLeftOut(t *testing.T) {
	client, _ := files(t, spectest.Spec)
	for _, name := range []string{"ClientWithResponses", "HTTPResponse", "io.ReadAll"} {
		if strings.Contains(client, name) {
			t.Errorf("the client holds %s", name)
		}
	}
	if !strings.Contains(client, "func (c *Client) GetToken(ctx context.Context, body GetTokenJSONRequestBody") {
		t.Error("the plain client lacks GetToken")
	}
}

func TestASchemaMayBeCalledLikeAResponse(t *testing.T) {
	// With the generator's own settings this name is taken by a wrapper.
	client, _ := files(t, strings.ReplaceAll(spectest.Spec, "TokenResponse", "GetTokenResponse"))
	if n := strings.Count(client, "type GetTokenResponse "); n != 1 {
		t.Errorf("declared %d times", n)
	}
}

func TestOptionalTextIsPlainAndTheRestIsAPointer(t *testing.T) {
	text := spectest.Edit(t, "        short_lived:\n", "        list:\n          type: array\n          items:\n            type: string\n"+
		"        at:\n          type: string\n          format: date-time\n        maybe:\n          type: string\n          nullable: true\n        kind:\n          type: string\n          enum: [A]\n        empty:\n          type: string\n          enum: ['', A]\n        short_lived:\n",
		"      operationId: getStatus\n", "      operationId: getStatus\n      parameters:\n        - name: hint\n          in: query\n          schema:\n            type: string\n")
	client, _ := files(t, text)
	flat := regexp.MustCompile(` +`).ReplaceAllString(client, " ")
	for _, want := range []string{
		"AccessToken string `json:\"access_token,omitempty\"`",
		"Code string `json:\"code\"`",
		"ExpiresIn *int `json:\"expires_in,omitempty\"`",
		"ShortLived *bool `json:\"short_lived,omitempty\"`",
		"List []string `json:\"list,omitempty\"`",
		"At *time.Time `json:\"at,omitempty\"`",
		"Maybe *string `json:\"maybe,omitempty\"`",
		"Kind TokenResponseKind `json:\"kind,omitempty\"`",
		"Empty *TokenResponseEmpty `json:\"empty,omitempty\"`",
		"Hint *string `form:\"hint,omitempty\"", // a parameter without pointer would be sent when unset
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("the client lacks %s", want)
		}
	}
}

func TestImportsAreThoseThatAreUsed(t *testing.T) {
	client, operations := files(t, spectest.Spec)
	for name, src := range map[string]string{ClientFile: client, OperationsFile: operations} {
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range file.Imports {
			if short := importName(imp); !strings.Contains(src, short+".") {
				t.Errorf("%s imports %s and does not use it", name, imp.Path.Value)
			}
		}
	}
	if strings.Contains(client, "oapi-codegen/runtime\"") {
		t.Error("this spec needs the standard library alone")
	}
}

func TestWhatTheGeneratorRefusesHasAPlace(t *testing.T) {
	// A quote in a name cannot be put into Go source.
	text := spectest.Edit(t, "  /status:\n", "  /sta\"tus:\n")
	_, err := made(t, text)
	var broken *Error
	if !errors.As(err, &broken) {
		t.Fatalf("got %v", err)
	}
	f := broken.Finding
	if f.Rule != "GEN-BROKEN" || f.File != spectest.Name || !strings.Contains(f.Message, "tus") {
		t.Errorf("got %v", f)
	}
}

func TestAnExcludedSchemaBecomesNoType(t *testing.T) {
	doc, findings, err := spec.Parse(spectest.Name, []byte(spectest.Spec))
	if doc == nil {
		t.Fatal(findings, err)
	}
	c, _ := config.Parse([]byte(spectest.Config + "    options:\n      exclude-schemas: [Absent]\n"))
	if _, err := Package(doc, c.Clients[0], ""); err == nil || !strings.Contains(err.Error(), `"Absent"`) {
		t.Errorf("a name that the spec does not have: %v", err)
	}
	c.Clients[0].Options.ExcludeSchemas = []string{"Error"}
	if doc, _, err = spec.Parse(spectest.Name, []byte(spectest.Spec)); err != nil {
		t.Fatal(err)
	}
	out, err := Package(doc, c.Clients[0], "")
	if err != nil || strings.Contains(string(out["gen/acmeapi/"+ClientFile]), "type Error struct") {
		t.Errorf("got %v", err)
	}
}

func TestTheValueOfAnEnumIsNeverTakenForTheClient(t *testing.T) {
	client, _ := files(t, spectest.Edit(t, "        message:\n          type: string\n", "        message:\n          type: string\n          enum: [client]\n"))
	if !strings.Contains(client, "ErrorMessageClient ErrorMessage = \"client\"") || strings.Count(client, "Client struct") != 1 {
		t.Error("the value is not under the name of its type")
	}
}
