package generate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func encoders(t *testing.T, text string) string {
	t.Helper()
	return string(success(t, text)["gen/acmeapi/"+EncodeFile])
}

func TestBodiesOfPlainMembersHaveAnEncoder(t *testing.T) {
	src := encoders(t, spectest.Spec)
	for _, want := range []string{
		"func (r TokenRequest) EncodeJSON() []byte {",
		"\tb = appendName(b, `\"code\":`)\n\tb = appendText(b, r.Code)\n\tif r.TokenType != \"\" {",
	} {
		if !strings.Contains(src, want) {
			t.Errorf("lacks %s in\n%s", want, src)
		}
	}
	for _, not := range []string{"TokenResponse", "appendBool", "appendTexts", "EncodeForm"} {
		if strings.Contains(src, not) {
			t.Errorf("has %s, which nothing needs", not)
		}
	}
}

func TestAFormIsWrittenInTheOrderOfItsKeys(t *testing.T) {
	src := encoders(t, spectest.Edit(t,
		"          application/json:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'",
		"          application/x-www-form-urlencoded:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'",
		"        token_type:\n", "        alpha:\n          type: string\n        token_type:\n"))
	alpha, code, typ := strings.Index(src, `"alpha", r.Alpha`), strings.Index(src, `"code", r.Code`), strings.Index(src, `"token_type", r.TokenType`)
	if alpha < 0 || code < alpha || typ < code || strings.Contains(src, "EncodeJSON") {
		t.Errorf("got\n%s", src)
	}
}

func TestWhatIsNotPlainIsLeftToThePackages(t *testing.T) {
	for name, member := range map[string]string{
		"a number":           "          type: integer\n",
		"a moment":           "          type: string\n          format: date-time\n",
		"an object":          "          type: object\n          properties:\n            x:\n              type: string\n",
		"a nullable string":  "          type: string\n          nullable: true\n",
		"a closed list":      "          type: string\n          enum: [a, b]\n",
		"a list of integers": "          type: array\n          items:\n            type: integer\n",
	} {
		t.Run(name, func(t *testing.T) {
			if src := encoders(t, spectest.Edit(t, "        token_type:\n", "        more:\n"+member+"        token_type:\n")); src != "" {
				t.Errorf("got\n%s", src)
			}
		})
	}
}

func TestABodyOfVeryManyMembersIsLeftToThePackages(t *testing.T) {
	with := func(members int) string {
		var more strings.Builder
		for i := range members - 2 { // two are there
			fmt.Fprintf(&more, "        p%d:\n          type: string\n", i)
		}
		return encoders(t, spectest.Edit(t, "        token_type:\n", more.String()+"        token_type:\n"))
	}
	if src := with(maxPlain); !strings.Contains(src, "EncodeJSON") {
		t.Errorf("%d members: got\n%s", maxPlain, src)
	}
	if src := with(maxPlain + 1); src != "" {
		t.Errorf("%d members: got\n%s", maxPlain+1, src)
	}
}
