package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// size says from when on code is worth a second look. Nothing fails because of a size.
type size struct{ file, function, parameters, methods int }

var (
	sourceSize = size{file: 400, function: 60, parameters: 5, methods: 7}
	testSize   = size{file: 600, function: 80, parameters: 5, methods: 7}
	wiringSize = size{file: 40, function: 40, parameters: 5, methods: 7} // functions/*
)

// Outliers lists what is worth a second look: what is large, what is exported without a comment, what is global and of
// a kind made for changing.
func Outliers(t *Tree) []string {
	var notes []string
	for _, p := range t.Packages {
		documented := false
		for _, f := range p.Files {
			documented = documented || f.Syntax.Doc != nil
			l := &looker{tree: t, file: f, limit: sizeOf(p, f)}
			l.look()
			notes = append(notes, l.notes...)
		}
		if !documented {
			notes = append(notes, p.Path+": package without a comment")
		}
	}
	return notes
}

func sizeOf(p *Package, f File) size {
	switch {
	case f.IsTest:
		return testSize
	case strings.HasPrefix(p.Path, "functions/"):
		return wiringSize
	}
	return sourceSize
}

// looker looks at one file.
type looker struct {
	tree  *Tree
	file  File
	limit size
	notes []string
}

func (l *looker) note(n ast.Node, format string, args ...any) {
	l.notes = append(l.notes, l.tree.place(n)+": "+fmt.Sprintf(format, args...))
}

func (l *looker) lines(n ast.Node) int {
	return l.tree.positions.Position(n.End()).Line - l.tree.positions.Position(n.Pos()).Line + 1
}

func (l *looker) look() {
	if n := l.tree.positions.File(l.file.Syntax.Pos()).LineCount(); n > l.limit.file {
		l.note(l.file.Syntax, "file of %d lines", n)
	}
	for _, d := range l.file.Syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			l.function(d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				l.spec(d, s)
			}
		}
	}
}

func (l *looker) function(f *ast.FuncDecl) {
	if n := l.lines(f); n > l.limit.function {
		l.note(f, "function %s of %d lines", f.Name.Name, n)
	}
	if n := f.Type.Params.NumFields(); n > l.limit.parameters {
		l.note(f, "function %s with %d parameters", f.Name.Name, n)
	}
	isExported := f.Name.IsExported() && (f.Recv == nil || baseOf(f.Recv.List[0].Type).IsExported())
	if isExported && f.Doc == nil && !l.file.IsTest {
		l.note(f, "exported function %s without a comment", f.Name.Name)
	}
}

func (l *looker) spec(d *ast.GenDecl, s ast.Spec) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && s.Doc == nil && d.Doc == nil && !l.file.IsTest {
			l.note(s, "exported type %s without a comment", s.Name.Name)
		}
		if i, ok := s.Type.(*ast.InterfaceType); ok && i.Methods.NumFields() > l.limit.methods {
			l.note(s, "interface %s with %d methods", s.Name.Name, i.Methods.NumFields())
		}
	case *ast.ValueSpec:
		if d.Tok == token.VAR && isMutableKind(s) && !l.file.IsTest {
			l.note(s, "global %s of a kind made for changing", s.Names[0].Name)
		}
	}
}

// isMutableKind reports whether a variable is declared as a channel or as something of sync or sync/atomic.
func isMutableKind(s *ast.ValueSpec) bool {
	kinds := []ast.Expr{s.Type}
	for _, v := range s.Values {
		switch v := v.(type) {
		case *ast.CompositeLit:
			kinds = append(kinds, v.Type)
		case *ast.CallExpr:
			kinds = append(kinds, append(v.Args, v.Fun)...)
		}
	}
	for _, k := range kinds {
		if k == nil {
			continue
		}
		if text := types.ExprString(k); strings.HasPrefix(text, "sync.") || strings.HasPrefix(text, "atomic.") || strings.HasPrefix(text, "chan ") {
			return true
		}
	}
	return false
}
