package emit

import (
	"fmt"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// kinds are what x-codes may say of a code. status leaves the kind to the status
// that it came with.
var kinds = map[string]string{
	"rejected": "grantway.KindRejected", "bad-client": "grantway.KindBadClient", "throttled": "grantway.KindThrottled",
	"unavailable": "grantway.KindUnavailable", "ambiguous": "grantway.KindAmbiguous",
}

// Operations is the file of what the spec says of the whole: the list of the
// operations, the codes of errors, the scopes.
func Operations(name, title, spec, sum string, p *shape.Package) string {
	w := &writer{}
	w.line("// Package %s is what specgen makes of %s (%s): a method for each\n// operation, with the types of what is sent and of the answer.\n//", name, printable(spec), printable(title))
	w.line("// Each call is one request under the policy of package provider. What is undocumented\n// is judged by the package that wraps this one.\npackage %s", name)
	w.line(imports)
	w.line("\n// SpecSHA256 is the hash of the spec that this package was made of.\nconst SpecSHA256 = %q", sum)
	w.line("\n// Operation says what the spec says of one operation.\ntype Operation struct {\nID, Method, Path string\nSecurity string // the name of the security scheme, empty for none\nRetrySafe, Deprecated bool\n}")
	w.line("\n// Operations lists the operations in the order of the spec.\nfunc Operations() []Operation {\nreturn []Operation{")
	for _, op := range p.Operations {
		w.line("{ID: %q, Method: %q, Path: %q, Security: %q, RetrySafe: %t, Deprecated: %t},",
			op.ID, op.Method, op.Path, op.Security, op.Safe, op.Deprecated != "")
	}
	w.line("}\n}")
	if len(p.Scopes) > 0 {
		w.line("\n// Scopes that the spec lists. The set is open: a provider may know others.\nconst (")
		for _, s := range p.Scopes {
			if doc := strings.TrimSpace(s.Doc); doc != "" {
				w.comment(s.Name + ": " + doc)
			}
			w.line("%s = %q", s.Name, s.Value)
		}
		w.line(")")
	}
	if len(p.Codes) > 0 {
		knownCode(w, p.Codes)
	}
	return w.b.String()
}

// knownCode writes the table of error codes, as a switch: a package variable
// would be set up on import.
func knownCode(w *writer, codes []shape.Code) {
	w.line("\n// KnownCode says whether the spec lists an error code, which an error may then show,\n// and what it means; grantway.KindNotJudged leaves that to the status.")
	w.line("func KnownCode(code string) (kind grantway.Kind, known bool) {\nswitch code {")
	by := map[string][]string{}
	for _, c := range codes {
		by[c.Kind] = append(by[c.Kind], fmt.Sprintf("%q", c.Code))
	}
	for _, kind := range []string{"rejected", "bad-client", "throttled", "unavailable", "ambiguous", "status"} {
		if list := by[kind]; len(list) > 0 {
			result := kinds[kind]
			if result == "" {
				result = "grantway.KindNotJudged"
			}
			w.line("case %s:\nreturn %s, true", strings.Join(list, ",\n"), result)
		}
	}
	w.line("}\nreturn grantway.KindNotJudged, false\n}")
}
