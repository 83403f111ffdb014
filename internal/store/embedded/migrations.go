package embedded

import (
	"context"

	"github.com/cockroachdb/pebble/v2"

	"landfall/internal/migrate"
)

// CreateMigration is that of migrate.Migrations. The active migration is the one that a row of the tenant points at.
func (s *Store) CreateMigration(ctx context.Context, t migrate.TenantID, m migrate.Migration) error {
	const op = "creating a migration"
	return s.update(ctx, op, func(tx *tx) error {
		active := newKey(t, kindActive)
		var current migrate.MigrationID
		if found, err := tx.get(active, &current); err != nil {
			return err
		} else if found {
			return &migrate.Error{Code: migrate.WrongState, Op: op, Problem: migrate.ProblemAlreadyActive,
				Detail:  "The tenant has an active migration.",
				Members: map[string]any{"migrationReferenceId": current}}
		}
		if taken, err := tx.has(migrationKey(t, m.ID)); err != nil {
			return err
		} else if taken {
			return migrate.Errorf(migrate.Conflict, op, "the id is taken")
		}
		m.RowVersion = 1
		if err := tx.put(active, m.ID); err != nil {
			return err
		}
		if err := tx.put(migrationByAgeKey(t, m), m.ID); err != nil {
			return err
		}
		return tx.put(migrationKey(t, m.ID), m)
	})
}

// GetMigration is that of migrate.Migrations.
func (s *Store) GetMigration(ctx context.Context, t migrate.TenantID, id migrate.MigrationID) (m migrate.Migration, err error) {
	const op = "getting a migration"
	err = s.view(ctx, func(db pebble.Reader) error {
		m, err = getMigration(db, op, t, id)
		return err
	})
	return m, s.wrap(op, err)
}

func getMigration(db pebble.Reader, op string, t migrate.TenantID, id migrate.MigrationID) (m migrate.Migration, err error) {
	found, err := getJSON(db, migrationKey(t, id), &m)
	if err == nil && !found {
		err = notFound(op, migrate.ProblemMigrationNotFound, "migration")
	}
	return m, err
}

// CurrentMigration is that of migrate.Migrations.
func (s *Store) CurrentMigration(ctx context.Context, t migrate.TenantID) (m migrate.Migration, err error) {
	const op = "getting the current migration"
	err = s.view(ctx, func(db pebble.Reader) error {
		var id migrate.MigrationID
		found, err := getJSON(db, newKey(t, kindActive), &id)
		if err == nil && !found {
			return notFound(op, migrate.ProblemNoActiveMigration, "active migration")
		} else if err != nil {
			return err
		}
		m, err = getMigration(db, op, t, id)
		return err
	})
	return m, s.wrap(op, err)
}

// ListMigrations is that of migrate.Migrations.
func (s *Store) ListMigrations(ctx context.Context, t migrate.TenantID, a migrate.Activity, offset, limit int) (
	page []migrate.Migration, total int, err error) {
	const op = "listing migrations"
	err = s.view(ctx, func(db pebble.Reader) error {
		return newestFirst(db, under(newKey(t, kindMigrationByAge)), func(id migrate.MigrationID) error {
			m, err := getMigration(db, op, t, id)
			if err != nil || (a != "" && m.Activity != a) {
				return err
			}
			if total >= offset && len(page) < limit {
				page = append(page, m)
			}
			total++
			return nil
		})
	})
	return page, total, s.wrap(op, err)
}

// AdvanceMigration is that of migrate.Migrations. It brings *job up to date with the row as stored.
func (s *Store) AdvanceMigration(ctx context.Context, t migrate.TenantID, m migrate.Migration, job *migrate.Job) (migrate.Migration, error) {
	const op = "advancing a migration"
	next, nextJob := m.Clone(), migrate.Job{}
	err := s.update(ctx, op, func(tx *tx) error {
		stored, err := getMigration(tx.batch, op, t, m.ID)
		if err != nil {
			return err
		}
		if stored.RowVersion != m.RowVersion {
			return conflict(op)
		}
		if stored.Activity != migrate.Active && m.Activity == migrate.Active {
			return migrate.Errorf(migrate.Internal, op, "an ended migration does not become active again")
		}
		// What the store keeps is the store's; what never changes does not.
		next.NextSeq, next.OpenDrops = stored.NextSeq, stored.OpenDrops
		next.Buckets, next.CreatedAt = stored.Buckets, stored.CreatedAt
		if job != nil {
			if nextJob, err = tx.advanceJob(op, t, *job); err != nil {
				return err
			}
		}
		if stored.Activity == migrate.Active && m.Activity != migrate.Active {
			if err := tx.endMigration(t, m.ID); err != nil {
				return err
			}
		}
		return tx.putMigration(t, &next)
	})
	if err != nil {
		return migrate.Migration{}, err
	}
	if job != nil {
		job.RowVersion = nextJob.RowVersion
	}
	return next, nil
}

// putMigration replaces a migration's row; every change of it raises the version.
func (t *tx) putMigration(tenant migrate.TenantID, m *migrate.Migration) error {
	m.RowVersion++
	return t.put(migrationKey(tenant, m.ID), m)
}

// endMigration makes room for the tenant's next migration and forgets what only staging needs.
func (t *tx) endMigration(tenant migrate.TenantID, id migrate.MigrationID) error {
	t.then(func() { t.s.forgetFilters(tenant, id) })
	return t.batch.Delete(newKey(tenant, kindActive), nil)
}

// newestFirst yields the ids of an index by age.
func newestFirst[ID ~string](db pebble.Reader, at span, yield func(ID) error) error {
	return iterate(db, at, func(it *pebble.Iterator) error {
		for ok := it.Last(); ok; ok = it.Prev() {
			var id ID
			if err := unmarshalValue(it, &id); err != nil {
				return err
			}
			if err := yield(id); err != nil {
				return err
			}
		}
		return nil
	})
}
