package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// offered is one file of a drops folder.
type offered struct {
	component migrate.ComponentName
	name      string // <Component>/<collection>/<file>, with slashes
	path      string
	size      int64
}

// offer is what a drops folder holds.
type offer struct {
	root    string // absolute
	files   []offered
	ignored []string // files that lie outside <Component>/<collection>/
}

// components gives the components that have a folder, in the catalog's order.
func (o *offer) components(c *catalog.Catalog) []migrate.ComponentName {
	var names []migrate.ComponentName
	for _, component := range c.Components {
		if slices.ContainsFunc(o.files, func(f offered) bool { return f.component == component.Name }) {
			names = append(names, component.Name)
		}
	}
	return names
}

// readOffer lists a drops folder, <Component>/<collection>/*.jsonl|*.json-seq, in byte order of the paths, and names
// everything that could not be taken, before anything is. only restricts it to some components; empty means all.
func readOffer(root string, c *catalog.Catalog, only []migrate.ComponentName) (*offer, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(root)
	if err != nil {
		return nil, fmt.Errorf("the drops folder %s cannot be read: %w", root, bare(err))
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is a file: DROPS is a folder <Component>/<collection>/*.jsonl", root)
	}
	o := &offer{root: root}
	var faults []error
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", path, bare(err))
		}
		if path == root {
			return nil
		}
		skip, fault := o.visit(path, d, c, only)
		if fault != nil {
			faults = append(faults, fault)
		}
		if skip && d.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if len(o.files) == 0 {
		return nil, fmt.Errorf("nothing to migrate in %s: it holds no <Component>/<collection>/*.jsonl or *.json-seq%s", root, o.elsewhere())
	}
	slices.SortFunc(o.files, func(a, b offered) int { return strings.Compare(a.name, b.name) })
	return o, nil
}

// elsewhere names a file that lies where none is looked for: most likely it is the one that is meant.
func (o *offer) elsewhere() string {
	if len(o.ignored) == 0 {
		return ""
	}
	return "; " + o.ignored[0] + " lies outside such a folder"
}

// visit takes in one path and says what is wrong with it. skip is true for a folder that is not to be entered.
func (o *offer) visit(path string, d fs.DirEntry, c *catalog.Catalog, only []migrate.ComponentName) (skip bool, fault error) {
	relative, err := filepath.Rel(o.root, path)
	if err != nil {
		return true, err
	}
	name := filepath.ToSlash(relative)
	parts := strings.Split(name, "/")
	component := migrate.ComponentName(parts[0])
	switch {
	case pipeline.IsIgnored(d.Name()):
		return true, nil
	case len(parts) == 1 && d.IsDir():
		fault = checkComponent(component, c)
		return fault != nil || !takesPart(component, only), fault
	case len(parts) == 2 && d.IsDir():
		fault = checkCollection(component, migrate.CollectionName(parts[1]), c)
		return fault != nil, fault
	case len(parts) < 3:
		o.ignored = append(o.ignored, name)
		return false, nil
	}
	return true, o.visitFile(path, name, component, d)
}

func (o *offer) visitFile(path, name string, component migrate.ComponentName, d fs.DirEntry) error {
	if d.IsDir() {
		return fmt.Errorf("%s: files lie directly in <Component>/<collection>/, this is a folder in one", name)
	}
	if _, _, ok := pipeline.FormatOf(d.Name()); !ok {
		return fmt.Errorf("%s: the name does not end in .jsonl or .json-seq, optionally followed by .gz or .zst", name)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", name, bare(err))
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", name)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", name, bare(err))
	}
	o.files = append(o.files, offered{component, name, path, info.Size()})
	return f.Close()
}

func takesPart(name migrate.ComponentName, only []migrate.ComponentName) bool {
	return len(only) == 0 || slices.Contains(only, name)
}

func checkComponent(name migrate.ComponentName, c *catalog.Catalog) error {
	component, ok := c.Component(name)
	if !ok {
		return fmt.Errorf("%s: the catalog %s has no component of this name; it has %s", name, c.Name, join(componentNames(c)))
	}
	if component.Generated {
		return fmt.Errorf("%s: this component is generated from the others and cannot be loaded", name)
	}
	return nil
}

func checkCollection(component migrate.ComponentName, name migrate.CollectionName, c *catalog.Catalog) error {
	if _, ok := c.Collection(component, name); ok {
		return nil
	}
	var names []string
	if known, ok := c.Component(component); ok {
		for _, collection := range known.Collections {
			names = append(names, string(collection.Name))
		}
	}
	return fmt.Errorf("%s/%s: the component has no collection of this name; it has %s", component, name, join(names))
}

func componentNames(c *catalog.Catalog) []string {
	var names []string
	for _, component := range c.Components {
		names = append(names, string(component.Name))
	}
	return names
}

func join(names []string) string { return strings.Join(names, ", ") }

// bare gives the cause of a file error without the operation and path that the message names already.
func bare(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
