package storetest

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"pgregory.net/rapid"

	"landfall/internal/migrate"
)

var credits = []Case{
	{"Credits/Histories", func(e *env) error { return e.manyHistories(20) }},
	{"Credits/SourceOrderDecides", sourceOrderDecides},
	{"Credits/LastOfAPartWins", lastOfAPartWins},
	{"Credits/WritersAtOnce", writersAtOnce},
}

// A history stages three drops of two chunks each, of twelve records in all per chunk, by attempts in any order.
const (
	historyDrops  = 3
	historyChunks = 2
	chunkRecords  = 6
	recordBytes   = 10
	historyIDs    = 5
)

// attempt is one try to commit a part.
type attempt struct {
	Drop, Chunk int
	Records     int  // how many records the part has
	Again       bool // begin where a row begins already
	Zombie      bool // add the records now, commit when the history is over
	Abort       bool
}

var histories = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) attempt {
	return attempt{
		Drop: rapid.IntRange(0, historyDrops-1).Draw(t, "drop"), Chunk: rapid.IntRange(0, historyChunks-1).Draw(t, "chunk"),
		Records: rapid.IntRange(0, chunkRecords).Draw(t, "records"), Again: rapid.Bool().Draw(t, "again"),
		Zombie: rapid.Bool().Draw(t, "zombie"), Abort: rapid.Bool().Draw(t, "abort"),
	}
}), 0, 16)

func (e *env) manyHistories(n int) error {
	for seed := range n {
		if seed > 0 {
			if err := e.cancel(migrationID(seed)); err != nil {
				return err
			}
		}
		if err := e.runHistory(seed+1, histories.Example(seed)); err != nil {
			return fmt.Errorf("history %d: %w", seed, err)
		}
	}
	return nil
}

func (e *env) checkHistory(steps []attempt) error { return e.runHistory(1, steps) }

// content of the n-th record of a drop: few ids and fewer contents, so that they meet often.
func historyRecord(drop, n int) migrate.StagedRecord {
	return recordOf(1+(n*7+drop*3)%historyIDs, (n+drop)/3%2, int64(n*recordBytes))
}

// history plays attempts on a store and on a model of it.
type history struct {
	e       *env
	m       migrate.Migration
	drops   []migrate.Drop
	model   model
	rows    [historyDrops][]migrate.LedgerRow
	done    [historyDrops][historyChunks]int // records committed
	zombies []func() error
}

func (e *env) runHistory(migration int, steps []attempt) error {
	m, err := e.migration(migration)
	if err != nil {
		return err
	}
	h := &history{e: e, m: m, model: model{entities: map[migrate.ReferenceID]*migrate.Entity{}}}
	for n := range historyDrops {
		d, err := e.drop(m, migration*10+n)
		if err != nil {
			return err
		}
		h.drops = append(h.drops, d)
	}
	for drop := range historyDrops { // whatever the history leaves over is committed at its end, the latest drop first
		for chunk := range historyChunks {
			steps = append(slices.Clip(steps), attempt{Drop: historyDrops - 1 - drop, Chunk: chunk, Records: chunkRecords})
		}
	}
	for i, a := range steps {
		if err := h.play(a); err != nil {
			return fmt.Errorf("attempt %d, %+v: %w", i, a, err)
		}
	}
	for _, commit := range h.zombies {
		if err := commit(); err != nil {
			return fmt.Errorf("a zombie: %w", err)
		}
	}
	return h.check()
}

func (h *history) play(a attempt) error {
	begin := a.Chunk*chunkRecords + h.done[a.Drop][a.Chunk]
	end := min(begin+a.Records, (a.Chunk+1)*chunkRecords)
	if a.Again && len(h.rows[a.Drop]) > 0 {
		row := h.rows[a.Drop][a.Records%len(h.rows[a.Drop])]
		begin, end = int(row.From/recordBytes), int(row.From/recordBytes)+a.Records
	}
	if begin == end {
		return nil
	}
	var records []migrate.StagedRecord
	for n := begin; n < end; n++ {
		records = append(records, historyRecord(a.Drop, n))
	}
	w, err := h.write(a.Drop, records)
	if err != nil {
		return err
	}
	commit := func() error { return h.commit(w, a, begin, end, records) }
	switch {
	case a.Abort:
		w.Abort()
		return nil
	case a.Zombie:
		h.zombies = append(h.zombies, commit)
		return nil
	}
	return commit()
}

