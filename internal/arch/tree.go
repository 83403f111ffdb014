package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Tree is the source of a module.
type Tree struct {
	Root     string
	Module   string
	Packages []*Package

	positions *token.FileSet
}

// Package is what lies in one folder.
type Package struct {
	Path  string // relative to the module
	Files []File
}

// File is one source file.
type File struct {
	Path   string // relative to the module
	IsTest bool
	Syntax *ast.File
}

// Name is the name in the package clause.
func (p *Package) Name() string {
	return strings.TrimSuffix(p.Files[0].Syntax.Name.Name, "_test")
}

// ReadTree parses every Go file of the module at root. Like the go command it leaves out testdata, vendor, nested
// modules and names that begin with a dot or an underscore.
func ReadTree(root string) (*Tree, error) {
	t := &Tree{Root: root, positions: token.NewFileSet()}
	if err := t.readModule(); err != nil {
		return nil, err
	}
	return t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && t.isSkipped(path, d.Name()):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.ContainsAny(d.Name()[:1], "._"):
			return nil
		}
		return t.add(path)
	})
}

func (t *Tree) readModule() error {
	mod, err := os.ReadFile(filepath.Join(t.Root, "go.mod"))
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(mod)) {
		if name, ok := strings.CutPrefix(line, "module "); ok {
			t.Module = strings.TrimSpace(name)
			return nil
		}
	}
	return fmt.Errorf("%s: no module line", filepath.Join(t.Root, "go.mod"))
}

func (t *Tree) isSkipped(path, name string) bool {
	if name == "testdata" || name == "vendor" || strings.ContainsAny(name[:1], "._") {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil
}

func (t *Tree) add(path string) error {
	relative, err := filepath.Rel(t.Root, path)
	if err != nil {
		return err
	}
	relative = filepath.ToSlash(relative)
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(t.positions, relative, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	folder := filepath.ToSlash(filepath.Dir(relative))
	p := t.Package(folder)
	if p == nil {
		p = &Package{Path: folder}
		t.Packages = append(t.Packages, p)
	}
	p.Files = append(p.Files, File{Path: relative, IsTest: strings.HasSuffix(path, "_test.go"), Syntax: syntax})
	return nil
}

// Package gives the package in a folder, or nil.
func (t *Tree) Package(path string) *Package {
	for _, p := range t.Packages {
		if p.Path == path {
			return p
		}
	}
	return nil
}

// place gives file:line of a node.
func (t *Tree) place(n ast.Node) string {
	at := t.positions.Position(n.Pos())
	return fmt.Sprintf("%s:%d", at.Filename, at.Line)
}
