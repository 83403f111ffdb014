package storetest_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"landfall/internal/migrate"
	"landfall/internal/store/storetest"
)

type store = storetest.Store

// flaws lists them all. What each does is said by its type, below and in the other files.
var flaws = []flaw{
	{name: "a second active migration", wrap: wrapped(func(s store) manyActive { return manyActive{s} }),
		noticed: []string{"Migrations/CreateTwice", "Migrations/OneOfFiftyCreates"}},
	{name: "current migration never ends", wrap: wrapped(func(s store) *neverEnds { return &neverEnds{store: s} }),
		noticed: []string{"Migrations/GetAndCurrent", "Migrations/EndMakesRoom"}},
	{name: "migrations replaced whoever moved them", wrap: wrapped(func(s store) blindAdvance { return blindAdvance{s} }),
		noticed: []string{"Migrations/AdvanceLost", "Migrations/AdvanceWithJob", "Jobs/OneOfFiftyStarts"}},
	{name: "lists oldest first", wrap: wrapped(func(s store) oldestFirst { return oldestFirst{s} }),
		noticed: []string{"Migrations/ListNewestFirst", "Jobs/ListNewestFirst"}},
	{name: "rows shared with callers", wrap: wrapped(func(s store) *sharing { return &sharing{store: s} }),
		noticed: []string{"Migrations/NotShared", "Drops/NotShared", "Jobs/NotShared", "Jobs/CheckpointNotShared", "Staging/NotShared"}},
	{name: "drops created again", wrap: wrapped(func(s store) createsAgain { return createsAgain{s} }),
		noticed: []string{"Drops/CreateTwice", "Drops/RefusedState", "Drops/FiftyGetFiftySeqs"}},
	{name: "drops replaced whoever moved them", wrap: wrapped(func(s store) blindDrops { return blindDrops{s} }),
		noticed: []string{"Drops/AdvanceLost", "Drops/IllegalTransition", "Drops/OpenDropsIsRight"}},
	{name: "lists begin at their cursor", wrap: wrapped(func(s store) inclusive { return inclusive{s} }),
		noticed: []string{"Drops/ListResumes", "Findings/IssuesInOrder", "Log/ResumeFromEvery", "Ledger/WalkResumes"}},
	{name: "credits counted by attempt", wrap: wrapped(func(s store) *byAttempt { return &byAttempt{store: s} }),
		noticed: []string{"Credits/Histories", "Credits/WritersAtOnce", "Ledger/CommitTwice"}},
	{name: "ledger unconditional", wrap: wrapped(func(s store) lastEndStands { return lastEndStands{s} }),
		noticed: []string{"Ledger/CommitWithAnotherEnd"}},
	{name: "last to arrive wins", wrap: wrapped(func(s store) *byArrival { return &byArrival{store: s} }),
		noticed: []string{"Credits/SourceOrderDecides"}},
	{name: "first of a part wins", wrap: wrapped(func(s store) firstWins { return firstWins{s} }),
		noticed: []string{"Credits/LastOfAPartWins"}},
	{name: "epoch ignored", wrap: wrapped(func(s store) noEpoch { return noEpoch{s} }),
		noticed: []string{"Staging/EpochMoved", "Jobs/CheckpointEpoch"}},
	{name: "context ignored", wrap: wrapped(func(s store) deaf { return deaf{s} }),
		noticed: []string{"Staging/CancelledCommit", "Contexts/CancelledHasNoEffect"}},
	{name: "abort commits", wrap: wrapped(func(s store) abortCommits { return abortCommits{s} }),
		noticed: []string{"Staging/AbortLeavesNothing"}},
	{name: "bodies changed", wrap: wrapped(func(s store) reformats { return reformats{s} }),
		noticed: []string{"Staging/EntityAsLoaded", "Staging/LargestBody"}},
	{name: "names mixed up", wrap: wrapped(func(s store) mixesNames { return mixesNames{s} }),
		noticed: []string{"Staging/AwkwardKeys", "Staging/MigrationsApart"}},
	{name: "answers in key order", wrap: wrapped(func(s store) inKeyOrder { return inKeyOrder{s} }),
		noticed: []string{"Staging/HasEntities"}},
	{name: "blank lines are lines", wrap: wrapped(func(s store) countsBlank { return countsBlank{s} }),
		noticed: []string{"Ledger/Tally"}},
	{name: "pages lost", wrap: wrapped(func(s store) losesPages { return losesPages{s} }),
		noticed: []string{"Ledger/RejectionsAndDuplicates", "Ledger/SumsByComponent", "Ledger/Nothing"}},
	{name: "walks skip after a cursor", wrap: wrapped(func(s store) skips { return skips{s} }),
		noticed: []string{"Walks/ResumeAfterEvery", "Walks/PageEdges"}},
	{name: "walks repeat at a page's edge", wrap: wrapped(func(s store) repeats { return repeats{s} }),
		noticed: []string{"Walks/PageEdges"}},
	{name: "walks ignore what was asked for", wrap: wrapped(func(s store) walksAll { return walksAll{s} }),
		noticed: []string{"Walks/Collections", "Walks/KeysOnly"}},
	{name: "walks in order of arrival", wrap: wrapped(func(s store) backwards { return backwards{s} }),
		noticed: []string{"Walks/Order", "Findings/ClaimsInOrder", "Jobs/UnitsInOrder"}},
	{name: "units forget", wrap: wrapped(func(s store) unitsForget { return unitsForget{s} }),
		noticed: []string{"Jobs/UnitsCreatedTwice"}},
	{name: "checkpoints unconditional", wrap: wrapped(func(s store) blindCheckpoint { return blindCheckpoint{s} }),
		noticed: []string{"Jobs/CheckpointLost"}},
	{name: "findings appended", wrap: wrapped(func(s store) *appends { return &appends{store: s} }),
		noticed: []string{"Findings/RepeatedChangesNothing", "Findings/PutIssues"}},
	{name: "segments unnamed", wrap: wrapped(func(s store) *unnamed { return &unnamed{store: s} }),
		noticed: []string{"Log/SegmentTwice", "Log/AppendersAtOnce"}},
	{name: "log in motion", wrap: wrapped(func(s store) inMotion { return inMotion{s} }),
		noticed: []string{"Log/TimeNeverGoesBack", "Log/EndsWhereItWas"}},
	{name: "executions for ever", wrap: wrapped(func(s store) forEver { return forEver{s} }),
		noticed: []string{"Executions/PutListDelete"}},
	{name: "tenant ignored by reads", wrap: wrapped(func(s store) readsAll { return readsAll{s} }),
		noticed: []string{"Tenants/OthersSeeNothing"}},
	{name: "tenant ignored by writes", wrap: wrapped(func(s store) writesAll { return writesAll{s} }),
		noticed: []string{"Tenants/OthersChangeNothing", "Tenants/SameIDs"}},
	{name: "everything forgotten", forgets: true, wrap: func(s store) store { return s },
		noticed: []string{"Reopening/KeepsEverything"}},
}

