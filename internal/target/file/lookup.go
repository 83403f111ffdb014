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
			s, err := t.liveSet(ctx, tenant, k)
			if err != nil {
				return nil, fault("looking live data up", err)
			}
			sets[at] = s
		}
		found[i] = sets[at].find(k.ID)
	}
	return found, ctx.Err()
}

func (t *Target) liveSet(ctx context.Context, tenant migrate.TenantID, k migrate.EntityKey) (*liveSet, error) {
	folder, err := t.collection(tenant, k.Component, k.Collection)
	if err != nil {
		return nil, err
	}
	s := t.live.of(folder)
	return s, s.read(ctx)
}
