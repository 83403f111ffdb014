package embedded

import (
	"context"
	"encoding/json"
	"time"

	"landfall/internal/migrate"
)

// maxAppend is how many entries one call appends at most.
const maxAppend = 1000

// logHead says where a log goes on.
type logHead struct {
	Next int64     `json:"next"` // index of the next entry
	Last time.Time `json:"last"` // timestamp of the last
}

// AppendLog is that of migrate.Log. An entry without a timestamp gets the time of the call.
func (s *Store) AppendLog(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, segment string,
	entries []migrate.LogEntry) error {
	const op = "appending to the log"
	if len(entries) > maxAppend {
		return migrate.Errorf(migrate.TooLarge, op, "more than %d entries", maxAppend)
	}
	return s.update(ctx, op, func(tx *tx) error {
		if _, err := getMigration(tx.batch, op, t, m); err != nil {
			return err
		}
		name := logSegmentKey(t, m, segment)
		if done, err := tx.has(name); err != nil || done {
			return err
		}
		var head logHead
		if _, err := tx.get(logHeadKey(t, m), &head); err != nil {
			return err
		}
		if err := tx.put(name, head.Next); err != nil {
			return err
		}
		if err := tx.appendLog(logKey(t, m), &head, entries); err != nil {
			return err
		}
		return tx.put(logHeadKey(t, m), head)
	})
}

func (t *tx) appendLog(log key, head *logHead, entries []migrate.LogEntry) error {
	for _, e := range entries {
		if e.Timestamp.IsZero() {
			e.Timestamp = t.s.options.Clock()
		}
		if e.Timestamp.Before(head.Last) {
			e.Timestamp = head.Last
		}
		if err := t.put(append(key{}, log...).i64(head.Next), e); err != nil {
			return err
		}
		head.Next, head.Last = head.Next+1, e.Timestamp
	}
	return nil
}

// WalkLog is that of migrate.Log.
func (s *Store) WalkLog(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, from int64,
	yield func(int64, migrate.LogEntry) error) error {
	var head logHead
	if _, err := s.get(ctx, "reading the log", logHeadKey(t, m), &head); err != nil {
		return err
	}
	at := span{logKey(t, m).i64(max(from, 0)), logKey(t, m).i64(head.Next)}
	if from >= head.Next {
		return nil
	}
	return s.scan(ctx, at, func(k key, v []byte) error {
		index := parseKey(k[len(k)-8:]).i64()
		var e migrate.LogEntry
		if err := json.Unmarshal(v, &e); err != nil {
			return s.wrap("reading the log", errRow)
		}
		return yield(index, e)
	})
}
