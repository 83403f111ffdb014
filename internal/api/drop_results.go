package api

import (
	"context"

	"landfall/internal/migrate"
)

// streamResults walks the ledger rows of a settled drop and calls each with a row and the number of line feeds before it.
func (s *service) streamResults(c *call, each func(d migrate.Drop, row migrate.LedgerRow, before int64, out *stream) error) error {
	skip, err := c.continueFrom()
	if err != nil {
		return err
	}
	d, err := c.drop()
	if err != nil {
		return err
	}
	if d.State != migrate.DropSettled && d.State != migrate.DropInterrupted {
		return refuse(problemDropOpen, "")
	}
	out, before := c.openStream(skip), int64(0)
	err = s.Store.WalkLedger(c.Context(), c.tenant, d.Migration, d.ID, 0, func(row migrate.LedgerRow) error {
		defer func() { before += row.Tally.Newlines }()
		return each(d, row, before, out)
	})
	if err != nil {
		return err
	}
	return out.close()
}

func (s *service) streamRejected(c *call) error {
	var kept *original
	defer func() { kept.close() }()
	return s.streamResults(c, func(d migrate.Drop, row migrate.LedgerRow, before int64, out *stream) error {
		if kept == nil {
			kept = s.original(c.tenant, d)
		}
		return s.Store.WalkRejections(c.Context(), c.tenant, d.Migration, d.ID, row.From, func(r migrate.Rejection) error {
			if out.skips() {
				return nil
			}
			text, err := kept.text(c.Context(), r.Offset, min(r.Length, int64(s.Load.Limits.MaxRecord)))
			if err != nil {
				return err
			}
			return out.send(rejectedView(r, before, text))
		})
	})
}

func (s *service) streamDuplicates(c *call) error {
	drops := map[uint32]migrate.DropID{}
	return s.streamResults(c, func(d migrate.Drop, row migrate.LedgerRow, before int64, out *stream) error {
		return s.Store.WalkDuplicates(c.Context(), c.tenant, d.Migration, d.ID, row.From, func(dup migrate.Duplicate) error {
			if out.skips() {
				return nil
			}
			other, err := s.dropOfSeq(c.Context(), c.tenant, d.Migration, dup.Other.Seq, drops)
			if err != nil {
				return err
			}
			return out.send(duplicateView(dup, before, other))
		})
	})
}

// dropOfSeq gives the id of a migration's drop. known remembers what was asked before.
func (s *service) dropOfSeq(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, seq uint32, known map[uint32]migrate.DropID) (migrate.DropID, error) {
	if id, ok := known[seq]; ok {
		return id, nil
	}
	list, err := s.Store.ListDrops(ctx, t, m, seq-1, 1)
	if err != nil || len(list) == 0 {
		return "", err
	}
	known[seq] = list[0].ID
	return list[0].ID, nil
}