func (h *history) write(drop int, records []migrate.StagedRecord) (migrate.ChunkWriter, error) {
	w, err := h.e.BeginChunk(h.e.ctx, acme, refOf(h.m, h.drops[drop], records[0].Offset))
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		if err := w.Add(r); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// commit commits a part. If a row begins there, that one has to come back; else the model says what comes.
func (h *history) commit(w migrate.ChunkWriter, a attempt, begin, end int, records []migrate.StagedRecord) error {
	row, err := w.Commit(h.e.ctx, int64(end*recordBytes), migrate.PartRead{Bytes: int64((end - begin) * recordBytes), Newlines: int64(end - begin)})
	if err != nil {
		return err
	}
	from := int64(begin * recordBytes)
	if i := slices.IndexFunc(h.rows[a.Drop], func(r migrate.LedgerRow) bool { return r.From == from }); i >= 0 {
		return first(h.e.same("the row of a part that is committed", row, h.rows[a.Drop][i]), h.sums())
	}
	want := h.model.commit(h.drops[a.Drop], from, int64(end*recordBytes), records)
	if err := h.e.same("the row", h.comparable(row), h.comparable(want)); err != nil {
		return err
	}
	h.rows[a.Drop] = append(h.rows[a.Drop], row)
	h.done[a.Drop][a.Chunk] += end - begin
	return h.sums()
}

// comparable leaves out what depends on the order of arrival if the store is not atomic.
func (h *history) comparable(r migrate.LedgerRow) migrate.LedgerRow {
	if !h.e.traits.Atomic {
		n := r.Tally.Outcomes.Accepted()
		r.Tally.Outcomes, r.Tally.HashSum = migrate.Outcomes{New: n}, migrate.HashSum{}
	}
	return r
}

// sums checks that every tally agrees with the rows at once.
func (h *history) sums() error {
	var total migrate.Tally
	for n, rows := range h.rows {
		var want migrate.Tally
		for _, r := range rows {
			want = want.Plus(r.Tally)
		}
		got, err := h.e.DropTally(h.e.ctx, acme, h.m.ID, h.drops[n].ID)
		if err := first(err, h.e.same("the drop's tally", got, want)); err != nil {
			return err
		}
		total = total.Plus(want)
	}
	got, err := h.e.ComponentTallies(h.e.ctx, acme, h.m.ID)
	return first(err, h.e.same("the component's tally", got[people], total))
}

// check compares what is staged at the end with the model, and the books with what is staged.
func (h *history) check() error {
	staged, err := h.e.everything(h.m.ID, people)
	if err != nil {
		return err
	}
	var sum migrate.HashSum
	for _, got := range staged {
		sum = sum.Add(got.FirstHash)
		want := *h.model.entities[got.ID]
		if !h.e.traits.Atomic {
			want.First, want.FirstHash = got.First, got.FirstHash
		}
		if err := h.e.same("the entity", got, want); err != nil {
			return err
		}
	}
	tallies, err := h.e.ComponentTallies(h.e.ctx, acme, h.m.ID)
	if err != nil {
		return err
	}
	if n := len(h.model.entities); len(staged) != n || tallies[people].Staged() != int64(n) || tallies[people].HashSum != sum {
		return fmt.Errorf("%d entities are staged, %d count; the sum of their first hashes is %v, the ledger's %v; want %d entities",
			len(staged), tallies[people].Staged(), sum, tallies[people].HashSum, n)
	}
	return h.duplicates()
}

// duplicates checks that every accepted record that is no credit is reported, where it belongs.
func (h *history) duplicates() error {
	var got []migrate.Duplicate
	for n, rows := range h.rows {
		for _, row := range rows {
			d, err := h.e.duplicates(h.m.ID, h.drops[n].ID, row.From)
			if err != nil {
				return err
			}
			if int64(len(d)) != row.Tally.Outcomes.Duplicates() {
				return fmt.Errorf("row %+v has %d duplicates", row, len(d))
			}
			got = append(got, d...)
		}
	}
	if !h.e.traits.Atomic {
		return nil
	}
	var want []migrate.Duplicate
	for n, rows := range h.rows {
		for _, row := range rows {
			want = append(want, h.model.duplicates[migrate.Source{Seq: h.drops[n].Seq, Offset: row.From}]...)
		}
	}
	return h.e.same("the duplicates", got, want)
}

// model is what staging means, in memory.
type model struct {
	entities   map[migrate.ReferenceID]*migrate.Entity
	duplicates map[migrate.Source][]migrate.Duplicate // by the part
}

func (m *model) commit(d migrate.Drop, from, to int64, records []migrate.StagedRecord) migrate.LedgerRow {
	row := migrate.LedgerRow{Drop: d.ID, From: from, To: to}
	row.Tally = migrate.Tally{Lines: int64(len(records)), Newlines: int64(len(records)), Bytes: to - from, Revision: 1}
	for _, r := range records {
		outcome := m.stage(d, from, r)
		row.Tally.Outcomes.Count(outcome)
		if outcome == migrate.New {
			row.Tally.HashSum = row.Tally.HashSum.Add(r.Hash)
		}
	}
	return row
}

func (m *model) stage(d migrate.Drop, from int64, r migrate.StagedRecord) migrate.Outcome {
	next := entityOf(r, d.Collection, d.Seq)
	now, found := m.entities[r.ID]
	if !found {
		m.entities[r.ID] = &next
		return migrate.New
	}
	outcome := migrate.Replaced
	switch differs := now.Hash != r.Hash; {
	case next.Source.Compare(now.Source) < 0:
		outcome = migrate.Superseded
	case !differs:
		outcome = migrate.Replayed
	}
	if m.duplicates == nil {
		m.duplicates = map[migrate.Source][]migrate.Duplicate{}
	}
	part := migrate.Source{Seq: d.Seq, Offset: from}
	m.duplicates[part] = append(m.duplicates[part], migrate.Duplicate{Offset: r.Offset, Line: r.Line, ID: r.ID,
		Outcome: outcome, Other: now.Source, Differs: now.Hash != r.Hash})
	if outcome != migrate.Superseded {
		next.First, next.FirstHash = now.First, now.FirstHash
		m.entities[r.ID] = &next
	}
	return outcome
}

func sourceOrderDecides(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	earlier, err := e.drop(m, 1)
	if err != nil {
		return err
	}
	later, err := e.drop(m, 2)
	if err != nil {
		return err
	}
	if _, err := e.stage(refOf(m, later, 0), 20, recordOf(1, 2, 10)); err != nil {
		return err
	}
	row, err := e.stage(refOf(m, earlier, 0), 20, recordOf(1, 1, 10))
	if err != nil || row.Tally.Outcomes != (migrate.Outcomes{Superseded: 1}) || row.Tally.Revision != 1 {
		return fmt.Errorf("an earlier source, committed later: %+v, %v; want it superseded", row.Tally, err)
	}
	got, err := e.GetEntity(e.ctx, acme, m.ID, keyOf(1))
	return first(err, e.same("the entity", got, entityOf(recordOf(1, 2, 10), folk, later.Seq)))
}

func lastOfAPartWins(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	d, err := e.drop(m, 1)
	if err != nil {
		return err
	}
	row, err := e.stage(refOf(m, d, 0), 50, recordOf(1, 1, 10), recordOf(1, 2, 20), recordOf(2, 1, 30), recordOf(1, 2, 40))
	if err != nil || row.Tally.Outcomes != (migrate.Outcomes{New: 2, Replaced: 1, Replayed: 1}) {
		return fmt.Errorf("an id three times in a part: %+v, %v", row.Tally.Outcomes, err)
	}
	want := entityOf(recordOf(1, 2, 40), folk, d.Seq)
	want.First.Offset, want.FirstHash = 10, recordOf(1, 1, 10).Hash
	got, err := e.GetEntity(e.ctx, acme, m.ID, keyOf(1))
	return first(err, e.same("the entity", got, want))
}

// writersAtOnce lets eight writers commit the same sixteen parts of four drops, which share their ids.
func writersAtOnce(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	parts := map[migrate.Source]migrate.Drop{}
	for n := range 4 {
		d, err := e.drop(m, n)
		if err != nil {
			return err
		}
		for part := range int64(4) {
			parts[migrate.Source{Seq: d.Seq, Offset: part * 100}] = d
		}
	}
	var mu sync.Mutex
	rows := map[migrate.Source]migrate.LedgerRow{}
	_, err = race(8, func(int) error {
		for part, d := range parts { // each in its own order
			var records []migrate.StagedRecord
			for i := range 1 + (int(part.Seq)+int(part.Offset)/100)%4*3 { // of all sizes
				records = append(records, recordOf(1+i+int(part.Offset)/50, int(part.Seq)%2, part.Offset+int64(i*10)))
			}
			row, err := e.stage(refOf(m, d, part.Offset), part.Offset+100, records...)
			if err != nil {
				return err
			}
			mu.Lock()
			known, found := rows[part]
			rows[part] = row
			mu.Unlock()
			if found && known != row {
				return fmt.Errorf("one part has two rows: %+v and %+v", known, row)
			}
		}
		return nil
	}, func(error) bool { return false })
	if err != nil {
		return err
	}
	return e.balanced(m, slices.Collect(maps.Values(rows)))
}

// balanced checks the books of a component against what is staged of it.
func (e *env) balanced(m migrate.Migration, rows []migrate.LedgerRow) error {
	var sum migrate.Tally
	for _, r := range rows {
		sum = sum.Plus(r.Tally)
	}
	tallies, err := e.ComponentTallies(e.ctx, acme, m.ID)
	if err := first(err, e.same("the tally", tallies[people], sum)); err != nil {
		return err
	}
	staged, err := e.everything(m.ID, people)
	if err != nil {
		return err
	}
	var first migrate.HashSum
	for _, s := range staged {
		first = first.Add(s.FirstHash)
	}
	if int64(len(staged)) != sum.Staged() || first != sum.HashSum {
		return fmt.Errorf("%d entities are staged, %d count; sums %v and %v", len(staged), sum.Staged(), first, sum.HashSum)
	}
	return nil
}
