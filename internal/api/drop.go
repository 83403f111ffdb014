package api

import "landfall/internal/migrate"

// Drop is how a drop shows itself (CONTRACT 10.2).
type Drop struct {
	ID         migrate.DropID         `json:"dropId"`
	Seq        uint32                 `json:"seq"`
	Component  migrate.ComponentName  `json:"component"`
	Collection migrate.CollectionName `json:"collection"`
	Origin     migrate.DropOrigin     `json:"origin"`
	Key        *string                `json:"key"` // null for a request, and so is Version
	Version    *string                `json:"version"`
	Format     string                 `json:"format"`
	Encoding   string                 `json:"encoding"`
	State      migrate.DropState      `json:"state"`
	Bytes      int64                  `json:"bytes"` // as offered; of a request what was read of it
	Chunks     DropChunks             `json:"chunks"`
	Lines      int64                  `json:"lines"`
	BlankLines int64                  `json:"blankLines"`
	Accepted   int64                  `json:"accepted"`
	Rejected   int64                  `json:"rejected"`
	Duplicates int64                  `json:"duplicates"`
	Staged     int64                  `json:"staged"`
	Outcomes   migrate.Outcomes       `json:"outcomes"`
	Problem    *migrate.DropProblem   `json:"problem"`

	RegisteredAt Time  `json:"registeredAt"`
	SettledAt    *Time `json:"settledAt"`
}

// DropChunks says how far a drop is read.
type DropChunks struct {
	Planned   int `json:"planned"`
	Committed int `json:"committed"`
}

// DropView shows a drop with the sum of its ledger rows.
func DropView(d migrate.Drop, tally migrate.Tally) Drop {
	return Drop{
		ID: d.ID, Seq: d.Seq, Component: d.Component, Collection: d.Collection, Origin: d.Origin,
		Key: textOrNull(d.Key), Version: textOrNull(d.Version), Format: d.Format, Encoding: d.Encoding, State: d.State,
		Bytes: offeredBytes(d, tally), Chunks: DropChunks{d.Chunks, committedChunks(d, tally)},
		Lines: tally.Lines, BlankLines: tally.BlankLines, Accepted: tally.Outcomes.Accepted(), Rejected: tally.Rejected,
		Duplicates: tally.Outcomes.Duplicates(), Staged: tally.Outcomes.New, Outcomes: tally.Outcomes,
		Problem: d.Problem, RegisteredAt: Time(d.RegisteredAt), SettledAt: timeOrNull(d.SettledAt),
	}
}

func offeredBytes(d migrate.Drop, tally migrate.Tally) int64 {
	if d.Origin == migrate.OriginRequest {
		return tally.Bytes
	}
	return d.Size
}

// committedChunks counts as many chunks as the committed bytes would fill: chunks have one size, but are committed in
// parts, several at a time. A compressed drop is one chunk.
func committedChunks(d migrate.Drop, tally migrate.Tally) int {
	switch {
	case d.State == migrate.DropSettled:
		return d.Chunks
	case d.Size == 0 || d.Encoding != "identity":
		return 0
	}
	return int(int64(d.Chunks) * tally.Bytes / d.Size)
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
