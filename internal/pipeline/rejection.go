package pipeline

import (
	"context"

	"landfall/internal/migrate"
)

// EachRejection gives the rejected records of a drop in byte order, with the line each stands on, counted from 1 with
// blank lines. Lines are summed over the ledger rows before.
func EachRejection(ctx context.Context, store migrate.Staging, t migrate.TenantID, d migrate.Drop, yield func(line int64, r migrate.Rejection) error) error {
	line := int64(1)
	return store.WalkLedger(ctx, t, d.Migration, d.ID, 0, func(row migrate.LedgerRow) error {
		first := line
		line += row.Tally.Newlines
		if row.Tally.Rejected == 0 {
			return nil
		}
		return store.WalkRejections(ctx, t, d.Migration, d.ID, row.From, func(r migrate.Rejection) error {
			return yield(first+r.Line, r)
		})
	})
}
