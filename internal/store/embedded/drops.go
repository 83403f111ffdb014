package embedded

import (
	"context"

	"github.com/cockroachdb/pebble/v2"

	"landfall/internal/migrate"
)

// CreateDrop is that of migrate.Drops.
func (s *Store) CreateDrop(ctx context.Context, t migrate.TenantID, d migrate.Drop) (stored migrate.Drop, created bool, err error) {
	const op = "creating a drop"
	err = s.update(ctx, op, func(tx *tx) error {
		if found, err := tx.get(dropKey(t, d.ID), &stored); err != nil || found {
			return err
		}
		m, err := getMigration(tx.batch, op, t, d.Migration)
		if err != nil {
			return err
		}
		if err := m.AllowsDrop(); err != nil {
			return err
		}
		stored, created = d, true
		stored.Seq, stored.RowVersion = max(m.NextSeq, 1), 1
		m.NextSeq = stored.Seq + 1
		if d.State.IsOpen() {
			m.OpenDrops++
		}
		if err := tx.put(dropsKey(t, m.ID).u32(stored.Seq), d.ID); err != nil {
			return err
		}
		return tx.putDrop(t, &m, &stored)
	})
	if err != nil {
		return migrate.Drop{}, false, err
	}
	return ownDrop(stored), created, nil
}

// GetDrop is that of migrate.Drops.
func (s *Store) GetDrop(ctx context.Context, t migrate.TenantID, id migrate.DropID) (d migrate.Drop, err error) {
	const op = "getting a drop"
	found, err := s.get(ctx, op, dropKey(t, id), &d)
	if err == nil && !found {
		err = notFound(op, migrate.ProblemDropNotFound, "drop")
	}
	return d, err
}

// ListDrops is that of migrate.Drops.
func (s *Store) ListDrops(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, after uint32, limit int) (
	page []migrate.Drop, err error) {
	const op = "listing drops"
	all := dropsKey(t, m)
	at := under(all).after(append(key{}, all...).u32(after))
	err = s.view(ctx, func(db pebble.Reader) error {
		return iterate(db, at, func(it *pebble.Iterator) error {
			for ok := it.First(); ok && len(page) < limit; ok = it.Next() {
				var id migrate.DropID
				if err := unmarshalValue(it, &id); err != nil {
					return err
				}
				var d migrate.Drop
				if _, err := getJSON(db, dropKey(t, id), &d); err != nil {
					return err
				}
				page = append(page, d)
			}
			return nil
		})
	})
	return page, s.wrap(op, err)
}

// AdvanceDrop is that of migrate.Drops.
func (s *Store) AdvanceDrop(ctx context.Context, t migrate.TenantID, d migrate.Drop) (migrate.Drop, error) {
	const op = "advancing a drop"
	err := s.update(ctx, op, func(tx *tx) error {
		var stored migrate.Drop
		if found, err := tx.get(dropKey(t, d.ID), &stored); err != nil {
			return err
		} else if !found {
			return notFound(op, migrate.ProblemDropNotFound, "drop")
		}
		if stored.RowVersion != d.RowVersion {
			return conflict(op)
		}
		if !stored.State.CanBecome(d.State) {
			return migrate.Errorf(migrate.Internal, op, "a drop does not go from %s to %s", stored.State, d.State)
		}
		m, err := getMigration(tx.batch, op, t, stored.Migration)
		if err != nil {
			return err
		}
		m.OpenDrops += open(d) - open(stored)
		d.Migration, d.Seq, d.RowVersion = stored.Migration, stored.Seq, stored.RowVersion+1
		return tx.putDrop(t, &m, &d)
	})
	if err != nil {
		return migrate.Drop{}, err
	}
	return ownDrop(d), nil
}

func (t *tx) putDrop(tenant migrate.TenantID, m *migrate.Migration, d *migrate.Drop) error {
	if err := t.putMigration(tenant, m); err != nil {
		return err
	}
	return t.put(dropKey(tenant, d.ID), d)
}

func open(d migrate.Drop) int {
	if d.State.IsOpen() {
		return 1
	}
	return 0
}

// ownDrop gives a drop that shares nothing.
func ownDrop(d migrate.Drop) migrate.Drop {
	if d.Problem != nil {
		p := *d.Problem
		d.Problem = &p
	}
	return d
}
