package starter

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"strings"
)

// packageName is what the folders, the generated package (NAMEapi) and the fake
// (NAMEtest) can all be named after.
var packageName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// longestName keeps a name within what a file system and a reader take.
const longestName = 40

// CheckName refuses what cannot be the name of a package of its own.
func CheckName(name string) error {
	switch {
	case !packageName.MatchString(name) || len(name) > longestName:
		return fmt.Errorf("%q is not a name for a Go package here: use up to %d small letters and digits, a letter first, such as acme", name, longestName)
	case token.IsKeyword(name):
		return fmt.Errorf("%q is a keyword of Go: take another name", name)
	case types.Universe.Lookup(name) != nil:
		return fmt.Errorf("%q is predeclared in Go: take another name", name)
	case name == "main" || name == "init" || name == "internal" || name == "vendor" || name == "testdata":
		return fmt.Errorf("%q means something to the go command: take another name", name)
	case strings.HasSuffix(name, "test"):
		return fmt.Errorf("%q ends like the name of a fake: take another name", name)
	}
	return nil
}

// taken refuses a name that a file made for it uses otherwise, or that a file
// beside it declares: "token" is a good name for a package, and a bad one here.
func taken(name, own string, file []byte, beside ...[]byte) error {
	f, err := parse(file)
	if err != nil {
		return err
	}
	bad := fmt.Errorf("%q is a name that the code of a wrapper uses itself: take another", name)
	mine := topLevel(f)
	for _, i := range f.Imports {
		p := strings.Trim(i.Path.Value, `"`)
		if path.Base(p) == name && p != own {
			return bad
		}
		mine[path.Base(p)] = true
	}
	qualifier := map[*ast.Ident]bool{f.Name: true}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				qualifier[x] = true
			}
		}
		if id, ok := n.(*ast.Ident); ok && id.Name == name && !qualifier[id] {
			err = bad
		}
		return true
	})
	for _, other := range beside {
		if o, broken := parse(other); broken == nil && o.Name.Name == f.Name.Name {
			for declared := range topLevel(o) {
				if mine[declared] {
					err = fmt.Errorf("%q would give a second meaning to %s of package %s: take another name", name, declared, f.Name.Name)
				}
			}
		}
	}
	return err
}

func parse(file []byte) (*ast.File, error) {
	return parser.ParseFile(token.NewFileSet(), "", file, parser.SkipObjectResolution)
}

// topLevel are the names that a file declares for its package.
func topLevel(f *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names[s.Name.Name] = true
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names[n.Name] = true
					}
				}
			}
		}
	}
	delete(names, "_")
	return names
}
