package generate

import (
	"regexp"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// modelsOf are the types of a text, with one space between words.
func modelsOf(t *testing.T, text string) string {
	t.Helper()
	return regexp.MustCompile(` +`).ReplaceAllString(files(t, text)[ModelsFile], " ")
}

func withMember(t *testing.T, text string) string {
	t.Helper()
	return spectest.Edit(t, "        short_lived:\n", text+"        short_lived:\n")
}

func TestASchemaMayBeCalledLikeAnAnswer(t *testing.T) {
	if n := strings.Count(modelsOf(t, strings.ReplaceAll(spectest.Spec, "TokenResponse", "GetTokenResponse")), "type GetTokenResponse "); n != 1 {
		t.Errorf("declared %d times", n)
	}
}

func TestOptionalTextIsPlainAndTheRestIsAPointer(t *testing.T) {
	src := modelsOf(t, withMember(t, `        list: {type: array, items: {type: string}}
        at: {type: string, format: date-time}
        maybe: {type: string, nullable: true}
        kind: {type: string, enum: [A]}
`))
	for _, want := range []string{
		"AccessToken grantway.Secret `json:\"access_token,omitempty\"`",
		"Code grantway.Secret `json:\"code\"`",
		"ExpiresIn *int64 `json:\"expires_in,omitempty\"`",
		"ShortLived *bool `json:\"short_lived,omitempty\"`",
		"List []string `json:\"list,omitempty\"`",
		"At time.Time `json:\"at,omitempty\"`",
		"Maybe *string `json:\"maybe,omitempty\"`",
		"Kind TokenResponseKind `json:\"kind,omitempty\"`",
		"ObtainedAt time.Time `json:\"-\"`",
	} {
		if !strings.Contains(src, want) {
			t.Errorf("the types lack %s in\n%s", want, src)
		}
	}
}

func TestTheValueOfAnEnumIsNeverTakenForTheClient(t *testing.T) {
	src := modelsOf(t, spectest.Edit(t, "        message:\n          type: string\n", "        message:\n          type: string\n          enum: [client]\n"))
	if !strings.Contains(src, "ErrorMessageClient ErrorMessage = \"client\"") {
		t.Error("the value is not under the name of its type")
	}
}

// What a provider calls a member is no reason to do without it.
func TestAMemberOfAnyNameIsSentAndRead(t *testing.T) {
	for name, c := range map[string]struct{ member, field, tag string }{
		"letters without capitals":     {"日本", "X", "日本,omitempty"},
		"a letter without one":         {"ß", "Xß", "ß,omitempty"},
		"no letters":                   {"★", "X", "-"},
		"a space":                      {"' '", "X", " ,omitempty"},
		"a comma":                      {"'a,b'", "AB", "-"},
		"a backslash":                  {`'a\b'`, "AB", "-"},
		"a quote":                      {`'a"b'`, "AB", "-"},
		"a grave accent":               {"'a`b'", "AB", "-"},
		"a line break":                 {`"a\nb"`, "AB", "-"},
		"no name":                      {"''", "X", "-"},
		"a sign of JSON's tags":        {"'@type'", "Type", "@type,omitempty"},
		"the name for none":            {"'-'", "X", "-,omitempty"},
		"a sign, and a name beside it": {"★: {type: boolean}\n        '☆'", "XMember", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			out := files(t, withMember(t, "        "+c.member+": {type: boolean}\n"))
			src := regexp.MustCompile(` +`).ReplaceAllString(out[ModelsFile], " ")
			if want := "\t" + c.field + " *bool `json:\"" + regexp.MustCompile(` +`).ReplaceAllString(c.tag, " ") + "\"`"; !strings.Contains(src, want) {
				t.Errorf("no %s in\n%s", want, src)
			}
			if !strings.Contains(out[DecodeFile], "v."+c.field+" = ") {
				t.Errorf("it is not read:\n%s", out[DecodeFile])
			}
		})
	}
}