// A chunk writer that is broken in the ways its functions say; nil functions are as they should be.
type writer struct {
	migrate.ChunkWriter
	add    func(migrate.StagedRecord) error
	reject func(migrate.Rejection) error
	commit func(context.Context, int64, migrate.PartRead) (migrate.LedgerRow, error)
	abort  func()
}

func (w *writer) Add(r migrate.StagedRecord) error {
	if w.add != nil {
		return w.add(r)
	}
	return w.ChunkWriter.Add(r)
}

func (w *writer) Reject(r migrate.Rejection) error {
	if w.reject != nil {
		return w.reject(r)
	}
	return w.ChunkWriter.Reject(r)
}

func (w *writer) Commit(ctx context.Context, to int64, read migrate.PartRead) (migrate.LedgerRow, error) {
	if w.commit != nil {
		return w.commit(ctx, to, read)
	}
	return w.ChunkWriter.Commit(ctx, to, read)
}

func (w *writer) Abort() {
	if w.abort != nil {
		w.abort()
		return
	}
	w.ChunkWriter.Abort()
}

// byAttempt adds to its sums whenever a commit returns, the second time too.
type byAttempt struct {
	store
	mu  sync.Mutex
	sum map[string]migrate.Tally // by migration, and by migration and drop
}

func (s *byAttempt) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	w, err := s.store.BeginChunk(ctx, t, ref)
	return &writer{ChunkWriter: w, commit: func(ctx context.Context, to int64, read migrate.PartRead) (migrate.LedgerRow, error) {
		row, err := w.Commit(ctx, to, read)
		s.add(string(ref.Migration), row.Tally)
		s.add(string(ref.Migration)+string(ref.Drop), row.Tally)
		return row, err
	}}, err
}

