package embedded

import (
	"context"

	"landfall/internal/migrate"
)

// PutExecution is that of migrate.Executions.
func (s *Store) PutExecution(ctx context.Context, e migrate.Execution) error {
	return s.update(ctx, "keeping an execution", func(tx *tx) error { return tx.put(executionKey(e.Name), e) })
}

// DeleteExecution is that of migrate.Executions. Deleting what is not there changes nothing.
func (s *Store) DeleteExecution(ctx context.Context, name string) error {
	return s.update(ctx, "deleting an execution", func(tx *tx) error {
		return tx.batch.Delete(executionKey(name), nil)
	})
}

// ListExecutions is that of migrate.Executions, by name.
func (s *Store) ListExecutions(ctx context.Context) (all []migrate.Execution, err error) {
	err = scanJSON(ctx, s, under(newKey("", kindExecution)), func(e migrate.Execution) error {
		all = append(all, e)
		return nil
	})
	return all, err
}
