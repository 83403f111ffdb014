package migrate

import (
	"context"
	"time"
)

// LogLevel is how grave a LogEntry is.
type LogLevel string

// The levels.
const (
	Debug   LogLevel = "DEBUG"
	Info    LogLevel = "INFO"
	Warn    LogLevel = "WARN"
	Failure LogLevel = "ERROR"
)

// Action says what a LogEntry is about.
type Action string

// The actions.
const (
	CreatedMigration   Action = "CreatedMigration"
	CancelledMigration Action = "CancelledMigration"
	CompletedMigration Action = "CompletedMigration"
	StagedEntities     Action = "StagedEntities"
	DeletedEntities    Action = "DeletedEntities"
	ValidatedEntities  Action = "ValidatedEntities"
	ImportedEntities   Action = "ImportedEntities"
	CountedEntities    Action = "CountedEntities"
)

// LogEntry is one line of a migration's history, for its users. It names ids, paths, rules and codes, never a value of
// a record. Its JSON is that of the HTTP contract (3.6).
type LogEntry struct {
	Component          ComponentName `json:"component"`
	EntityReferenceIDs []ReferenceID `json:"entityReferenceIds"`
	Action             Action        `json:"action"`
	Timestamp          time.Time     `json:"timestamp"`
	Level              LogLevel      `json:"logLevel"`
	Message            string        `json:"message"`
}

// Log is the append-only history of a migration. Entries have an index from 0; timestamps never decrease.
type Log interface {
	// AppendLog adds the entries, in order, unless a segment of that name was added before: a retried step names its
	// segment after itself and so writes it once. At most 1,000 entries a call.
	AppendLog(ctx context.Context, t TenantID, m MigrationID, segment string, entries []LogEntry) error

	// WalkLog gives the entries with an index of at least from that were there when the call began, oldest first.
	WalkLog(ctx context.Context, t TenantID, m MigrationID, from int64, yield func(index int64, e LogEntry) error) error
}
