package migrate

import (
	"context"
	"slices"
	"time"
)

// Migration is one move of one tenant's data. Its row holds what people and jobs decide; what follows from the data
// (how much is staged, whether a validation is out of date) is derived from tallies, see Status.
type Migration struct {
	ID         MigrationID `json:"id"`
	Components []Component `json:"components"` // in the order of the request; none can be added later
	Activity   Activity    `json:"activity"`
	Epoch      int64       `json:"epoch"` // raised by cancel; a commit of an older epoch is refused
	Buckets    int         `json:"buckets"`
	Origin     string      `json:"origin,omitempty"` // folder that a local run took its drops from; "" for the API
	NextSeq    uint32      `json:"nextSeq"`          // Seq of the next drop
	OpenDrops  int         `json:"openDrops"`
	Job        JobID       `json:"job,omitempty"` // the job that runs
	JobType    JobType     `json:"jobType,omitempty"`
	CreatedAt  time.Time   `json:"createdAt"`
	EndedAt    time.Time   `json:"endedAt,omitzero"`
	RowVersion int64       `json:"rowVersion"` // moved by every change of the row, for compare-and-set
}

// Component is a domain inside a migration. Revision counts changes to its staged data (Tally.Revision); a verdict of
// a job holds for the revision it was reached at and lapses when the revision moves.
type Component struct {
	Name       ComponentName     `json:"name"`
	Validation ValidationVerdict `json:"validation"`
	Import     ImportVerdict     `json:"import"`
}

// ValidationVerdict is what the latest validation job said of a component.
type ValidationVerdict struct {
	Status        StagingStatus `json:"status"`
	Job           JobID         `json:"job,omitempty"`
	Revision      int64         `json:"revision"`      // of the component, when the job began
	TotalRevision int64         `json:"totalRevision"` // sum over all components, when the job began
}

// ImportVerdict is what the latest import job that worked on a component said of it.
type ImportVerdict struct {
	Status   ImportStatus `json:"status"`
	Job      JobID        `json:"job,omitempty"`
	Revision int64        `json:"revision"` // of the component, when the job began
}

// NewMigration makes an active migration of the components.
func NewMigration(id MigrationID, components []ComponentName, now time.Time) Migration {
	m := Migration{ID: id, Activity: Active, Epoch: 1, Buckets: DefaultBuckets, NextSeq: 1, CreatedAt: now}
	for _, name := range components {
		m.Components = append(m.Components, Component{
			Name:       name,
			Validation: ValidationVerdict{Status: StagingPending},
			Import:     ImportVerdict{Status: ImportPending},
		})
	}
	return m
}

// Component gives the component of that name.
func (m *Migration) Component(name ComponentName) (*Component, bool) {
	i := slices.IndexFunc(m.Components, func(c Component) bool { return c.Name == name })
	if i < 0 {
		return nil, false
	}
	return &m.Components[i], true
}

// ComponentNames gives the names in the migration's order.
func (m *Migration) ComponentNames() []ComponentName {
	names := make([]ComponentName, len(m.Components))
	for i, c := range m.Components {
		names[i] = c.Name
	}
	return names
}

// Clone gives a copy that shares nothing with m.
func (m Migration) Clone() Migration {
	m.Components = slices.Clone(m.Components)
	return m
}

// Migrations keeps migrations. At most one per tenant is active.
type Migrations interface {
	// CreateMigration stores m; WrongState (problem migration-already-active, member migrationReferenceId) if the tenant
	// has an active one. Of simultaneous calls exactly one succeeds.
	CreateMigration(ctx context.Context, t TenantID, m Migration) error

	// GetMigration fails with NotFound (problem migration-not-found).
	GetMigration(ctx context.Context, t TenantID, id MigrationID) (Migration, error)

	// CurrentMigration gives the active migration; NotFound (problem no-active-migration).
	CurrentMigration(ctx context.Context, t TenantID) (Migration, error)

	// ListMigrations gives a page, newest first, and the total. An empty activity means any.
	ListMigrations(ctx context.Context, t TenantID, activity Activity, offset, limit int) ([]Migration, int, error)

	// AdvanceMigration replaces the row if nobody changed it since it was read (RowVersion), with job in the same
	// transaction if it is not nil: a new job is put, one that is stored is replaced if its own RowVersion agrees.
	// Conflict otherwise. It returns the rows as stored.
	AdvanceMigration(ctx context.Context, t TenantID, m Migration, job *Job) (Migration, error)
}
