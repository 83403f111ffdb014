package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"landfall/internal/generate"
	"landfall/internal/migrate"
)

func newGenerate() *cobra.Command {
	o, collection := generate.Options{}, ""
	c := &cobra.Command{
		Use:   "generate --entities N [--seed S] DIR",
		Short: "Writes a portfolio of any size over all collections, with references",
		Long: `Writes a made-up lending portfolio as a drops folder: every record is valid, every reference exists, and the bytes are
the same for the same seed and number on every machine.`,
		Example: "  landfall generate --entities 1000000 build/portfolio\n  landfall generate --entities 1000000 --collection counterparties build/clients",
		Args:    exactly("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.Entities <= 0 {
				return fmt.Errorf("--entities is how many to write, at least 1")
			}
			o.Collection = migrate.CollectionName(collection)
			began := time.Now()
			files, err := generate.Write(c.Context(), args[0], o)
			if err != nil {
				return err
			}
			for _, f := range files {
				fmt.Fprintf(c.ErrOrStderr(), "%12d  %s\n", f.Records, f.Path)
			}
			fmt.Fprintf(c.ErrOrStderr(), "%12d entities in %s\n", o.Entities, seconds(time.Since(began)))
			return nil
		},
	}
	c.Flags().Int64Var(&o.Entities, "entities", 0, "`number` of entities over all collections")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "`number` that everything is derived from")
	c.Flags().StringVar(&collection, "collection", "", "only this `collection`")
	return c
}
