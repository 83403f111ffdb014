package embedded

import (
	"context"
	"maps"

	"github.com/cockroachdb/pebble/v2"

	"landfall/internal/migrate"
)

// GetLedgerRow is that of migrate.Staging.
func (s *Store) GetLedgerRow(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, d migrate.DropID, from int64) (
	row migrate.LedgerRow, err error) {
	const op = "getting a ledger row"
	err = s.view(ctx, func(db pebble.Reader) error {
		found, err := getRaw(db, dropLedgerKey(t, m, d).i64(from), func(v []byte) error {
			row, err = ledgerRow(d, from, v)
			return err
		})
		if err == nil && !found {
			err = notFound(op, "", "ledger row")
		}
		return err
	})
	return row, s.wrap(op, err)
}

func ledgerRow(d migrate.DropID, from int64, v []byte) (migrate.LedgerRow, error) {
	e, err := parseLedger(v)
	e.row.Drop, e.row.From = d, from
	return e.row, err
}

// WalkLedger is that of migrate.Staging.
func (s *Store) WalkLedger(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, d migrate.DropID, from int64,
	yield func(migrate.LedgerRow) error) error {
	all := dropLedgerKey(t, m, d)
	return s.scan(ctx, under(all).since(dropLedgerKey(t, m, d).i64(from)), func(k key, v []byte) error {
		row, err := ledgerRow(d, parseKey(k[len(all):]).i64(), v)
		if err != nil {
			return s.wrap("walking a ledger", err)
		}
		return yield(row)
	})
}

// DropTally is that of migrate.Staging.
func (s *Store) DropTally(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, d migrate.DropID) (
	tally migrate.Tally, err error) {
	err = s.sum(ctx, dropLedgerKey(t, m, d), func(byComponent map[migrate.ComponentName]migrate.Tally) {
		for _, part := range byComponent {
			tally = tally.Plus(part)
		}
	})
	return tally, err
}

// ComponentTallies is that of migrate.Staging.
func (s *Store) ComponentTallies(ctx context.Context, t migrate.TenantID, m migrate.MigrationID) (
	tallies map[migrate.ComponentName]migrate.Tally, err error) {
	err = s.sum(ctx, ledgerKey(t, m), func(byComponent map[migrate.ComponentName]migrate.Tally) {
		tallies = maps.Clone(byComponent)
	})
	return tallies, err
}
