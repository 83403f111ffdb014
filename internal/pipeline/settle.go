package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// Settle closes a drop or a job: it balances the books from rows, never from the counters it verifies, and decides the
// status. Running it again gives the same: rows have their final state or get it under a compare-and-set, log segments
// are named after what they report.
type Settle struct {
	Store   Store
	Catalog *catalog.Catalog
	Now     func() time.Time
}

// SettleInput and SettleOutput are the machine's whole state.
type (
	SettleInput  = MachineState
	SettleOutput = MachineState
)

// Run settles the drop or the job that the state names.
func (s *Settle) Run(ctx context.Context, in SettleInput) (SettleOutput, error) {
	if in.JobType == "" {
		drop, err := s.Store.GetDrop(ctx, in.Tenant, in.Drop)
		if err != nil {
			return in, err
		}
		end := drop.Size
		if drop.Encoding != "identity" {
			end = EndOfDrop
		}
		drop, err = s.settleDrop(ctx, in.Tenant, in.Drop, end, migrate.DropSettled)
		in.Done = drop.State == migrate.DropSettled
		return in, err
	}
	job, err := s.settleJob(ctx, in)
	in.Error, in.Done = nil, err == nil
	switch job.Type {
	case migrate.ValidateStaging:
		in.Valid = job.Result.Valid
	case migrate.Import:
		in.Imported = job.State == migrate.JobCompleted && len(job.Result.Causes) == 0
	}
	return in, err
}

// settleDrop proves that the drop's ledger rows tile [0, end) and closes it with the state; it tells the log of every
// rejected record. A drop with a gap is Failed: it stays open, and blocks an import, until it is announced again.
func (s *Settle) settleDrop(ctx context.Context, t migrate.TenantID, id migrate.DropID, end int64, state migrate.DropState) (migrate.Drop, error) {
	drop, err := s.Store.GetDrop(ctx, t, id)
	if err != nil || !drop.State.IsOpen() {
		return drop, err
	}
	covered, err := s.tellRejections(ctx, t, drop)
	if err != nil {
		return drop, err
	}
	if covered == end {
		drop.State, drop.SettledAt, drop.Problem = state, s.Now(), nil
	} else {
		why := "the rest could not be read or committed"
		if drop.Problem != nil {
			why = drop.Problem.Detail
		}
		drop.State, drop.SettledAt = migrate.DropFailed, time.Time{}
		drop.Problem = &migrate.DropProblem{Code: "not-finished", Detail: fmt.Sprintf("staged up to byte %d: %s", covered, why)}
	}
	if err := s.tellDrop(ctx, t, drop); err != nil {
		return drop, err
	}
	return s.Store.AdvanceDrop(ctx, t, drop)
}

// logPage is how many entries are appended to the log at once.
const logPage = 500

// tellRejections writes a log entry per rejected record and gives the byte up to which the rows tile the drop. Only now
// are line numbers known: they are summed over the rows.
func (s *Settle) tellRejections(ctx context.Context, t migrate.TenantID, d migrate.Drop) (covered int64, err error) {
	line := int64(1)
	err = s.Store.WalkLedger(ctx, t, d.Migration, d.ID, 0, func(row migrate.LedgerRow) error {
		if row.From != covered {
			return errGap
		}
		if row.Tally.Rejected > 0 {
			if err := s.tellRow(ctx, t, d, row, line); err != nil {
				return err
			}
		}
		covered, line = row.To, line+row.Tally.Newlines
		return nil
	})
	if errors.Is(err, errGap) {
		err = nil
	}
	return covered, err
}

// errGap ends a walk over the ledger at a row that does not begin where the one before ended.
var errGap = errors.New("a gap")

func (s *Settle) tellRow(ctx context.Context, t migrate.TenantID, d migrate.Drop, row migrate.LedgerRow, line int64) error {
	var page []migrate.LogEntry
	pages := 0
	flush := func() error {
		segment := fmt.Sprintf("drop/%s/%d/%d", d.ID, row.From, pages)
		pages++
		err := s.Store.AppendLog(ctx, t, d.Migration, segment, page)
		page = page[:0]
		return err
	}
	err := s.Store.WalkRejections(ctx, t, d.Migration, d.ID, row.From, func(r migrate.Rejection) error {
		page = append(page, s.rejectionEntry(d, r, line))
		if len(page) < logPage {
			return nil
		}
		return flush()
	})
	if err != nil || len(page) == 0 {
		return err
	}
	return flush()
}

func (s *Settle) rejectionEntry(d migrate.Drop, r migrate.Rejection, line int64) migrate.LogEntry {
	label := string(d.Collection)
	if c, ok := s.Catalog.Collection(d.Component, d.Collection); ok {
		label = c.Label
	}
	ids := []migrate.ReferenceID{}
	if !r.ID.IsZero() {
		ids = append(ids, r.ID)
	}
	return migrate.LogEntry{
		Component: d.Component, EntityReferenceIDs: ids, Action: migrate.StagedEntities, Timestamp: s.Now(),
		Level: migrate.Warn, Message: fmt.Sprintf("Invalid %s: %s, line %d, byte %d of drop [%s]", label,
			DescribeFaults(r.Faults), line+r.Line, r.Offset, d.ID),
	}
}

// DescribeFaults names codes and fields, never values: "MISSING_REQUIRED_FIELD at 'initials'".
func DescribeFaults(faults []migrate.Fault) string {
	if len(faults) == 0 {
		return "unknown fault"
	}
	text := string(faults[0].Code)
	if faults[0].Field != "" {
		text += " at '" + faults[0].Field + "'"
	}
	if more := len(faults) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func (s *Settle) tellDrop(ctx context.Context, t migrate.TenantID, d migrate.Drop) error {
	tally, err := s.Store.DropTally(ctx, t, d.Migration, d.ID)
	if err != nil {
		return err
	}
	entry := migrate.LogEntry{Component: d.Component, EntityReferenceIDs: []migrate.ReferenceID{},
		Action: migrate.StagedEntities, Timestamp: s.Now(), Level: migrate.Info,
		Message: fmt.Sprintf("Drop [%s] of %s: %d lines, %d rejected, %d duplicates, %d staged", d.ID, d.Collection,
			tally.Lines, tally.Rejected, tally.Outcomes.Duplicates(), tally.Outcomes.New)}
	if d.State != migrate.DropSettled {
		entry.Level = migrate.Warn
		entry.Message += ": " + string(d.State)
	}
	return s.Store.AppendLog(ctx, t, d.Migration, "drop/"+string(d.ID)+"/"+string(d.State), []migrate.LogEntry{entry})
}

// Interrupt closes the drop of a load whose connection is gone: what was committed counts, nothing follows.
func (s *Settle) Interrupt(ctx context.Context, t migrate.TenantID, id migrate.DropID) error {
	drop, err := s.Store.GetDrop(ctx, t, id)
	if err != nil || !drop.State.IsOpen() {
		return err
	}
	covered, err := s.tellRejections(ctx, t, drop)
	if err != nil {
		return err
	}
	_, err = s.settleDrop(ctx, t, id, covered, migrate.DropInterrupted)
	return err
}
