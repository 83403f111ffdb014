package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"landfall/internal/local"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// runCommand migrates a folder: it offers the files, waits until they are staged, starts the hands-off machine and
// reports. Everything it does is idempotent, so a run that was killed goes on with the same command.
type runCommand struct {
	serviceFlags
	components []string
	strict     bool
	json       bool

	out, err io.Writer
	service  *local.Service
	offer    *offer
	refused  int64 // rejected lines that --strict ended at
	watch    *watch
}

const tenant = migrate.LocalTenant

func newRun() *cobra.Command {
	r := &runCommand{}
	c := &cobra.Command{
		Use:   "run [flags] DROPS",
		Short: "Migrates a folder of drops: stage, validate, import, count, balance the books",
		Long: `Migrates a folder of drops and shows that nothing was lost.

DROPS is a folder <Component>/<collection>/*.jsonl or *.json-seq, also .gz and .zst. Files are taken in byte order of
their paths: of two records with the same reference id the one in the later file wins. Rejected lines are reported but
do not stop a run. A run that was interrupted or killed goes on with the same command; a run that is complete says so
and imports nothing twice. After a failed validation correct the files and give the same command again.
` + exitHelp,
		Example: `  landfall run build/berka
  landfall run --data /var/lib/landfall --json drops > result.json`,
		Args: exactly("DROPS"),
		RunE: func(c *cobra.Command, args []string) error {
			r.out, r.err = c.OutOrStdout(), c.ErrOrStderr()
			return r.run(c.Context(), args[0])
		},
	}
	r.add(c.Flags())
	c.Flags().StringSliceVar(&r.components, "components", nil, "components that take part, as `A,B` (default: those that have a folder)")
	c.Flags().BoolVar(&r.strict, "strict", false, "end with 2 before validation if any line was rejected")
	c.Flags().BoolVar(&r.json, "json", false, "print one JSON document on standard output, and nothing else there")
	return c
}

// exactly asks for one argument and says what it is when it is missing.
func exactly(name string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("one argument is needed, %s, not %d\nsee '%s --help'", name, len(args), c.CommandPath())
		}
		return nil
	}
}

func (r *runCommand) run(ctx context.Context, drops string) error {
	if err := r.prepare(ctx, drops); err != nil {
		return err
	}
	defer r.service.Close()
	m, known, err := r.migration(ctx)
	if err != nil {
		return r.interrupted(ctx, err)
	}
	r.watch = newWatch(r.err, r.service, m, !r.json && isTerminal(r.err))
	defer r.watch.stop()
	var failure error
	if !known {
		failure = r.migrate(ctx, m)
	}
	r.watch.stop()
	var ended *exitError
	if failure != nil && !errors.As(failure, &ended) {
		return r.interrupted(ctx, failure)
	}
	return r.report(ctx, m.ID, known, failure)
}

func (r *runCommand) prepare(ctx context.Context, drops string) error {
	c, err := openCatalog(r.catalog)
	if err != nil {
		return err
	}
	var only []migrate.ComponentName
	for _, name := range r.components {
		if _, ok := c.Component(migrate.ComponentName(name)); !ok {
			return fmt.Errorf("--components: the catalog %s has no component %q; it has %s", c.Name, name, join(componentNames(c)))
		}
		only = append(only, migrate.ComponentName(name))
	}
	if r.offer, err = readOffer(drops, c, only); err != nil {
		return err
	}
	for _, name := range r.offer.ignored {
		fmt.Fprintf(r.err, "ignored: %s lies outside <Component>/<collection>/\n", name)
	}
	r.service, err = r.open(ctx, slog.New(slog.NewTextHandler(r.err, &slog.HandlerOptions{Level: slog.LevelError})))
	return err
}

// takingPart gives the components of a new migration: those asked for, else those with files.
func (r *runCommand) takingPart() []migrate.ComponentName {
	if len(r.components) == 0 {
		return r.offer.components(r.service.Catalog)
	}
	var names []migrate.ComponentName
	for _, c := range r.service.Catalog.Components {
		if slices.Contains(r.components, string(c.Name)) {
			names = append(names, c.Name)
		}
	}
	return names
}

