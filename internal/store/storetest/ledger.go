package storetest

import (
	"fmt"

	"landfall/internal/migrate"
)

var ledger = []Case{
	{"Ledger/CommitTwice", commitTwice},
	{"Ledger/CommitWithAnotherEnd", commitWithAnotherEnd},
	{"Ledger/WalkResumes", ledgerResumes},
	{"Ledger/Tally", tallyOfAPart},
	{"Ledger/RejectionsAndDuplicates", rejectionsAndDuplicates},
	{"Ledger/SumsByComponent", sumsByComponent},
	{"Ledger/Nothing", nothingInLedger},
}

func (e *env) rejections(m migrate.MigrationID, d migrate.DropID, from int64) ([]migrate.Rejection, error) {
	return collect(func(yield func(migrate.Rejection) error) error {
		return e.WalkRejections(e.ctx, acme, m, d, from, yield)
	})
}

func (e *env) duplicates(m migrate.MigrationID, d migrate.DropID, from int64) ([]migrate.Duplicate, error) {
	return collect(func(yield func(migrate.Duplicate) error) error {
		return e.WalkDuplicates(e.ctx, acme, m, d, from, yield)
	})
}

func commitTwice(e *env) error { return e.twice(30, 30) }

func commitWithAnotherEnd(e *env) error { return first(e.twice(30, 50)) }

// twice commits a part to one end, then to another, with other records: the first stands.
func (e *env) twice(end, other int64) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	d, err := e.drop(m, 1)
	if err != nil {
		return err
	}
	row, err := e.stage(refOf(m, d, 0), end, recordOf(1, 1, 10), recordOf(2, 2, 20))
	if err != nil {
		return err
	}
	again, err := e.stage(refOf(m, d, 0), other, recordOf(1, 1, 10), recordOf(2, 2, 20), recordOf(3, 3, 25))
	if err := first(err, e.same("the row of the second commit", again, row)); err != nil {
		return err
	}
	stored, err := e.GetLedgerRow(e.ctx, acme, m.ID, d.ID, 0)
	if err := first(err, e.same("the stored row", stored, row)); err != nil {
		return err
	}
	has, err := e.HasEntities(e.ctx, acme, m.ID, []migrate.EntityKey{keyOf(2), keyOf(3)})
	if err := first(err, e.same("HasEntities", has, []bool{true, false})); err != nil && e.traits.Atomic {
		return err
	}
	tally, err := e.DropTally(e.ctx, acme, m.ID, d.ID)
	if err := first(err, e.same("the drop's tally", tally, row.Tally)); err != nil {
		return err
	}
	next, err := e.stage(refOf(m, d, row.To), row.To+20, recordOf(3, 3, row.To))
	if err == nil && e.traits.Atomic && next.Tally.Outcomes.New != 1 {
		err = fmt.Errorf("the part after it has outcomes %+v, want one new", next.Tally.Outcomes)
	}
	return err
}

func ledgerResumes(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	var whole []migrate.LedgerRow
	for n := 1; n <= 2; n++ { // another drop's rows lie next to them
		d, err := e.drop(m, n)
		if err != nil {
			return err
		}
		whole = nil
		for _, from := range []int64{300, 0, 100, 1 << 40, 200} {
			row, err := e.stage(refOf(m, d, from), from+100, recordOf(int(from%1000), n, from))
			if err != nil {
				return err
			}
			whole = append(whole, row)
		}
	}
	whole = []migrate.LedgerRow{whole[1], whole[2], whole[4], whole[0], whole[3]}
	return resumable(e, "the ledger", whole, func(after *migrate.LedgerRow, yield func(migrate.LedgerRow) error) error {
		from := int64(0)
		if after != nil {
			from = after.From + 1
		}
		return e.WalkLedger(e.ctx, acme, m.ID, dropID(2), from, yield)
	})
}

func tallyOfAPart(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	d, err := e.drop(m, 1)
	if err != nil {
		return err
	}
	w, err := e.BeginChunk(e.ctx, acme, refOf(m, d, 5))
	if err != nil {
		return err
	}
	defer w.Abort()
	a, b := recordOf(1, 1, 10), recordOf(2, 2, 30)
	if err := first(w.Add(a), w.Reject(migrate.Rejection{Offset: 20}), w.Add(b)); err != nil {
		return err
	}
	row, err := w.Commit(e.ctx, 100, migrate.PartRead{Bytes: 100, BlankLines: 4, Newlines: 7})
	want := migrate.LedgerRow{Drop: d.ID, From: 5, To: 100, Tally: migrate.Tally{
		Lines: 3, BlankLines: 4, Newlines: 7, Rejected: 1, Outcomes: migrate.Outcomes{New: 2}, Bytes: 100,
		HashSum: migrate.HashSum{}.Add(a.Hash).Add(b.Hash), Revision: 1,
	}}
	if err := first(err, e.same("the row", row, want)); err != nil {
		return err
	}
	empty, err := e.stage(refOf(m, d, 100), 200)
	want = migrate.LedgerRow{Drop: d.ID, From: 100, To: 200, Tally: migrate.Tally{Bytes: 100}}
	return first(err, e.same("the row of a part without records", empty, want))
}

