package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"landfall/internal/migrate"
)

var staging = []Case{
	{"Staging/EntityAsLoaded", entityAsLoaded},
	{"Staging/AwkwardKeys", awkwardKeys},
	{"Staging/LargestBody", largestBody},
	{"Staging/NotShared", stagedNotShared},
	{"Staging/AbortLeavesNothing", abortLeavesNothing},
	{"Staging/EpochMoved", epochMoved},
	{"Staging/CancelledCommit", cancelledCommit},
	{"Staging/HasEntities", hasEntities},
	{"Staging/MigrationsApart", migrationsApart},
}

func keyOf(id int) migrate.EntityKey {
	return migrate.EntityKey{Component: people, Collection: folk, ID: refID(id)}
}

// entityOf is the entity that a record becomes if it is the first and the last of its id.
func entityOf(r migrate.StagedRecord, c migrate.CollectionName, seq uint32) migrate.Entity {
	at := migrate.Source{Seq: seq, Offset: r.Offset}
	return migrate.Entity{Collection: c, ID: r.ID, Bucket: migrate.BucketOf(r.ID, buckets), Body: r.Body, Hash: r.Hash,
		Source: at, First: at, FirstHash: r.Hash}
}

func entityAsLoaded(e *env) error {
	m, d, err := e.staged(3)
	if err != nil {
		return err
	}
	for id := 1; id <= 3; id++ {
		got, err := e.GetEntity(e.ctx, acme, m.ID, keyOf(id))
		if err := first(err, e.same("the entity", got, entityOf(recordOf(id, id, int64(id*10)), folk, d.Seq))); err != nil {
			return err
		}
	}
	for _, k := range []migrate.EntityKey{keyOf(4), {Component: loans, Collection: folk, ID: refID(1)}, {Component: people, Collection: "x", ID: refID(1)}} {
		_, err := e.GetEntity(e.ctx, acme, m.ID, k)
		if err := refused("an absent entity", err, migrate.NotFound, ""); err != nil {
			return err
		}
	}
	return nil
}

// awkwardKeys stages ids and names that an encoding of keys could mix up.
func awkwardKeys(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	ids := []migrate.ReferenceID{{15: 1}, {0: 1}, {0: 255, 15: 255}, {0: 1, 1: 255}, {7: '#'}, bytesID(0xff), bytesID('#'), bytesID(1)}
	names := []migrate.CollectionName{"a", "a-", "a-b", "a/b", "ab", "a#b", "b"}
	n := 0
	var want []migrate.EntityKey
	for _, component := range []migrate.ComponentName{people, loans} {
		for _, name := range names {
			n++
			d := newDrop(m.ID, n)
			d.Component, d.Collection = component, name
			d, _, err := e.CreateDrop(e.ctx, acme, d)
			if err != nil {
				return err
			}
			var records []migrate.StagedRecord
			for i, id := range ids {
				body := fmt.Appendf(nil, "%s %s %x", component, name, id)
				records = append(records, migrate.StagedRecord{ID: id, Hash: migrate.HashContent(body), Offset: int64(i), Body: body})
				want = append(want, migrate.EntityKey{Component: component, Collection: name, ID: id})
			}
			row, err := e.stage(refOf(m, d, 0), 100, records...)
			if err != nil || row.Tally.Outcomes.New != int64(len(ids)) {
				return fmt.Errorf("staging %s %s: %+v, %v; want all new", component, name, row.Tally.Outcomes, err)
			}
		}
	}
	for _, k := range want {
		got, err := e.GetEntity(e.ctx, acme, m.ID, k)
		if body := fmt.Sprintf("%s %s %x", k.Component, k.Collection, k.ID); err != nil || string(got.Body) != body {
			return fmt.Errorf("GetEntity(%v) = %q, %v; want %q", k, got.Body, err, body)
		}
	}
	has, err := e.HasEntities(e.ctx, acme, m.ID, append(want, migrate.EntityKey{Component: people, Collection: "a", ID: bytesID(2)}))
	for i, found := range has {
		if found != (i < len(want)) {
			return fmt.Errorf("HasEntities says %v of key %d", found, i)
		}
	}
	if err != nil {
		return err
	}
	for _, component := range []migrate.ComponentName{people, loans} {
		all, err := e.everything(m.ID, component)
		if err != nil || len(all) != len(names)*len(ids) {
			return fmt.Errorf("walking %s gives %d entities (%v), want %d", component, len(all), err, len(names)*len(ids))
		}
	}
	return nil
}