// migration finds the migration to go on with, or creates one. known is true if everything that is offered was imported
// before: there is nothing to do but report.
func (r *runCommand) migration(ctx context.Context) (m migrate.Migration, known bool, err error) {
	last, fresh, err := r.sortOut(ctx)
	if err != nil {
		return last, false, err
	}
	m, err = r.service.Store.CurrentMigration(ctx, tenant)
	if err == nil {
		return m, false, r.isMine(m)
	}
	if migrate.CodeOf(err) != migrate.NotFound {
		return m, false, err
	}
	if fresh == 0 {
		_, running := r.service.MigrationRuns() // the last process ended between the import and the counts
		return last, !running, nil
	}
	m, err = r.service.Lifecycle.Create(ctx, tenant, r.takingPart(), r.offer.root)
	return m, false, err
}

// isMine refuses to mix two folders, or two sets of components, in one migration.
func (r *runCommand) isMine(m migrate.Migration) error {
	if m.Origin == r.offer.root && slices.Equal(m.ComponentNames(), r.takingPart()) {
		return nil
	}
	from := "the HTTP API"
	if m.Origin != "" {
		from = m.Origin
	}
	return fmt.Errorf("the data folder %s holds an active migration, %s, of %v from %s: finish it, cancel it "+
		"(landfall serve; PUT /migration-assistance/migrations/%s/cancel), or choose another folder with --data",
		r.data, m.ID, m.ComponentNames(), from, m.ID)
}

// sortOut drops from the offer what completed migrations from the same folder have imported as it is. It gives the
// newest of them and how many files are left.
func (r *runCommand) sortOut(ctx context.Context) (newest migrate.Migration, fresh int, err error) {
	list, _, err := r.service.Store.ListMigrations(ctx, tenant, migrate.Completed, 0, 100)
	if err != nil {
		return newest, 0, err
	}
	var left []offered
	for _, f := range r.offer.files {
		m, ok, err := r.importedBy(ctx, list, f)
		if err != nil {
			return newest, 0, err
		}
		if !ok {
			left = append(left, f)
		} else if newest.CreatedAt.Before(m.CreatedAt) {
			newest = m
		}
	}
	if done := len(r.offer.files) - len(left); done > 0 && len(left) > 0 {
		fmt.Fprintf(r.err, "%d of %d files were imported before and are left out\n", done, len(r.offer.files))
	}
	r.offer.files = left
	return newest, len(left), nil
}

func (r *runCommand) importedBy(ctx context.Context, list []migrate.Migration, f offered) (migrate.Migration, bool, error) {
	version := ""
	for _, m := range list {
		if m.Origin != r.offer.root {
			continue
		}
		if version == "" {
			var err error
			if version, err = r.service.Blobs.VersionOf(ctx, f.path); err != nil {
				return m, false, err
			}
		}
		key := pipeline.BlobKey(tenant, string(m.ID)+"/"+f.name)
		d, err := r.service.Store.GetDrop(ctx, tenant, pipeline.DropOf(key, version))
		if err == nil && d.State == migrate.DropSettled {
			return m, true, nil
		}
		if err != nil && migrate.CodeOf(err) != migrate.NotFound {
			return m, false, err
		}
	}
	return migrate.Migration{}, false, nil
}

// migrate does what is left to do.
func (r *runCommand) migrate(ctx context.Context, m migrate.Migration) error {
	r.watch.start(ctx)
	resumed, err := r.finishResumed(ctx)
	if err != nil {
		return err
	}
	if m, err = r.service.Store.GetMigration(ctx, tenant, m.ID); err != nil || m.Activity != migrate.Active {
		return err
	}
	drops, fresh, err := r.stage(ctx, m)
	if err != nil || (resumed && !fresh) {
		return err
	}
	if r.strict {
		if r.refused, err = r.rejected(ctx, m, drops); err != nil || r.refused > 0 {
			return err
		}
	}
	done, err := r.service.RunMigration(ctx, tenant, m)
	if err != nil {
		return err
	}
	return await(ctx, done)
}

