package embedded

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
)

// pebbleOptions are those that paid when measured. Tables of the index all overlap, so each is a
// sublevel of level 0: compacting them at Pebble's usual threshold would rewrite the index five times.
func (s *Store) pebbleOptions() *pebble.Options {
	o := &pebble.Options{
		FS:                          s.options.FS,
		Cache:                       pebble.NewCache(s.options.CacheBytes),
		FormatMajorVersion:          pebble.FormatTableFormatV6, // pinned: the first with MinLZ
		MemTableSize:                16 << 20,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       64,
		L0StopWritesThreshold:       1000,
		MaxOpenFiles:                512,
		Logger:                      (*logger)(s),
	}
	l := &o.Levels[0] // the other levels take after it
	l.BlockSize = 32 << 10
	l.IndexBlockSize = 256 << 10
	l.Compression = func() *sstable.CompressionProfile { return sstable.MinLZCompression }
	l.FilterPolicy = bloom.FilterPolicy(10)
	o.EventListener = &pebble.EventListener{BackgroundError: func(err error) {
		s.options.Logger.Error("store: in the background", "err", err)
	}}
	o.EnsureDefaults()
	return o
}

// logger takes what Pebble reports. A fatal error, which for Pebble ends the process, ends writing instead: Pebble would
// go on as if the write had worked, so whoever writes asks for the store's health afterwards.
type logger Store

func (l *logger) Infof(format string, args ...any) {
	if l.options.Logger.Enabled(context.Background(), slog.LevelDebug) {
		l.options.Logger.Debug("store: " + fmt.Sprintf(format, args...))
	}
}

func (l *logger) Errorf(format string, args ...any) {
	l.options.Logger.Warn("store: " + fmt.Sprintf(format, args...))
}

func (l *logger) Fatalf(format string, args ...any) {
	cause := fmt.Errorf(format, args...)
	for _, a := range args {
		if err, ok := a.(error); ok {
			cause = err
		}
	}
	l.health.fail(cause)
	l.options.Logger.Error("store: writing ends", "err", cause)
}