func rejectionsAndDuplicates(e *env) error {
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
	const n = 3000
	var rejections []migrate.Rejection
	var duplicates []migrate.Duplicate
	for i := range n {
		offset := int64(i * 20)
		r := recordOf(1+i%2, i/2%3, offset)
		if err := w.Add(r); err != nil {
			return err
		}
		if i >= 2 {
			duplicates = append(duplicates, migrate.Duplicate{Offset: offset, Line: r.Line, ID: r.ID, Outcome: migrate.Replaced,
				Other: migrate.Source{Seq: d.Seq, Offset: offset - 40}, Differs: true})
		}
		bad := migrate.Rejection{Offset: offset + 10, Line: int64(i), Length: 9, ID: refID(i + 1), Partial: i%2 == 0,
			Faults: []migrate.Fault{{Field: fmt.Sprintf("addresses[%d]", i), Code: migrate.InvalidType, Message: "needs <text> & \"more\""}}}
		if err := w.Reject(bad); err != nil {
			return err
		}
		rejections = append(rejections, bad)
	}
	if _, err := w.Commit(e.ctx, n*20, migrate.PartRead{}); err != nil {
		return err
	}
	gotRejections, err := e.rejections(m.ID, d.ID, 0)
	if err := first(err, e.same("the rejections", gotRejections, rejections)); err != nil {
		return err
	}
	gotDuplicates, err := e.duplicates(m.ID, d.ID, 0)
	if err := first(err, e.same("the duplicates", gotDuplicates, duplicates)); err != nil {
		return err
	}
	stopped := e.WalkRejections(e.ctx, acme, m.ID, d.ID, 0, func(migrate.Rejection) error { return errCut })
	also := e.WalkDuplicates(e.ctx, acme, m.ID, d.ID, 0, func(migrate.Duplicate) error { return errCut })
	if stopped != errCut || also != errCut {
		return fmt.Errorf("walks give %v and %v, want yield's error", stopped, also)
	}
	return nil
}

func sumsByComponent(e *env) error {
	m, _, err := e.staged(3)
	if err != nil {
		return err
	}
	d := newDrop(m.ID, 2)
	d.Component = loans
	if d, _, err = e.CreateDrop(e.ctx, acme, d); err != nil {
		return err
	}
	row, err := e.stage(refOf(m, d, 0), 100, recordOf(1, 1, 10))
	if err != nil {
		return err
	}
	tallies, err := e.ComponentTallies(e.ctx, acme, m.ID)
	if err := first(err, e.same("the tally of the second component", tallies[loans], row.Tally)); err != nil {
		return err
	}
	if n := tallies[people].Staged(); n != 3 || len(tallies) != 2 {
		return fmt.Errorf("%d entities of the first of %d components, want 3 of 2", n, len(tallies))
	}
	tallies[people] = migrate.Tally{}
	again, err := e.ComponentTallies(e.ctx, acme, m.ID)
	if err == nil && again[people].Staged() != 3 {
		err = fmt.Errorf("tallies are shared with the caller")
	}
	return err
}

func nothingInLedger(e *env) error {
	m, d, err := e.staged(1)
	if err != nil {
		return err
	}
	_, err = e.GetLedgerRow(e.ctx, acme, m.ID, d.ID, 1)
	if err := refused("a row that is not there", err, migrate.NotFound, ""); err != nil {
		return err
	}
	rejections, err := e.rejections(m.ID, d.ID, 1)
	duplicates, err2 := e.duplicates(m.ID, d.ID, 1)
	tally, err3 := e.DropTally(e.ctx, acme, m.ID, dropID(9))
	if err := first(err, err2, err3); err != nil {
		return err
	}
	if len(rejections)+len(duplicates) > 0 || tally != (migrate.Tally{}) {
		return fmt.Errorf("found %v, %v, %v where nothing is", rejections, duplicates, tally)
	}
	return nil
}
