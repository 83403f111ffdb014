package file

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"landfall/internal/migrate"
)

// ImportBatch implements migrate.Target. An entity's hash must be that of its body; its bucket is not looked at. Batches
// may be imported at the same time, those of one part in turns.
func (t *Target) ImportBatch(ctx context.Context, tenant migrate.TenantID, b migrate.Batch) ([]migrate.ImportOutcome, error) {
	if err := errors.Join(ctx.Err(), checkMigration(b.Migration)); err != nil {
		return nil, fault("importing", err)
	}
	outcomes := make([]migrate.ImportOutcome, len(b.Entities))
	for _, s := range sharesOf(b.Entities, outcomes) {
		if err := t.importShare(ctx, tenant, b, s, outcomes); err != nil {
			return nil, fault("importing into "+string(b.Component), err)
		}
	}
	return outcomes, nil
}

// share is what of a batch goes into one part.
type share struct {
	collection migrate.CollectionName
	part       int
	positions  []int
}

// sharesOf divides a batch, which as a rule is all one share, and settles the outcome of what has no place in a file of
// lines.
func sharesOf(entities []migrate.Entity, outcomes []migrate.ImportOutcome) []share {
	var shares []share
	for i := range entities {
		e := &entities[i]
		if cause := unfit(e); cause != "" {
			outcomes[i] = migrate.ImportOutcome{Result: migrate.ResultFailed, Code: migrate.ImportFailed, Cause: cause}
			continue
		}
		part := partOf(e.ID)
		at := slices.IndexFunc(shares, func(s share) bool { return s.part == part && s.collection == e.Collection })
		if at < 0 {
			at = len(shares)
			shares = append(shares, share{collection: e.Collection, part: part})
		}
		shares[at].positions = append(shares[at].positions, i)
	}
	return shares
}

// unfit says why an entity could not be read back from a line, or "".
func unfit(e *migrate.Entity) string {
	if bytes.IndexByte(e.Body, '\n') >= 0 {
		return "the record is not one line"
	}
	if id, ok := migrate.ReferenceIDOf(e.Body); !ok || id != e.ID {
		return "the record does not hold its reference id"
	}
	return ""
}

func (t *Target) importShare(ctx context.Context, tenant migrate.TenantID, b migrate.Batch, s share,
	outcomes []migrate.ImportOutcome) error {
	folder, err := t.collection(tenant, b.Component, s.collection)
	if err != nil {
		return err
	}
	entities := make([]*migrate.Entity, len(s.positions))
	for i, at := range s.positions {
		entities[i] = &b.Entities[at]
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.parts.use(ctx, partPath(folder, b.Migration, s.part), func(p *part) error {
		c, results := p.plan(entities)
		if err := p.apply(ctx, c); err != nil {
			return err
		}
		for i, at := range s.positions {
			outcomes[at].Result = results[i]
		}
		t.live.add(folder, b.Migration, s.part, c.added)
		return nil
	})
}