func bytesID(b byte) migrate.ReferenceID { return migrate.ReferenceID(bytes.Repeat([]byte{b}, 16)) }

// largestBody stages ten bodies of 1 MiB, and walks them.
func largestBody(e *env) error {
	m, err := e.oneBucket()
	if err != nil {
		return err
	}
	d, err := e.drop(m, 1)
	if err != nil {
		return err
	}
	var records []migrate.StagedRecord
	for id := 1; id <= 10; id++ {
		body := bytes.Repeat([]byte{byte('a' + id)}, 1<<20)
		copy(body, fmt.Sprint(id))
		records = append(records, migrate.StagedRecord{ID: refID(id), Hash: migrate.HashContent(body), Offset: int64(id) << 20, Body: body})
	}
	if _, err := e.stage(refOf(m, d, 0), 11<<20, records...); err != nil {
		return err
	}
	got, err := e.GetEntity(e.ctx, acme, m.ID, keyOf(7))
	if err != nil || !bytes.Equal(got.Body, records[6].Body) {
		return fmt.Errorf("a body of 1 MiB comes back as %d bytes: %v", len(got.Body), err)
	}
	all, err := e.bucket(m.ID, migrate.BucketQuery{Component: people})
	if err != nil || len(all) != len(records) {
		return fmt.Errorf("walking %d bodies of 1 MiB gives %d: %v", len(records), len(all), err)
	}
	for i, r := range records {
		if !bytes.Equal(all[i].Body, r.Body) {
			return fmt.Errorf("body %d of 1 MiB comes back from a walk as %d other bytes", i, len(all[i].Body))
		}
	}
	return nil
}

func stagedNotShared(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	d, err := e.drop(m, 1)
	if err != nil {
		return err
	}
	w, err := e.BeginChunk(e.ctx, acme, refOf(m, d, 0))
	if err != nil {
		return err
	}
	defer w.Abort()
	buffer, faults := make([]byte, 200), []migrate.Fault{{Field: "a", Code: migrate.InvalidType, Message: "m"}}
	for id := 1; id <= 3; id++ {
		r := recordOf(id, id, int64(id*10))
		r.Body = append(buffer[:0], r.Body...)
		if err := w.Add(r); err != nil {
			return err
		}
	}
	faults[0].Field = "b"
	if err := w.Reject(migrate.Rejection{Offset: 40, Length: 5, Faults: faults}); err != nil {
		return err
	}
	faults[0].Field = "changed"
	if _, err := w.Commit(e.ctx, 50, migrate.PartRead{}); err != nil {
		return err
	}
	for id := 1; id <= 3; id++ {
		want := entityOf(recordOf(id, id, int64(id*10)), folk, d.Seq)
		for range 2 {
			got, err := e.GetEntity(e.ctx, acme, m.ID, keyOf(id))
			if err := first(err, e.same("the entity", got, want)); err != nil {
				return err
			}
			copy(got.Body, "changed by the caller")
		}
	}
	rejections, err := e.rejections(m.ID, d.ID, 0)
	if err != nil || len(rejections) != 1 || rejections[0].Faults[0].Field != "b" {
		return fmt.Errorf("rejections are %v (%v), want one of field b", rejections, err)
	}
	return nil
}

func abortLeavesNothing(e *env) error {
	m, d, err := e.staged(1)
	if err != nil {
		return err
	}
	w, err := e.BeginChunk(e.ctx, acme, refOf(m, d, 20))
	if err != nil {
		return err
	}
	if err := first(w.Add(recordOf(2, 2, 20)), w.Reject(migrate.Rejection{Offset: 30})); err != nil {
		return err
	}
	w.Abort()
	w.Abort()
	tally, err := e.DropTally(e.ctx, acme, m.ID, d.ID)
	if err != nil || tally.Lines != 1 {
		return fmt.Errorf("after an abort the drop has %d lines (%v), want 1", tally.Lines, err)
	}
	rejections, err := e.rejections(m.ID, d.ID, 20)
	if err != nil || len(rejections) != 0 {
		return fmt.Errorf("after an abort there are rejections: %v, %v", rejections, err)
	}
	row, err := e.stage(refOf(m, d, 20), 40, recordOf(2, 3, 20))
	if err == nil && row.Tally.Outcomes.New != 1 {
		err = fmt.Errorf("the attempt after an abort has outcomes %+v", row.Tally.Outcomes)
	}
	return err
}

