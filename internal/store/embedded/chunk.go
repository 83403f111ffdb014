package embedded

import (
	"context"
	"encoding/json"

	"landfall/internal/migrate"
)

// chunkWriter gathers one part of a chunk in memory. Nothing of it is on disk before Commit.
type chunkWriter struct {
	s       *Store
	tenant  migrate.TenantID
	ref     migrate.ChunkRef
	buckets int

	memory   *memory // nil when the writer has ended
	bytes    int     // of bodies
	next     int64   // the least offset that may come
	rejected int64
	rejects  pages
}

// BeginChunk is that of migrate.Staging.
func (s *Store) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	const op = "beginning a chunk"
	if ref.Seq == 0 || ref.From < 0 {
		return nil, migrate.Errorf(migrate.Invalid, op, "a part needs its drop's number and a place in it")
	}
	buckets, err := s.bucketsOf(ctx, op, t, ref.Migration)
	if err != nil {
		return nil, err
	}
	m, ok := s.blocks.Get().(*memory)
	if !ok {
		m = new(memory)
	}
	return &chunkWriter{s: s, tenant: t, ref: ref, buckets: buckets, memory: m, next: ref.From}, nil
}

// bucketsOf gives a migration's number of hash buckets, or NotFound.
func (s *Store) bucketsOf(ctx context.Context, op string, t migrate.TenantID, id migrate.MigrationID) (int, error) {
	k := string(migrationKey(t, id))
	if n, ok := s.buckets.Load(k); ok {
		return n.(int), nil
	}
	var m migrate.Migration
	found, err := s.get(ctx, op, key(k), &m)
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, notFound(op, migrate.ProblemMigrationNotFound, "migration")
	}
	s.buckets.Store(k, m.Buckets)
	return m.Buckets, nil
}

// Add is that of migrate.ChunkWriter.
func (w *chunkWriter) Add(r migrate.StagedRecord) error {
	if err := w.take("adding a record", r.Offset); err != nil {
		return err
	}
	m := w.memory
	m.records = append(m.records, record{r.ID, r.Hash, r.Offset, r.Line, m.keep(r.Body), migrate.BucketOf(r.ID, w.buckets)})
	w.bytes, w.next = w.bytes+len(r.Body), r.Offset+1
	return nil
}

// Reject is that of migrate.ChunkWriter.
func (w *chunkWriter) Reject(r migrate.Rejection) error {
	if err := w.take("rejecting a record", r.Offset); err != nil {
		return err
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	w.rejects.add(raw)
	w.rejected, w.next = w.rejected+1, r.Offset+1
	return nil
}

// take checks that a record comes in order, and to a writer that has not ended.
func (w *chunkWriter) take(op string, offset int64) error {
	if w.memory == nil {
		return migrate.Errorf(migrate.Internal, op, "the part has ended")
	}
	if offset < w.next {
		return migrate.Errorf(migrate.Internal, op, "offset %d comes after %d", offset, w.next-1)
	}
	return nil
}

// Commit is that of migrate.ChunkWriter. It ends the writer, whatever it returns.
func (w *chunkWriter) Commit(ctx context.Context, to int64, read migrate.PartRead) (migrate.LedgerRow, error) {
	const op = "committing a part"
	// The last record may begin at or past the end of its part: after white space, which belongs to it.
	if err := w.take(op, max(to, w.next)); err != nil {
		return migrate.LedgerRow{}, err
	}
	defer w.Abort()
	if err := ctx.Err(); err != nil {
		return migrate.LedgerRow{}, err
	}
	c := newCommit(w, to, read)
	defer c.clean()
	if err := c.prepare(ctx); err != nil {
		return migrate.LedgerRow{}, w.s.wrap(op, err)
	}
	if err := w.s.submit(op, &change{ctx: ctx, run: c.run, begins: c.incoming != nil}); err != nil {
		return migrate.LedgerRow{}, err
	}
	return c.entry.row, nil
}

// Abort is that of migrate.ChunkWriter.
func (w *chunkWriter) Abort() {
	if w.memory != nil {
		w.memory.reset()
		w.s.blocks.Put(w.memory)
		w.memory = nil
	}
}
