package generate

import (
	"errors"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// made makes the package of a text.
func made(t *testing.T, text string) (map[string][]byte, error) {
	t.Helper()
	c, findings := config.Parse([]byte(spectest.Config))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	doc, findings, err := spec.Parse(spectest.Name, []byte(text))
	if doc == nil {
		t.Fatal(findings, err)
	}
	return Package(doc, c.Clients[0])
}

func files(t *testing.T, text string) (client, operations string) {
	t.Helper()
	out, err := made(t, text)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != 2 {
		t.Fatalf("got %d files", len(out))
	}
	return string(out["gen/acmeapi/"+ClientFile]), string(out["gen/acmeapi/"+OperationsFile])
}

func TestEachFileSaysWhatItIsAndFromWhat(t *testing.T) {
	client, operations := files(t, spectest.Spec)
	// The form that cmd/go, gopls and linters look for.
	mark := regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
	for _, src := range []string{client, operations} {
		head, _, _ := strings.Cut(src, "package acmeapi")
		if !mark.MatchString(head) {
			t.Errorf("no mark in %q", head)
		}
		for _, want := range []string{spectest.Name, spec.Sum([]byte(spectest.Spec)), "oapi-codegen " + codegenVersion, "kin-openapi " + openapiVersion} {
			if !strings.Contains(head, want) {
				t.Errorf("the header lacks %q: %s", want, head)
			}
		}
	}
}

func TestTheVersionsInTheHeaderAreThoseInGoMod(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\tgithub.com/oapi-codegen/oapi-codegen/v2 " + codegenVersion + "\n",
		"\tgithub.com/getkin/kin-openapi " + openapiVersion + "\n",
	} {
		if !strings.Contains(string(mod), want) {
			t.Errorf("go.mod lacks %q", want)
		}
	}
	if strings.Contains(string(mod), "\nreplace ") {
		t.Error("a replace makes `go install` of this command fail")
	}
}

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
		"        at:\n          type: string\n          format: date-time\n        maybe:\n          type: string\n          nullable: true\n        short_lived:\n",
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
		"Hint *string `form:\"hint,omitempty\"", // a parameter without pointer would be sent when unset
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("the client lacks %s", want)
		}
	}
}

func TestOperationsSayWhatTheSpecSays(t *testing.T) {
	_, operations := files(t, spectest.Spec)
	for _, want := range []string{
		`const SpecSHA256 = "` + spec.Sum([]byte(spectest.Spec)) + `"`,
		"GetTokenRetrySafe  = false",
		"GetStatusRetrySafe = true",
		`{ID: "getToken", Method: "POST", Path: "/token", Security: "", RetrySafe: GetTokenRetrySafe, Deprecated: false},
		{ID: "getStatus", Method: "GET", Path: "/status", Security: "bearer", RetrySafe: GetStatusRetrySafe, Deprecated: true},`,
	} {
		if !strings.Contains(operations, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

func TestTheTitleCannotLeaveItsComment(t *testing.T) {
	_, operations := files(t, spectest.Edit(t, "title: Acme", `title: "Acme\nfunc init() {}\n"`))
	if strings.Contains(operations, "\nfunc init") {
		t.Error("text of the spec became code")
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

func TestBrokenBlamesTheNameInTheSpec(t *testing.T) {
	doc, findings, err := spec.Parse(spectest.Name, []byte(spectest.Spec))
	if doc == nil {
		t.Fatal(findings, err)
	}
	c := config.Client{Options: config.Options{NameNormalizer: "ToCamelCaseWithInitialisms"}}
	for _, tc := range []struct {
		name, message, goName string
		line                  int
	}{
		{"by the Go name", "redeclared", "TokenRequest", 68},
		{"by the longest that fits", "redeclared", "GetTokenRetrySafe", 11},
		{"by what the message quotes", `schema "TokenResponse" is bad`, "", 77},
		{"by nothing", "bad", "", 1},
	} {
		var broken *Error
		if err := Broken(doc, c, tc.message, tc.goName); !errors.As(err, &broken) || broken.Finding.Line != tc.line {
			t.Errorf("%s: got %v, want line %d", tc.name, err, tc.line)
		}
	}
}
