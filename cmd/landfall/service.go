package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"landfall/catalogs"
	"landfall/internal/catalog"
	"landfall/internal/local"
)

// serviceFlags are what run and serve share: where the data folder, the catalog and the target are.
type serviceFlags struct {
	data, catalog, target string
}

func (f *serviceFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.data, "data", defaultData(), "data `folder`: store, bucket, drop folder, live data")
	flags.StringVar(&f.catalog, "catalog", "lending", "catalog: a built-in `name`, or a folder with a catalog.yaml")
	flags.StringVar(&f.target, "target", "", "where import writes, as file:`DIR` (default file:<data>/live)")
}

// flags gives the flags that lead another command to the same folders.
func (f *serviceFlags) flags() string {
	text := ""
	if f.data != defaultData() {
		text += " --data " + f.data
	}
	if f.catalog != "lending" {
		text += " --catalog " + f.catalog
	}
	if f.target != "" {
		text += " --target " + f.target
	}
	return text
}

// defaultData is $XDG_DATA_HOME/landfall, by default ~/.local/share/landfall.
func defaultData() string {
	if home := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, "landfall")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "landfall-data"
	}
	return filepath.Join(home, ".local", "share", "landfall")
}

// open opens the service that the flags describe.
func (f *serviceFlags) open(ctx context.Context, logger *slog.Logger) (*local.Service, error) {
	c, err := openCatalog(f.catalog)
	if err != nil {
		return nil, err
	}
	target, err := f.targetFolder()
	if err != nil {
		return nil, err
	}
	return local.Open(ctx, local.Config{Data: f.data, Target: target, Catalog: c, Version: version, Logger: logger})
}

func (f *serviceFlags) targetFolder() (string, error) {
	if f.target == "" {
		return "", nil
	}
	kind, dir, ok := strings.Cut(f.target, ":")
	if !ok || kind != "file" || dir == "" {
		return "", fmt.Errorf("--target %q: this program writes to file:DIR", f.target)
	}
	return dir, nil
}

// openCatalog opens a built-in catalog by name, or the one in a folder.
func openCatalog(name string) (*catalog.Catalog, error) {
	if !strings.ContainsAny(name, `/\.`) {
		if sub, err := fs.Sub(catalogs.FS, name); err == nil {
			if _, err := fs.Stat(sub, "catalog.yaml"); err == nil {
				return catalog.Open(sub)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(name, "catalog.yaml")); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("--catalog %q: neither a built-in catalog (lending) nor a folder with a catalog.yaml", name)
		}
		return nil, err
	}
	return catalog.Open(os.DirFS(name))
}
