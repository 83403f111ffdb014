package embedded

import (
	"fmt"
	"syscall"

	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"landfall/internal/migrate"
)

// incomingDir holds tables until they are ingested. What is there at the start was left by a crash.
const incomingDir = "incoming"

func (s *Store) clearIncoming() error {
	dir := s.options.FS.PathJoin(s.dir, incomingDir)
	if err := s.options.FS.RemoveAll(dir); err != nil {
		return ignoreNotExist(err)
	}
	return s.options.FS.MkdirAll(dir, 0o700)
}

// checkRoom refuses to write while the disk has less room than the reserve, so that log and manifest never run out of it.
func (s *Store) checkRoom(reserve uint64) error {
	usage, err := s.options.FS.GetDiskUsage(s.dir)
	if err == nil && usage.AvailBytes < reserve {
		return migrate.Errorf(migrate.StorageFull, "writing to the store", "less than %d MiB free in %q", reserve>>20, s.dir)
	}
	return nil // a file system that does not know its room is not asked
}

// incoming is the tables of one part. They become visible together or not at all.
type incoming struct {
	s      *Store
	tables []*table
	after  func() // run when they are durable
}

// writeTables resolves a large part and writes the tables that say so: index, ledger, and pages if there are any.
func (c *commit) writeTables(t *tx, f *finder) error {
	if err := c.writeIndex(f); err != nil {
		return err
	}
	if err := c.incoming.write(c.putLedger); err != nil {
		return err
	}
	if len(c.duplicates) > 0 || c.w.rejected > 0 {
		if err := c.incoming.write(c.putPages); err != nil {
			return err
		}
	}
	c.incoming.after = c.account
	t.load = c.incoming
	return nil
}

func (c *commit) writeIndex(f *finder) error {
	var index *table
	err := c.resolve(f, func(r *record, s *staged) (err error) {
		if index == nil {
			if index, err = c.incoming.table(c.w.s.tables); err != nil {
				return err
			}
		}
		return c.putIndex(index, r, s)
	})
	if err != nil || index == nil {
		return err
	}
	return index.finish()
}

// write writes one table.
func (i *incoming) write(f func(rows) error) error {
	t, err := i.table(i.s.tables)
	if err != nil {
		return err
	}
	if err := f(t); err != nil {
		return err
	}
	return t.finish()
}

func (i *incoming) paths() []string {
	var paths []string
	for _, t := range i.tables {
		paths = append(paths, t.path)
	}
	return paths
}

// remove deletes what was not ingested; Pebble has moved the rest away.
func (i *incoming) remove() {
	for _, t := range i.tables {
		if !t.finished {
			t.w.Close()
		}
		_ = i.s.options.FS.Remove(t.path) // what stays is cleared away at the next start
	}
}

// table is one sorted table being written.
type table struct {
	path     string
	w        *sstable.Writer
	finished bool
}

func (i *incoming) table(o sstable.WriterOptions) (*table, error) {
	fs := i.s.options.FS
	path := fs.PathJoin(i.s.dir, incomingDir, fmt.Sprintf("%d.sst", i.s.tableNo.Add(1)))
	f, err := fs.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, err
	}
	t := &table{path: path, w: sstable.NewWriter(&tableFile{f: f}, o)}
	i.tables = append(i.tables, t)
	return t, nil
}

// Set adds a row. Keys come in order.
func (t *table) Set(k, v []byte) error { return t.w.Set(k, v) }

// finish makes the table durable.
func (t *table) finish() error {
	t.finished = true
	return t.w.Close()
}

// tableFile is a file that is written in large pieces and synced when it is whole; Pebble's own buffers 4 KiB.
type tableFile struct {
	f      vfs.File
	buffer []byte
}

const tableBuffer = 256 << 10

// Write buffers p.
func (t *tableFile) Write(p []byte) error {
	t.buffer = append(t.buffer, p...)
	if len(t.buffer) < tableBuffer {
		return nil
	}
	return t.flush()
}

func (t *tableFile) flush() error {
	n, err := t.f.Write(t.buffer)
	if err == nil && n < len(t.buffer) {
		err = syscall.ENOSPC
	}
	t.buffer = t.buffer[:0]
	return err
}

// Finish writes the rest and syncs the file.
func (t *tableFile) Finish() error {
	err := t.flush()
	if err == nil {
		err = t.f.Sync()
	}
	if closed := t.f.Close(); err == nil {
		err = closed
	}
	return err
}

// Abort closes the file as it is.
func (t *tableFile) Abort() { t.f.Close() }
