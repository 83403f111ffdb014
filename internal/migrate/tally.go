package migrate

// Tally is what a range of a drop, a whole drop or a component amounts to. Tallies of parts add up to that of the whole.
type Tally struct {
	Lines      int64    `json:"lines"`      // records offered, good and bad; blank lines are none
	BlankLines int64    `json:"blankLines"` //
	Newlines   int64    `json:"newlines"`   // line feeds by byte position, blank lines included: they give line numbers
	Rejected   int64    `json:"rejected"`
	Outcomes   Outcomes `json:"outcomes"`
	Bytes      int64    `json:"bytes"`   // bytes read, after decompression
	HashSum    HashSum  `json:"hashSum"` // of the credited records: those that created an entity
	Deleted    int64    `json:"deleted"`
	Revision   int64    `json:"revision"` // how many changes to staged data are in it: commits with an accepted record, deletes
}

// Plus gives the sum of two tallies.
func (t Tally) Plus(o Tally) Tally {
	return Tally{
		Lines: t.Lines + o.Lines, BlankLines: t.BlankLines + o.BlankLines, Newlines: t.Newlines + o.Newlines,
		Rejected: t.Rejected + o.Rejected, Outcomes: t.Outcomes.Plus(o.Outcomes), Bytes: t.Bytes + o.Bytes,
		HashSum: t.HashSum.Plus(o.HashSum), Deleted: t.Deleted + o.Deleted, Revision: t.Revision + o.Revision,
	}
}

// Staged is the number of entities created and not deleted.
func (t Tally) Staged() int64 { return t.Outcomes.New - t.Deleted }
