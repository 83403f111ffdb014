package targettest

import (
	"context"
	"errors"
	"fmt"

	"landfall/internal/migrate"
)

var tenantCases = []Case{
	{"tenant/nobody sees another's", nil, tenantsApart},
}

// tenantsApart lets tenants write the same ids with contents of their own.
func tenantsApart(ctx context.Context, s System, traits Traits) error {
	tenants := []migrate.TenantID{tenant, "local-2", "bank", "counterparties", "0"}
	for i, t := range tenants {
		before := entitiesOf(clients, 0, 10*i, string(t))
		results, err := importAll(ctx, s, t, migration, entitiesOf(clients, 0, 10*i, string(t)))
		if err != nil {
			return err
		}
		for _, r := range results {
			if r != migrate.ResultImported {
				return fmt.Errorf("the first import of tenant %s is %q", t, r)
			}
		}
		if err := wantLive(ctx, s, t, whole(migration), before); err != nil {
			return fmt.Errorf("tenant %s: %w", t, err)
		}
	}
	for range 2 {
		for i, t := range tenants {
			err := errors.Join(
				wantLive(ctx, s, t, whole(migration), entitiesOf(clients, 0, 10*i, string(t))),
				wantWriters(ctx, s, traits, t, keysOf(clients, 0, 10*i), always(migration)),
				wantWriters(ctx, s, traits, t, keysOf(clients, 10*i, 50), always("")),
			)
			if err != nil {
				return fmt.Errorf("tenant %s: %w", t, err)
			}
		}
		if err := s.Reopen(); err != nil {
			return err
		}
	}
	return nil
}
