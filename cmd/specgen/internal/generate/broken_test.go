package generate

import (
	"errors"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

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
		{"by the component that it was at", `error converting Schema TokenResponse to Go type: property "code": bad`, "", 77},
		{"by nothing", "bad", "", 1},
	} {
		var broken *Error
		if err := Broken(doc, c, tc.message, tc.goName); !errors.As(err, &broken) || broken.Finding.Line != tc.line {
			t.Errorf("%s: got %v, want line %d", tc.name, err, tc.line)
		}
	}
}
