package local

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"landfall/internal/api"
	"landfall/internal/migrate"
)

// Handler serves the HTTP contract on loopback, as tenant local.
func (s *Service) Handler() http.Handler {
	return api.New(api.Config{
		Store: s.Store, Blobs: s.Blobs, Catalog: s.Catalog, Lifecycle: s.Lifecycle, Load: s.Load, Books: s.Books,
		LoopbackOnly: true, Version: s.Version, Health: s.health, NewID: uuid.NewString, Now: s.Now, Logger: s.Logger,
	})
}

// health asks each part for something small.
func (s *Service) health(ctx context.Context) map[string]string {
	state := func(err error) string {
		if err != nil && migrate.CodeOf(err) != migrate.NotFound {
			return "unavailable"
		}
		return "ok"
	}
	_, storeErr := s.Store.CurrentMigration(ctx, migrate.LocalTenant)
	_, blobErr := s.Blobs.HeadObject(ctx, "work/health")
	return map[string]string{"store": state(storeErr), "blob": state(blobErr), "target": state(s.Live.CheckTarget(ctx))}
}
