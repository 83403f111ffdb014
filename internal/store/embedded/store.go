package embedded

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"landfall/internal/migrate"
)

// Options say how to open a store. The zero value opens a folder on disk.
type Options struct {
	FS      vfs.FS           // where the folder is; nil is the disk
	Clock   func() time.Time // stamps log entries that carry no time; nil is time.Now
	Logger  *slog.Logger     // what Pebble has to say; nil is nobody
	Program string           // name and version of the program, kept in the folder for the errors of others

	CacheBytes   int64  // block cache; 0 is 32 MiB
	ReserveBytes uint64 // parts are refused while less is free on disk, all else below a quarter; 0 is 256 MiB
	SmallPart    int    // parts of fewer bytes join the shared batch, others bring tables; 0 is 1 MiB
}

func (o Options) withDefaults() Options {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 32 << 20
	}
	if o.ReserveBytes == 0 {
		o.ReserveBytes = 256 << 20
	}
	if o.SmallPart == 0 {
		o.SmallPart = 1 << 20
	}
	return o
}

// Store keeps everything of one folder. Its methods fulfil the contracts of package migrate.
type Store struct {
	dir     string
	options Options
	db      *pebble.DB
	tables  sstable.WriterOptions // of tables to ingest
	runs    sstable.WriterOptions // of tables of bodies, which are never looked for in vain and need no filter
	tableNo atomic.Int64          // names tables until they are ingested

	life     sync.RWMutex // held while the database is used; Close takes it for itself
	closed   bool
	health   health
	changes  chan *change
	stop     context.CancelFunc
	stopping context.Context // of the store's goroutines
	stopped  sync.WaitGroup

	sums    sums
	filters map[string]*filter // by index prefix; only the committer touches it
	buckets sync.Map           // migration key -> number of buckets, which never changes
	blocks  sync.Pool          // memory of chunk writers
	walks   sync.Pool          // and of walks
}

var (
	_ migrate.Migrations = (*Store)(nil)
	_ migrate.Drops      = (*Store)(nil)
	_ migrate.Staging    = (*Store)(nil)
	_ migrate.Jobs       = (*Store)(nil)
	_ migrate.Log        = (*Store)(nil)
	_ migrate.Executions = (*Store)(nil)
)

// Open opens the store in dir, which is created if need be, and clears away what a crash left behind. One process has
// it open at a time. A folder of a newer format is refused.
func Open(dir string, o Options) (*Store, error) {
	s := &Store{dir: dir, options: o.withDefaults(), changes: make(chan *change, 256), filters: map[string]*filter{}}
	if err := s.open(); err != nil {
		return nil, s.wrap("opening the store", err)
	}
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.stopped.Go(s.commitChanges)
	return s, nil
}

func (s *Store) open() error {
	fs := s.options.FS
	if err := fs.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	if err := checkFormat(fs, s.dir, s.options.Program); err != nil {
		return err
	}
	po := s.pebbleOptions()
	defer po.Cache.Unref()
	db, err := pebble.Open(s.dir, po)
	if err != nil {
		return err
	}
	s.db, s.tables = db, po.MakeWriterOptions(0, db.TableFormat())
	s.runs = s.tables
	s.runs.FilterPolicy = nil
	if err := s.clearIncoming(); err != nil {
		db.Close()
		return err
	}
	return nil
}

// Close waits for changes that are under way and closes the folder. Everything acknowledged is durable already.
func (s *Store) Close() error {
	s.life.Lock()
	if s.closed {
		s.life.Unlock()
		return nil
	}
	s.closed = true
	s.life.Unlock()
	s.stop()
	s.stopped.Wait()
	return s.wrap("closing the store", s.db.Close())
}

// use keeps the database open until the function it returns is called.
func (s *Store) use() (func(), error) {
	s.life.RLock()
	if s.closed {
		s.life.RUnlock()
		return nil, errClosed
	}
	return s.life.RUnlock, nil
}
