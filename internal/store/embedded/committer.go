package embedded

import (
	"context"
	"encoding/json"

	"github.com/cockroachdb/pebble/v2"
)

// groupBytes ends a group of changes. With the largest small part it stays well under half a memtable, beyond which
// Pebble keeps a batch in memory several times.
const groupBytes = 2 << 20

// change is one read, check and write. Its function runs in the committer.
type change struct {
	ctx    context.Context
	run    func(*tx) error
	begins bool // a group of its own: everything before it is durable when it runs
	err    error
	done   chan struct{}
}

// update runs f in the committer and returns when what it wrote is durable. An f that returns an error must not have
// written; it is not run if the context has ended.
func (s *Store) update(ctx context.Context, op string, f func(*tx) error) error {
	return s.submit(op, &change{ctx: ctx, run: f})
}

func (s *Store) submit(op string, c *change) error {
	c.done = make(chan struct{})
	release, err := s.use()
	if err != nil {
		return err
	}
	defer release()
	select {
	case s.changes <- c:
		<-c.done // not the context: f reads what its caller may reuse
		return s.wrap(op, c.err)
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// tx is what a group of changes reads and writes. Reads see the changes before.
type tx struct {
	s     *Store
	batch *pebble.Batch
	after []func()  // run when the batch is durable
	load  *incoming // the tables of the last change of the group, which writes nothing else
}

func (t *tx) full() bool { return t.load != nil || t.batch.Len() > groupBytes }

// get reads a JSON row and reports whether it is there.
func (t *tx) get(k key, row any) (bool, error) { return getJSON(t.batch, k, row) }

// has reports whether a row is there.
func (t *tx) has(k key) (bool, error) { return getRaw(t.batch, k, func([]byte) error { return nil }) }

// put writes a JSON row.
func (t *tx) put(k key, row any) error {
	raw, err := json.Marshal(row)
	if err != nil {
		return err
	}
	return t.batch.Set(k, raw, nil)
}

func (t *tx) then(f func()) { t.after = append(t.after, f) }

// commitChanges is the committer: it takes what waits as one group, commits it, and tells those who wait.
func (s *Store) commitChanges() {
	var next *change
	for {
		if next == nil {
			select {
			case next = <-s.changes:
			case <-s.stopping.Done():
				return
			}
		}
		next = s.commitGroup(next)
	}
}

// commitGroup commits a group of changes and gives the one that begins the next, if it has come already.
func (s *Store) commitGroup(first *change) (next *change) {
	t := &tx{s: s, batch: s.db.NewIndexedBatch()}
	defer t.batch.Close()
	group := []*change{first}
	err := s.attempt(t, first)
	for err == nil && !t.full() {
		if next = s.waiting(); next == nil || next.begins {
			break
		}
		group, next = append(group, next), nil
		err = s.attempt(t, group[len(group)-1])
	}
	if err == nil {
		err = t.commit()
	}
	for _, c := range group {
		if err != nil {
			c.err = err
		}
	}
	if last := group[len(group)-1]; t.load != nil && last.err == nil {
		last.err = t.ingest()
	}
	for _, c := range group {
		close(c.done)
	}
	return next
}

func (s *Store) waiting() *change {
	select {
	case c := <-s.changes:
		return c
	default:
		return nil
	}
}

// attempt runs one change. It returns an error only if the change broke its promise and wrote before it failed: then
// the group cannot be committed.
func (s *Store) attempt(t *tx, c *change) error {
	if c.err = c.ctx.Err(); c.err != nil {
		return nil
	}
	written, hooks := t.batch.Count(), len(t.after)
	c.err = c.run(t)
	if c.err != nil && t.batch.Count() != written {
		return c.err
	}
	if c.err != nil {
		t.after = t.after[:hooks]
	}
	return nil
}

// commit makes the batch durable. A batch that could not be synced may be seen all the same, so after one no change is
// acknowledged, not even one that found everything done.
func (t *tx) commit() error {
	if err := t.s.health.err(); err != nil {
		return err
	}
	if !t.batch.Empty() {
		if err := t.s.checkRoom(t.s.options.ReserveBytes / 4); err != nil {
			return err
		}
		if err := t.s.write(func() error { return t.batch.Commit(pebble.Sync) }); err != nil {
			return err
		}
	}
	for _, f := range t.after {
		f()
	}
	return nil
}

// ingest makes the tables durable, all or none. It comes after commit, because they may rest on what the batch says.
func (t *tx) ingest() error {
	err := t.s.write(func() error { return t.s.db.Ingest(context.Background(), t.load.paths()) })
	if err == nil {
		t.load.after()
	}
	return err
}

// write lets f write to the database. Pebble returns as if all were well when its log or manifest fails; the store's
// health knows better.
func (s *Store) write(f func() error) error {
	if err := s.health.err(); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	return s.health.err()
}