// finishResumed waits for the machine that an earlier process started, if there is one.
func (r *runCommand) finishResumed(ctx context.Context) (resumed bool, err error) {
	done, running := r.service.MigrationRuns()
	if !running {
		return false, nil
	}
	return true, await(ctx, done)
}

// stage offers every file, in order, and waits until all drops are settled. fresh is true if one was not known before.
func (r *runCommand) stage(ctx context.Context, m migrate.Migration) (drops []migrate.Drop, fresh bool, err error) {
	for _, f := range r.offer.files {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		out, err := r.service.Offer(ctx, tenant, string(m.ID)+"/"+f.name, f.path)
		if err != nil {
			return nil, false, fmt.Errorf("taking %s: %w", f.name, err)
		}
		drops, fresh = append(drops, out.Drop), fresh || !out.Known
	}
	return drops, fresh, r.settled(ctx, drops)
}

// settled waits until every drop is settled and says which could not be.
func (r *runCommand) settled(ctx context.Context, drops []migrate.Drop) error {
	for _, d := range drops {
		if err := await(ctx, r.service.Ended(string(d.ID))); err != nil {
			return err
		}
		d, err := r.service.Store.GetDrop(ctx, tenant, d.ID)
		if err != nil {
			return err
		}
		if d.State == migrate.DropFailed || d.State == migrate.DropRefused {
			return &exitError{exitNotImported, fmt.Sprintf("%s could not be staged: %s; nothing was imported, the same command tries again",
				filepath.Base(d.Key), d.Problem.Detail)}
		}
	}
	return nil
}

// rejected counts the rejected lines of what is offered now: those of an earlier version of a file were corrected.
func (r *runCommand) rejected(ctx context.Context, m migrate.Migration, drops []migrate.Drop) (rejected int64, err error) {
	for _, d := range drops {
		tally, err := r.service.Store.DropTally(ctx, tenant, m.ID, d.ID)
		if err != nil {
			return 0, err
		}
		rejected += tally.Rejected
	}
	return rejected, nil
}

func await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// interrupted turns the end of the context into the exit code of an interrupted run.
func (r *runCommand) interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return &exitError{exitInterrupted, "interrupted; the same command goes on where it stopped"}
}

// report prints what became of the migration and gives the verdict; failure, if there is one, goes before it.
func (r *runCommand) report(ctx context.Context, id migrate.MigrationID, known bool, failure error) error {
	result, err := gather(ctx, r.service, id)
	if err != nil {
		return err
	}
	if r.json {
		encoder := json.NewEncoder(r.out)
		encoder.SetIndent("", "  ")
		document, err := result.document(ctx)
		if err != nil {
			return err
		}
		if err := encoder.Encode(document); err != nil {
			return err
		}
	} else {
		result.print(r.err, r, known)
	}
	if failure != nil {
		return failure
	}
	return r.verdict(result)
}

// verdict gives the exit code.
func (r *runCommand) verdict(result *result) error {
	validation, validated := result.latest(migrate.ValidateStaging)
	switch {
	case result.migration.Activity == migrate.Cancelled:
		return &exitError{exitCancelled, "the migration was cancelled"}
	case r.refused > 0:
		return &exitError{exitInvalid, plural(r.refused, "rejected line") + ", and --strict was given: nothing was imported"}
	case validated && validation.State == migrate.JobCompleted && !validation.Result.Valid && result.migration.Activity == migrate.Active:
		return &exitError{exitInvalid, "validation found errors: nothing was imported; correct the files and give the same command again"}
	case result.migration.Activity != migrate.Completed:
		return &exitError{exitNotImported, "not everything was imported; the same command tries the rest again"}
	case !result.books.Balanced:
		return &exitError{exitNotImported, "the books do not balance"}
	}
	return nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// seconds gives a duration as people read it.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
