// Package supply_test holds what reaches users and what makes the code that
// reaches them: the go.mod files, the generator's versions, the generated code.
package supply_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
)

// modFile is a go.mod as the go command reads it.
type modFile struct {
	Module    struct{ Path string }
	Go        string
	Toolchain string
	Require   []requirement
	Exclude   []any
	Replace   []any
	Tool      []struct{ Path string }
}

type requirement struct {
	Path     string
	Version  string
	Indirect bool
}

func parse(t *testing.T, text string) modFile {
	t.Helper()
	// Under another name: of a go.mod, go would heed the toolchain line.
	dir := gocmd.Write(t, map[string]string{"text.mod": text})
	var m modFile
	if err := json.Unmarshal([]byte(gocmd.Run(t, dir, "mod", "edit", "-json", "text.mod")), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// direct returns the requirements that no comment calls indirect.
func (m modFile) direct() []string {
	var out []string
	for _, r := range m.Require {
		if !r.Indirect {
			out = append(out, r.Path)
		}
	}
	return out
}

// atLeast reports whether version is not below want, both "v1.2.3". A version
// with anything after that, such as "-rc.1", is below the one without.
func atLeast(version, want string) bool {
	v, suffix, _ := strings.Cut(strings.TrimPrefix(version, "v"), "-")
	have, need := strings.Split(v, "."), strings.Split(strings.TrimPrefix(want, "v"), ".")
	if len(have) != 3 || len(need) != 3 {
		return false
	}
	for i := range need {
		h, err1 := strconv.Atoi(have[i])
		n, err2 := strconv.Atoi(need[i])
		if err1 != nil || err2 != nil {
			return false
		}
		if h != n {
			return h > n
		}
	}
	return suffix == ""
}

func TestAtLeast(t *testing.T) {
	for _, c := range []struct {
		version, want string
		is            bool
	}{
		{"v2.8.2", "v2.8.2", true},
		{"v2.10.0", "v2.8.2", true},
		{"v3.0.0", "v2.8.2", true},
		{"v2.8.1", "v2.8.2", false},
		{"v2.8.2-rc.1", "v2.8.2", false},
		{"v2.8.3-0.20260101000000-abcdefabcdef", "v2.8.2", true},
		{"v0.99.0", "v0.144.0", false},
		{"", "v0.144.0", false},
	} {
		if got := atLeast(c.version, c.want); got != c.is {
			t.Errorf("atLeast(%q, %q) = %v", c.version, c.want, got)
		}
	}
}
