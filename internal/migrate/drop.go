package migrate

import (
	"context"
	"time"
)

// Drop is one offered input. Registering the same version of the same object twice yields the same drop; each body of
// a load is a drop of its own. Its counts are the sum of its ledger rows.
type Drop struct {
	ID         DropID         `json:"id"`
	Migration  MigrationID    `json:"migration"`
	Seq        uint32         `json:"seq"` // order among the migration's drops: a later drop wins
	Component  ComponentName  `json:"component"`
	Collection CollectionName `json:"collection"`
	Origin     DropOrigin     `json:"origin"`
	Key        string         `json:"key,omitempty"`     // object key; "" for a request
	Version    string         `json:"version,omitempty"` // object version
	Size       int64          `json:"size"`              // bytes as offered, before decompression
	Format     string         `json:"format"`            // "jsonl" or "json-seq"
	Encoding   string         `json:"encoding"`          // "identity", "gzip" or "zstd"
	State      DropState      `json:"state"`
	Chunks     int            `json:"chunks"` // planned; 0 before planning and for a request
	Problem    *DropProblem   `json:"problem,omitempty"`

	RegisteredAt time.Time `json:"registeredAt"`
	SettledAt    time.Time `json:"settledAt,omitzero"`
	RowVersion   int64     `json:"rowVersion"` // of this row, for compare-and-set
}

// DropOrigin says how a drop came.
type DropOrigin string

// The origins.
const (
	OriginRequest DropOrigin = "request"
	OriginObject  DropOrigin = "object"
	OriginUpload  DropOrigin = "upload"
)

// DropState is how far a drop has come.
type DropState string

// The states of a drop.
const (
	DropRegistered  DropState = "Registered"
	DropInProgress  DropState = "InProgress"
	DropSettled     DropState = "Settled"
	DropInterrupted DropState = "Interrupted" // it broke off, and what was committed counts: a request, or an object of
	// which a newer version has come
	DropRefused DropState = "Refused" // not read; Problem says why
	DropFailed  DropState = "Failed"  // not finished; may be announced again
)

var dropTransitions = map[DropState][]DropState{
	DropRegistered: {DropInProgress, DropSettled, DropInterrupted, DropFailed},
	DropInProgress: {DropSettled, DropInterrupted, DropFailed},
	DropFailed:     {DropInProgress, DropSettled, DropInterrupted},
}

// CanBecome reports whether a drop may go from one state to the other. Staying is always allowed.
func (s DropState) CanBecome(next DropState) bool {
	for _, to := range dropTransitions[s] {
		if to == next {
			return true
		}
	}
	return s == next
}

// IsOpen reports whether the drop blocks an import: a drop that was given up does until it is announced again.
func (s DropState) IsOpen() bool {
	return s == DropRegistered || s == DropInProgress || s == DropFailed
}

// DropProblem says why a drop was refused or not finished. Code is one of CONTRACT 1.6 or unknown-component,
// unknown-collection, unknown-format.
type DropProblem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Chunk is a byte range of a drop that owns every record whose first byte lies in it. A chunk is committed in parts:
// each ledger row covers one, and a retry goes on after the last.
type Chunk struct {
	Drop DropID
	From int64
	To   int64 // exclusive
}

// LedgerRow is the one commit of a part of a chunk. Rows of a settled drop tile it: no gap, no overlap.
type LedgerRow struct {
	Drop  DropID `json:"drop"`
	From  int64  `json:"from"`
	To    int64  `json:"to"`
	Tally Tally  `json:"tally"`
}

// Rejection is a record that could not be staged.
type Rejection struct {
	Offset  int64       `json:"offset"` // byte offset of the line or text, after decompression
	Line    int64       `json:"line"`   // line feeds between the start of its ledger row and Offset
	Length  int64       `json:"length"` // bytes of the whole record
	ID      ReferenceID `json:"id,omitzero"`
	Faults  []Fault     `json:"faults"`
	Partial bool        `json:"partial,omitempty"` // over the limit: not read whole
}

// Duplicate is an accepted record that created no entity.
type Duplicate struct {
	Offset  int64       `json:"offset"`
	Line    int64       `json:"line"` // as in Rejection
	ID      ReferenceID `json:"id"`
	Outcome Outcome     `json:"outcome"`
	Other   Source      `json:"other"`   // the place it was compared with: the content staged then
	Differs bool        `json:"differs"` // whether the contents differ
}

// Drops keeps the drops of migrations.
type Drops interface {
	// CreateDrop registers d and gives it the migration's next Seq, or returns the drop that has this id already (and
	// false). It fails with WrongState when the migration is not active or imports (problems migration-cancelled,
	// migration-completed, import-running). A refused drop gets a Seq too.
	CreateDrop(ctx context.Context, t TenantID, d Drop) (Drop, bool, error)

	// GetDrop fails with NotFound.
	GetDrop(ctx context.Context, t TenantID, id DropID) (Drop, error)

	// ListDrops gives a page by Seq, beginning with the first Seq greater than after.
	ListDrops(ctx context.Context, t TenantID, m MigrationID, after uint32, limit int) ([]Drop, error)

	// AdvanceDrop replaces the drop's row if nobody did since it was read (Conflict otherwise), keeps the migration's
	// number of open drops right, and refuses a transition that is not in the table (Internal). It returns the row as
	// stored.
	AdvanceDrop(ctx context.Context, t TenantID, d Drop) (Drop, error)
}
