package generate

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Tidy drops the imports that a file does not use and formats it. goimports
// would do the same after a look at the module cache, which costs more than the
// whole generation and makes the output depend on the machine.
func Tidy(name, code string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, code, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	used := usedNames(file)
	var decl *ast.GenDecl
	var keep []string
	for _, d := range file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.IMPORT {
			continue
		}
		if decl != nil {
			return nil, fmt.Errorf("%s: more than one import block", name)
		}
		decl = gen
		for _, spec := range gen.Specs {
			imp := spec.(*ast.ImportSpec) //nolint:errcheck // an import declaration holds nothing else
			if used[importName(imp)] {
				keep = append(keep, importText(imp))
			}
		}
	}
	out := code
	if decl != nil {
		begin, end := fset.Position(decl.Pos()).Offset, fset.Position(decl.End()).Offset
		out = code[:begin] + importDecl(keep) + code[end:]
	}
	formatted, err := format.Source([]byte(out))
	if err != nil {
		return nil, err
	}
	return bytes.TrimLeft(withoutBlankComments(formatted), "\n"), nil
}

// withoutBlankComments leaves one of the empty comment lines that the generator
// writes in a row where a description ended in a newline.
func withoutBlankComments(src []byte) []byte {
	out := make([]byte, 0, len(src))
	before := false
	for line := range bytes.Lines(src) {
		blank := string(bytes.Trim(line, " \t")) == "//\n"
		if !blank || !before {
			out = append(out, line...)
		}
		before = blank
	}
	return out
}

// usedNames are the names that stand before a dot and are not declared in the
// file itself.
func usedNames(file *ast.File) map[string]bool {
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Obj == nil {
				used[id.Name] = true
			}
		}
		return true
	})
	return used
}

func importName(imp *ast.ImportSpec) string {
	if imp.Name != nil {
		return imp.Name.Name
	}
	p, _ := strconv.Unquote(imp.Path.Value) // the parser has read it already
	return path.Base(p)
}

func importText(imp *ast.ImportSpec) string {
	if imp.Name != nil {
		return imp.Name.Name + " " + imp.Path.Value
	}
	return imp.Path.Value
}

// importDecl writes the standard library first, then the rest, each sorted.
func importDecl(imports []string) string {
	if len(imports) == 0 {
		return ""
	}
	slices.Sort(imports)
	var std, other strings.Builder
	for _, text := range imports {
		b := &std
		if strings.Contains(text, ".") {
			b = &other
		}
		fmt.Fprintf(b, "\t%s\n", text)
	}
	if std.Len() > 0 && other.Len() > 0 {
		std.WriteString("\n")
	}
	return "import (\n" + std.String() + other.String() + ")"
}
