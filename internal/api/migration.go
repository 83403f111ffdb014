package api

import "landfall/internal/migrate"

// Migration is how a migration shows itself (CONTRACT 3.1).
type Migration struct {
	ID            migrate.MigrationID   `json:"referenceId"`
	StagingStatus migrate.StagingStatus `json:"stagingStatus"`
	ImportStatus  migrate.ImportStatus  `json:"importStatus"`
	Staged        int64                 `json:"numberOfStagedEntities"`
	Imported      int64                 `json:"numberOfImportedEntities"`
	Activity      migrate.Activity      `json:"activity"`
	Components    []Component           `json:"components"`
}

// Component is a component's part of a Migration.
type Component struct {
	Name          migrate.ComponentName `json:"component"`
	StagingStatus migrate.StagingStatus `json:"stagingStatus"`
	ImportStatus  migrate.ImportStatus  `json:"importStatus"`
	Staged        int64                 `json:"numberOfStagedEntities"`
	Imported      int64                 `json:"numberOfImportedEntities"`
}

// MigrationView shows how a migration stands.
func MigrationView(s migrate.Status) Migration {
	v := Migration{ID: s.ID, StagingStatus: s.StagingStatus, ImportStatus: s.ImportStatus, Staged: s.Staged,
		Imported: s.Imported, Activity: s.Activity, Components: []Component{}}
	for _, c := range s.Components {
		v.Components = append(v.Components, Component{c.Component, c.StagingStatus, c.ImportStatus, c.Staged, c.Imported})
	}
	return v
}

// ListedMigration is a Migration in a list (CONTRACT 10.1).
type ListedMigration struct {
	Migration
	CreatedAt Time  `json:"createdAt"`
	EndedAt   *Time `json:"endedAt"` // null while it is active
}
