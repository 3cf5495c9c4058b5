package generate

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestOperationsSayWhatTheSpecSays(t *testing.T) {
	operations := files(t, spectest.Spec)[OperationsFile]
	for _, want := range []string{
		`const SpecSHA256 = "` + spec.Sum([]byte(spectest.Spec)) + `"`,
		`{ID: "getToken", Method: "POST", Path: "/token", Security: "", RetrySafe: false, Deprecated: false},
		{ID: "getStatus", Method: "GET", Path: "/status", Security: "bearer", RetrySafe: true, Deprecated: true},`,
	} {
		if !strings.Contains(operations, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

func TestTheTitleCannotLeaveItsComment(t *testing.T) {
	for name, src := range files(t, spectest.Edit(t, "title: Acme", `title: "Acme\nfunc init() {}\n"`)) {
		if strings.Contains(src, "\nfunc init") {
			t.Errorf("%s: text of the spec became code", name)
		}
	}
}
