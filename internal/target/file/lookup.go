package file

import (
	"context"

	"landfall/internal/migrate"
)

// LookUp implements migrate.Target. If several migrations wrote an entity, it names the one whose id comes first. The
// first call that asks for a collection reads all of its ids.
func (t *Target) LookUp(ctx context.Context, tenant migrate.TenantID, keys []migrate.EntityKey) ([]migrate.Live, error) {
	type place struct {
		component  migrate.ComponentName
		collection migrate.CollectionName
	}
	sets := map[place]*liveSet{}
	found := make([]migrate.Live, len(keys))
	for i, k := range keys {
		at := place{k.Component, k.Collection}
		if sets[at] == nil {
			folder, err := t.collection(tenant, k.Component, k.Collection)
			if err != nil {
				return nil, fault("looking live data up", err)
			}
			sets[at] = t.live.of(folder)
		}
		live, err := sets[at].lookUp(ctx, k.ID)
		if err != nil {
			return nil, fault("looking live data up", err)
		}
		found[i] = live
	}
	return found, ctx.Err()
}

// lookUp looks in the set and reads it first if nobody has, or if it was forgotten since.
func (s *liveSet) lookUp(ctx context.Context, id migrate.ReferenceID) (migrate.Live, error) {
	for {
		live, isRead := s.find(id)
		if isRead {
			return live, nil
		}
		if err := s.read(ctx); err != nil {
			return migrate.Live{}, err
		}
	}
}
