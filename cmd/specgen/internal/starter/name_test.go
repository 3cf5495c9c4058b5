package starter

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestNamesThatCannotBeAPackagesAreRefused(t *testing.T) {
	for name, why := range map[string]string{
		"":                      "not a name for a Go package",
		"Acme":                  "not a name for a Go package",
		"ac_me":                 "not a name for a Go package",
		"ac-me":                 "not a name for a Go package",
		"../acme":               "not a name for a Go package",
		"acme/x":                "not a name for a Go package",
		"1acme":                 "not a name for a Go package",
		"acmé":                  "not a name for a Go package",
		"acme\n":                "not a name for a Go package",
		strings.Repeat("a", 41): "not a name for a Go package",
		"func":                  "is a keyword",
		"string":                "is predeclared",
		"nil":                   "is predeclared",
		"any":                   "is predeclared",
		"main":                  "means something to the go command",
		"internal":              "means something to the go command",
		"vendor":                "means something to the go command",
		"acmetest":              "ends like the name of a fake",
	} {
		if err := CheckName(name); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", name, err, why)
		}
	}
	for _, name := range []string{"acme", "a", "x509", strings.Repeat("a", 40)} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestNamesThatTheCodeUsesItselfAreRefused(t *testing.T) {
	for _, name := range []string{"http", "context", "url", "authcode", "tokens", "token", "code", "provider", "err", "t", "fake", "grantway"} {
		c, _ := checkout(t, otherConfig)
		if err := whole(t, c, name); err == nil || !strings.Contains(err.Error(), "take another") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestANameThatAPackageOfTheProjectDeclaresIsRefused(t *testing.T) {
	for declared, ok := range map[string]bool{"func acme() {}": false, "var acmeCalls int": false, "type acmetest int": false, "func (x) acme() {}": true, "func acme2() {}": true} {
		c, root := checkout(t, otherConfig)
		for _, dir := range []string{"internal/scorecard", "conformance/internal/calls"} {
			pkg := dir[strings.LastIndex(dir, "/")+1:]
			root[dir+"/other.go"] = &fstest.MapFile{Data: []byte("package " + pkg + "\n\n" + declared + "\n")}
		}
		if err := whole(t, c, "acme"); (err == nil) != ok {
			t.Errorf("%s: %v", declared, err)
		}
	}
}
