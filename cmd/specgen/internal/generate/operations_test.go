package generate

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestOperationsSayWhatTheSpecSays(t *testing.T) {
	_, operations := files(t, spectest.Spec)
	for _, want := range []string{
		`const SpecSHA256 = "` + spec.Sum([]byte(spectest.Spec)) + `"`,
		"GetTokenRetrySafe  = false",
		"GetStatusRetrySafe = true",
		"GetTokenMethod      = \"POST\"\n\tGetTokenPath        = \"/token\"\n\tGetTokenContentType = \"application/json\"\n",
		"GetStatusMethod     = \"GET\"\n\tGetStatusPath       = \"/status\"\n)", // no body
		`{ID: "getToken", Method: GetTokenMethod, Path: GetTokenPath, Security: "", RetrySafe: GetTokenRetrySafe, Deprecated: false},
		{ID: "getStatus", Method: GetStatusMethod, Path: GetStatusPath, Security: "bearer", RetrySafe: GetStatusRetrySafe, Deprecated: true},`,
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