func epochMoved(e *env) error {
	m, d, err := e.staged(1)
	if err != nil {
		return err
	}
	before, err := e.BeginChunk(e.ctx, acme, refOf(m, d, 20))
	if err != nil {
		return err
	}
	defer before.Abort()
	if err := first(before.Add(recordOf(2, 2, 20)), e.cancel(m.ID)); err != nil {
		return err
	}
	_, err = before.Commit(e.ctx, 30, migrate.PartRead{})
	if err := refused("a commit after the epoch moved", err, migrate.WrongState, migrate.ProblemCancelled); err != nil {
		return err
	}
	_, err = e.stage(refOf(m, d, 20), 30, recordOf(2, 2, 20))
	if err := refused("a part of an old epoch", err, migrate.WrongState, migrate.ProblemCancelled); err != nil {
		return err
	}
	_, err = e.GetLedgerRow(e.ctx, acme, m.ID, d.ID, 20)
	if err := refused("its row", err, migrate.NotFound, ""); err != nil {
		return err
	}
	tallies, err := e.ComponentTallies(e.ctx, acme, m.ID)
	if err == nil && tallies[people].Staged() != 1 {
		err = fmt.Errorf("%d entities count after the epoch moved, want 1", tallies[people].Staged())
	}
	return err
}

func cancelledCommit(e *env) error {
	m, d, err := e.staged(1)
	if err != nil {
		return err
	}
	w, err := e.BeginChunk(e.ctx, acme, refOf(m, d, 20))
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := w.Add(recordOf(2, 2, 20)); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(e.ctx)
	cancel()
	if _, err := w.Commit(ctx, 30, migrate.PartRead{}); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("a commit under a cancelled context gives %v, want the context's error", err)
	}
	row, err := e.GetLedgerRow(e.ctx, acme, m.ID, d.ID, 20)
	tally, err2 := e.DropTally(e.ctx, acme, m.ID, d.ID)
	if committed := err == nil; err2 != nil || tally.Lines != 1+row.Tally.Lines || committed != (tally.Lines == 2) {
		return fmt.Errorf("half a commit: row %v, tally %v (%v)", row, tally, err2)
	}
	_, err = e.stage(refOf(m, d, 20), 30, recordOf(2, 2, 20))
	return err
}

func hasEntities(e *env) error {
	m, _, err := e.staged(20)
	if err != nil {
		return err
	}
	var keys []migrate.EntityKey
	for _, id := range []int{21, 3, 1, 0, 20, 3, 99, 2} {
		keys = append(keys, keyOf(id))
	}
	has, err := e.HasEntities(e.ctx, acme, m.ID, keys)
	if err := first(err, e.same("HasEntities", has, []bool{false, true, true, false, true, true, false, true})); err != nil {
		return err
	}
	if has, err := e.HasEntities(e.ctx, acme, m.ID, nil); err != nil || len(has) != 0 {
		return fmt.Errorf("HasEntities of no keys = %v, %v", has, err)
	}
	thousand := make([]migrate.EntityKey, 1000)
	for i := range thousand {
		thousand[i] = keyOf(i + 1)
	}
	has, err = e.HasEntities(e.ctx, acme, m.ID, thousand)
	for i, found := range has {
		if found != (i < 20) {
			return fmt.Errorf("HasEntities of a thousand says %v of %d", found, i)
		}
	}
	return err
}

func migrationsApart(e *env) error {
	m, _, err := e.staged(2)
	if err != nil {
		return err
	}
	if err := e.cancel(m.ID); err != nil {
		return err
	}
	second, err := e.migration(2)
	if err != nil {
		return err
	}
	d, err := e.drop(second, 2)
	if err != nil {
		return err
	}
	row, err := e.stage(refOf(second, d, 0), 20, recordOf(1, 9, 10))
	if err != nil || row.Tally.Outcomes.New != 1 {
		return fmt.Errorf("an id of another migration: %+v, %v; want it new", row.Tally.Outcomes, err)
	}
	old, err := e.GetEntity(e.ctx, acme, m.ID, keyOf(1))
	if err := first(err, e.same("the older entity", old.Body, recordOf(1, 1, 10).Body)); err != nil {
		return err
	}
	has, err := e.HasEntities(e.ctx, acme, second.ID, []migrate.EntityKey{keyOf(1), keyOf(2)})
	return first(err, e.same("HasEntities", has, []bool{true, false}))
}