func (s *byAttempt) add(to string, t migrate.Tally) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sum == nil {
		s.sum = map[string]migrate.Tally{}
	}
	s.sum[to] = s.sum[to].Plus(t)
}

func (s *byAttempt) DropTally(_ context.Context, _ migrate.TenantID, m migrate.MigrationID, d migrate.DropID) (migrate.Tally, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sum[string(m)+string(d)], nil
}

func (s *byAttempt) ComponentTallies(_ context.Context, _ migrate.TenantID, m migrate.MigrationID) (map[migrate.ComponentName]migrate.Tally, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[migrate.ComponentName]migrate.Tally{"Counterparties": s.sum[string(m)]}, nil
}

type lastEndStands struct{ store }

func (s lastEndStands) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	w, err := s.store.BeginChunk(ctx, t, ref)
	return &writer{ChunkWriter: w, commit: func(ctx context.Context, to int64, read migrate.PartRead) (migrate.LedgerRow, error) {
		row, err := w.Commit(ctx, to, read)
		row.To = to
		return row, err
	}}, err
}

type byArrival struct {
	store
	arrived atomic.Uint32
}

func (s *byArrival) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	ref.Seq = s.arrived.Add(1)
	return s.store.BeginChunk(ctx, t, ref)
}

type firstWins struct{ store }

func (s firstWins) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	w, err := s.store.BeginChunk(ctx, t, ref)
	seen := map[migrate.ReferenceID]bool{}
	return &writer{ChunkWriter: w, add: func(r migrate.StagedRecord) error {
		if seen[r.ID] {
			return nil
		}
		seen[r.ID] = true
		return w.Add(r)
	}}, err
}

type abortCommits struct{ store }

func (s abortCommits) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	w, err := s.store.BeginChunk(ctx, t, ref)
	return &writer{ChunkWriter: w, abort: func() { w.Commit(ctx, ref.From+100, migrate.PartRead{}) }}, err
}

type deaf struct{ store }

func (s deaf) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	w, err := s.store.BeginChunk(context.WithoutCancel(ctx), t, ref)
	return &writer{ChunkWriter: w, commit: func(_ context.Context, to int64, read migrate.PartRead) (migrate.LedgerRow, error) {
		return w.Commit(background, to, read)
	}}, err
}

type countsBlank struct{ store }

func (s countsBlank) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	w, err := s.store.BeginChunk(ctx, t, ref)
	return &writer{ChunkWriter: w, commit: func(ctx context.Context, to int64, read migrate.PartRead) (migrate.LedgerRow, error) {
		row, err := w.Commit(ctx, to, read)
		row.Tally.Lines += read.BlankLines
		return row, err
	}}, err
}

type noEpoch struct{ store }

func (s noEpoch) AdvanceMigration(ctx context.Context, t migrate.TenantID, m migrate.Migration, job *migrate.Job) (migrate.Migration, error) {
	m.Epoch = 1
	return s.store.AdvanceMigration(ctx, t, m, job)
}

// reformats keeps at most 400 KB of a body, and spaces it out.
type reformats struct{ store }

func (s reformats) GetEntity(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, k migrate.EntityKey) (migrate.Entity, error) {
	e, err := s.store.GetEntity(ctx, t, m, k)
	e.Body = bytes.ReplaceAll(e.Body[:min(len(e.Body), 400_000)], []byte(":"), []byte(": "))
	return e, err
}

// mixesNames drops hyphens from collections, and takes one migration for all.
type mixesNames struct{ store }

func (s mixesNames) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	if ref.Collection == "a-" {
		ref.Collection = "a"
	}
	return s.store.BeginChunk(ctx, t, ref)
}

func (s mixesNames) HasEntities(ctx context.Context, t migrate.TenantID, _ migrate.MigrationID, keys []migrate.EntityKey) ([]bool, error) {
	return s.store.HasEntities(ctx, t, "01022093-33e2-4bfe-9907-000000000001", keys)
}

type inKeyOrder struct{ store }

func (s inKeyOrder) HasEntities(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, keys []migrate.EntityKey) ([]bool, error) {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, func(a, b migrate.EntityKey) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return s.store.HasEntities(ctx, t, m, keys)
}
