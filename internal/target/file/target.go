// Package file is a target that keeps live data as JSON Lines, for a service on one machine and for people who want to
// look at what was imported.
//
// # On disk
//
//	<dir>/.lock                                                           held by one process, names its id
//	<dir>/<Component>/<collection>/<migration id>/part-000.jsonl … part-015.jsonl
//	<dir>/<tenant>@/<Component>/…                                         of every tenant but the local one
//
// One line per entity: its body as it was given, and LF. The part follows from the entity's id alone: the top four bits
// of its hash, so that a range of hash buckets is a range of parts, whatever the number of buckets. Nothing else in the
// folder ends in .json, .jsonl or .ndjson.
//
// # Exactly once
//
// The lines are the only truth; there is no journal beside them. Before the first write to a part, its lines are read
// back into an index of ids and content hashes. A batch then appends what is new, leaves what is there, and, if an
// entity's content has changed, writes the whole part anew beside the old one and renames it over it. It returns after
// the file, and the folder if a name is new, are synced. A process that dies
//
//   - while it appends leaves whole lines, which the batch that is sent again finds in the index, and at most one line
//     without LF at the end, which nobody was told of and which reading back cuts off;
//   - while it writes a part anew leaves a file with the suffix .new, which reading back removes;
//   - after the rename leaves a part that has the change, which the batch finds in the index.
//
// An append that fails, for want of room, is cut off again, and the part is read back before its next use.
//
// Whoever reads ignores a last line without LF: no import was told that it is there, and whoever loses the end of a
// finished part to damage sees it in the counts, which are made from the lines. Any other line without a reference id is
// damage too, and an error that names file and byte.
//
// # Memory
//
// An index takes 50 to 85 bytes per entity of its part; those of a few parts are kept, see limits. Looking up takes about
// 20 bytes per live entity of the collections that were asked for, as long as the target is open. Batches and walks
// take a buffer of 256 KiB each, and a walk the longest line.
package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"landfall/internal/durable"
	"landfall/internal/migrate"
)

// Target keeps live data in a folder.
type Target struct {
	dir   string
	lock  *flock.Flock
	parts *openParts
	live  *liveSets
}

var _ migrate.Target = (*Target)(nil)

// Open gives the target in the folder dir, which is made if it is not there. It fails with WrongState while another
// process, or this one, has it open.
func Open(dir string) (*Target, error) {
	const op = "opening the target"
	if err := durable.MakeFolder(dir); err != nil {
		return nil, fault(op, err)
	}
	lock, err := acquire(filepath.Join(dir, ".lock"))
	if err != nil {
		return nil, fault(op, err)
	}
	parts := newOpenParts(limits{parts: 64, busyParts: 4, entities: 400_000})
	return &Target{dir: dir, lock: lock, parts: parts, live: newLiveSets()}, nil
}

// Close gives the folder free. No call may be under way.
func (t *Target) Close() error {
	return fault("closing the target", errors.Join(t.parts.close(), t.lock.Close()))
}

// Describe implements migrate.Target. Larger batches are hardly faster: a batch costs one sync.
func (t *Target) Describe() migrate.TargetDescription {
	return migrate.TargetDescription{Name: "file", BatchSize: 2000}
}

// CheckTarget implements migrate.Target: the folder is still there and may be written to.
func (t *Target) CheckTarget(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	const op = "checking the target"
	if _, err := os.Stat(filepath.Join(t.dir, ".lock")); err != nil {
		return fault(op, err)
	}
	return fault(op, mayWrite(t.dir))
}
