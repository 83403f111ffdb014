package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// CheckCode finds what code may not do: init functions, package variables that are written, exits outside main, panics
// outside constructors that do not say why they cannot happen, JSON names that are not camelCase. Tests are free, and so
// are the suites they share, which import testing.
func CheckCode(t *Tree) []string {
	var offences []string
	for _, p := range t.Packages {
		r := &reader{tree: t, pkg: p, info: t.resolve(p)}
		for _, f := range p.Files {
			if !f.IsTest && !importsTesting(f) {
				r.file(f)
			}
		}
		offences = append(offences, r.offences...)
	}
	return offences
}

func importsTesting(f File) bool {
	return slices.ContainsFunc(f.Syntax.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"testing"` })
}

// resolve tells which identifier means what inside the package. What is imported stays unknown, and errors about it are
// expected.
func (t *Tree) resolve(p *Package) *types.Info {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	var files []*ast.File
	for _, f := range p.Files {
		if !f.IsTest {
			files = append(files, f.Syntax)
		}
	}
	config := types.Config{Importer: noImports{}, Error: func(error) {}}
	_, _ = config.Check(p.Path, t.positions, files, info)
	return info
}

type noImports struct{}

func (noImports) Import(path string) (*types.Package, error) {
	return nil, fmt.Errorf("%s is not looked at", path)
}

// reader goes through one package.
type reader struct {
	tree     *Tree
	pkg      *Package
	info     *types.Info
	comments map[int]bool // lines of the file with a comment
	offences []string
}

func (r *reader) offence(n ast.Node, format string, args ...any) {
	r.offences = append(r.offences, r.tree.place(n)+": "+fmt.Sprintf(format, args...))
}

func (r *reader) file(f File) {
	r.comments = map[int]bool{}
	for _, group := range f.Syntax.Comments {
		for _, c := range group.List {
			r.comments[r.tree.positions.Position(c.Pos()).Line] = true
		}
	}
	for _, d := range f.Syntax.Decls {
		function, ok := d.(*ast.FuncDecl)
		if ok && function.Name.Name == "init" && function.Recv == nil {
			r.offence(d, "init function: build it in a constructor")
		}
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				r.call(n, function)
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					r.written(n.Lhs...)
				}
			case *ast.IncDecStmt:
				r.written(n.X)
			case *ast.StructType:
				r.tags(n)
			}
			return true
		})
	}
}

// call looks at calls that end the process or change a map.
func (r *reader) call(call *ast.CallExpr, in *ast.FuncDecl) {
	switch name := types.ExprString(call.Fun); {
	case name == "panic":
		if !mayPanic(call, in) && !r.comments[r.tree.positions.Position(call.End()).Line] {
			r.offence(call, "panic outside a constructor: return an error, or say on the line why it cannot happen")
		}
	case name == "os.Exit" || strings.HasPrefix(name, "log.Fatal") || strings.HasPrefix(name, "log.Panic"):
		if r.pkg.Name() != "main" {
			r.offence(call, "%s outside main: return an error", name)
		}
	case name == "delete" || name == "clear":
		r.written(call.Args[0])
	}
}

var constructor = regexp.MustCompile(`^([Nn]ew|[Mm]ust)([A-Z]|$)`)

// mayPanic allows constructors, and what net/http asks handlers to panic with.
func mayPanic(call *ast.CallExpr, in *ast.FuncDecl) bool {
	return in != nil && constructor.MatchString(in.Name.Name) || types.ExprString(call.Args[0]) == "http.ErrAbortHandler"
}

// written looks at what is assigned to: a package variable, or a part of one, must not be.
func (r *reader) written(targets ...ast.Expr) {
	for _, target := range targets {
		ident := baseOf(target)
		if ident == nil {
			continue
		}
		switch object := r.info.Uses[ident].(type) {
		case *types.Var:
			if object.Pkg() != nil && object.Parent() == object.Pkg().Scope() {
				r.offence(target, "package variable %s is written: make it a field", ident.Name)
			}
		case *types.PkgName:
			if r.pkg.Name() != "main" {
				r.offence(target, "variable of package %s is written", object.Name())
			}
		}
	}
}

// baseOf gives x for x, x[i], x.f and *x.
func baseOf(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

var camelCase = regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`)

func (r *reader) tags(s *ast.StructType) {
	for _, field := range s.Fields.List {
		if field.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(field.Tag.Value) // parsed, so it is quoted well
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if name != "" && name != "-" && !camelCase.MatchString(name) && !isForeign(r.pkg, name) {
			r.offence(field, "JSON name %q is not camelCase", name)
		}
	}
}

func isForeign(p *Package, name string) bool {
	return slices.ContainsFunc(ForeignNames, func(e Exception) bool {
		return e.Package == p.Path && (len(e.Names) == 0 || slices.Contains(e.Names, name))
	})
}
