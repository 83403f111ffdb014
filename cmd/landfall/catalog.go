package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"landfall/internal/catalog"
)

func newCatalog() *cobra.Command {
	c := &cobra.Command{Use: "catalog", Short: "Works with catalogs: the descriptions of domain models"}
	c.AddCommand(&cobra.Command{
		Use:   "check DIR",
		Short: "Reports every fault of a catalog with file and line",
		Long: `Reads the catalog in a folder (catalog.yaml and its JSON Schemas) and reports every fault with file, line and column.
Ends with 0 if there is none, with 1 otherwise.`,
		Args: exactly("DIR"),
		RunE: func(c *cobra.Command, args []string) error { return checkCatalog(c, args[0]) },
	})
	return c
}

func checkCatalog(c *cobra.Command, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "catalog.yaml")); err != nil {
		return fmt.Errorf("%s: %w; a catalog is a folder with a catalog.yaml", filepath.Join(dir, "catalog.yaml"), bare(err))
	}
	problems := catalog.Check(os.DirFS(dir))
	faults := 0
	for _, p := range problems {
		fmt.Fprintln(c.OutOrStdout(), filepath.Join(dir, p.String()))
		if !p.Note {
			faults++
		}
	}
	if faults > 0 {
		return &exitError{exitUsage, fmt.Sprintf("%d faults in %s", faults, dir)}
	}
	fmt.Fprintf(c.OutOrStdout(), "%s: no faults\n", dir)
	return nil
}
