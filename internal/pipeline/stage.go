package pipeline

import (
	"context"
	"errors"
	"io"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
	"landfall/internal/records"
)

// Stage turns one chunk of a drop into staged entities and ledger rows.
//
// It dies between two parts: the rows committed before stand, a retry goes on after the last. It dies within a part:
// nothing of the part counts, a retry reads it again. It is run twice at once: of two commits of a part one is stored,
// the other learns where that one ended and goes on there.
type Stage struct {
	Store interface {
		migrate.Drops
		migrate.Staging
	}
	Blobs     migrate.Blobs
	Catalog   *catalog.Catalog
	Limits    Limits
	Buckets   int // hash buckets of a migration
	OutOfTime func() bool
}

// StageInput and StageOutput are what is left of the chunk.
type (
	StageInput  = ChunkState
	StageOutput = ChunkState
)

// Run stages what is left of the chunk, or as much as there is time for. What can never succeed is noted on the drop, for
// those who ask why it is not finished.
func (s *Stage) Run(ctx context.Context, in StageInput) (StageOutput, error) {
	out, err := s.run(ctx, in)
	switch migrate.CodeOf(err) {
	case migrate.Invalid, migrate.StorageFull, migrate.TooLarge:
		return out, errors.Join(err, s.note(ctx, in, err))
	}
	return out, err
}

// note keeps the reason on the drop's row. Of several chunks that fail, one is enough.
func (s *Stage) note(ctx context.Context, in StageInput, cause error) error {
	drop, err := s.Store.GetDrop(ctx, in.Tenant, in.Drop)
	if err != nil || drop.Problem != nil {
		return err
	}
	drop.Problem = &migrate.DropProblem{Code: "not-finished", Detail: cause.Error()}
	if _, err = s.Store.AdvanceDrop(ctx, in.Tenant, drop); migrate.CodeOf(err) == migrate.Conflict {
		return nil
	}
	return err
}

func (s *Stage) run(ctx context.Context, in StageInput) (StageOutput, error) {
	drop, err := s.Store.GetDrop(ctx, in.Tenant, in.Drop)
	if err != nil {
		return in, err
	}
	for !in.Done {
		if in, err = s.skipCommitted(ctx, in); err != nil || in.Done {
			return in, err
		}
		var again bool
		if in, again, err = s.stageFrom(ctx, in, drop); err != nil || !again {
			return in, err
		}
	}
	return in, nil
}

// skipCommitted moves From past the rows that an earlier attempt committed.
func (s *Stage) skipCommitted(ctx context.Context, in StageInput) (StageOutput, error) {
	for in.From < in.To {
		row, err := s.Store.GetLedgerRow(ctx, in.Tenant, in.Migration, in.Drop, in.From)
		if migrate.CodeOf(err) == migrate.NotFound {
			return in, nil
		}
		if err != nil {
			return in, err
		}
		in.From = row.To
	}
	in.Done = true
	return in, nil
}

// stageFrom reads on from From. again is true if another worker committed a part that ends elsewhere: the reader has to
// be placed anew.
func (s *Stage) stageFrom(ctx context.Context, in StageInput, drop migrate.Drop) (out StageOutput, again bool, err error) {
	collection, ok := s.Catalog.Collection(drop.Component, drop.Collection)
	if !ok {
		return in, false, migrate.Errorf(migrate.Invalid, "staging a chunk", "the catalog has no such collection")
	}
	body, err := s.openRange(ctx, in, drop)
	if err != nil {
		return in, false, err
	}
	defer body.Close()
	format, _ := records.ParseFormat(drop.Format)
	part := &stager{
		store: s.Store, tenant: in.Tenant, checker: collection.NewChecker(),
		scanner: records.NewScanner(body, in.From, in.To, records.Options{Format: format, MaxRecord: s.Limits.MaxRecord}),
		ref: migrate.ChunkRef{
			Migration: in.Migration, Component: drop.Component, Collection: drop.Collection, Drop: drop.ID, Seq: drop.Seq,
			From: in.From, Epoch: in.Epoch, Buckets: s.Buckets,
		},
	}
	defer part.abort()
	return s.stageParts(ctx, in, part)
}

func (s *Stage) stageParts(ctx context.Context, in StageInput, part *stager) (out StageOutput, again bool, err error) {
	for {
		_, err := part.next(ctx)
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return in, false, migrate.Wrap(migrate.Unavailable, "reading a drop", err)
		}
		late := s.OutOfTime()
		if !end && !late && !part.full(s.Limits) {
			continue
		}
		to := part.pos
		if end {
			to = in.To
		}
		row, err := part.commit(ctx, to)
		if err != nil {
			return in, false, err
		}
		in.From, in.Done = row.To, row.To >= in.To
		if in.Done || late || row.To != to {
			return in, !in.Done && !late, nil
		}
	}
}

// openRange opens the object where the scanner of a range has to begin. A compressed object is read from its start.
func (s *Stage) openRange(ctx context.Context, in StageInput, drop migrate.Drop) (io.ReadCloser, error) {
	key := BlobKey(in.Tenant, drop.Key)
	start := records.ReadFrom(in.From)
	if drop.Encoding == "identity" {
		return s.Blobs.GetObject(ctx, key, drop.Version, start, -1)
	}
	raw, err := s.Blobs.GetObject(ctx, key, drop.Version, 0, -1)
	if err != nil {
		return nil, err
	}
	plain, err := Decompress(drop.Encoding, raw)
	if err != nil {
		raw.Close()
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, plain, start); err != nil {
		raw.Close()
		return nil, migrate.Wrap(migrate.Invalid, "decompressing a drop", err)
	}
	return struct {
		io.Reader
		io.Closer
	}{plain, raw}, nil
}
