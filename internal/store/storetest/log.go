package storetest

import (
	"fmt"

	"landfall/internal/migrate"
)

var logs = []Case{
	{"Log/SegmentTwice", segmentTwice},
	{"Log/ResumeFromEvery", logResumes},
	{"Log/TimeNeverGoesBack", timeNeverGoesBack},
	{"Log/EndsWhereItWas", logEndsWhereItWas},
	{"Log/AppendersAtOnce", appendersAtOnce},
}

type indexed struct {
	Index int64
	Entry migrate.LogEntry
}

func newEntry(n int) migrate.LogEntry {
	return migrate.LogEntry{Component: people, EntityReferenceIDs: []migrate.ReferenceID{refID(n)}, Action: migrate.StagedEntities,
		Timestamp: at(n), Level: migrate.Info, Message: fmt.Sprint("entry ", n)}
}

func (e *env) log(m migrate.MigrationID, from int64) ([]indexed, error) {
	return collect(func(yield func(indexed) error) error {
		return e.WalkLog(e.ctx, acme, m, from, func(i int64, l migrate.LogEntry) error { return yield(indexed{i, l}) })
	})
}

func segmentTwice(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	want := []indexed{{0, newEntry(0)}, {1, newEntry(1)}, {2, newEntry(2)}}
	for _, entries := range [][]migrate.LogEntry{{newEntry(0), newEntry(1)}, {newEntry(0), newEntry(1)}, {newEntry(7)}} {
		if err := e.AppendLog(e.ctx, acme, m.ID, "first", entries); err != nil {
			return err
		}
	}
	if err := e.AppendLog(e.ctx, acme, m.ID, "first/2", []migrate.LogEntry{newEntry(2)}); err != nil {
		return err
	}
	got, err := e.log(m.ID, 0)
	return first(err, e.same("the log", got, want))
}

func logResumes(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	var whole []indexed
	for n := range 10 {
		whole = append(whole, indexed{int64(2 * n), newEntry(n)}, indexed{int64(2*n + 1), newEntry(n)})
		if err := e.AppendLog(e.ctx, acme, m.ID, fmt.Sprint(n), []migrate.LogEntry{newEntry(n), newEntry(n)}); err != nil {
			return err
		}
	}
	return resumable(e, "the log", whole, func(after *indexed, yield func(indexed) error) error {
		from := int64(0)
		if after != nil {
			from = after.Index + 1
		}
		return e.WalkLog(e.ctx, acme, m.ID, from, func(i int64, l migrate.LogEntry) error { return yield(indexed{i, l}) })
	})
}

func timeNeverGoesBack(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	for n, second := range []int{5, 3, 9, 1} {
		if err := e.AppendLog(e.ctx, acme, m.ID, fmt.Sprint(n), []migrate.LogEntry{newEntry(second), newEntry(second - 1)}); err != nil {
			return err
		}
	}
	all, err := e.log(m.ID, 0)
	if err != nil || len(all) != 8 {
		return fmt.Errorf("%d entries (%v), want 8", len(all), err)
	}
	for i, want := range []int{5, 5, 5, 5, 9, 9, 9, 9} {
		if err := e.same(fmt.Sprint("the time of entry ", i), all[i].Entry.Timestamp, at(want)); err != nil {
			return err
		}
	}
	return nil
}

func logEndsWhereItWas(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	if err := e.AppendLog(e.ctx, acme, m.ID, "a", []migrate.LogEntry{newEntry(0), newEntry(1)}); err != nil {
		return err
	}
	seen := 0
	err = e.WalkLog(e.ctx, acme, m.ID, 0, func(i int64, _ migrate.LogEntry) error {
		seen++
		return e.AppendLog(e.ctx, acme, m.ID, fmt.Sprint("b", i), []migrate.LogEntry{newEntry(2)})
	})
	if err == nil && seen != 2 {
		err = fmt.Errorf("the walk gave %d entries, want the 2 that were there", seen)
	}
	return err
}

func appendersAtOnce(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	_, err = race(20, func(i int) error {
		return e.AppendLog(e.ctx, acme, m.ID, fmt.Sprint(i%10), []migrate.LogEntry{newEntry(i % 10), newEntry(i % 10)})
	}, func(error) bool { return false })
	if err != nil {
		return err
	}
	all, err := e.log(m.ID, 0)
	for i, l := range all {
		if l.Index != int64(i) || (i%2 == 1 && l.Entry.Message != all[i-1].Entry.Message) {
			return fmt.Errorf("entry %d has index %d and message %q: segments are mixed", i, l.Index, l.Entry.Message)
		}
	}
	if err == nil && len(all) != 20 {
		err = fmt.Errorf("%d entries, want 20", len(all))
	}
	return err
}
