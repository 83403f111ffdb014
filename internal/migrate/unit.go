package migrate

// UnitKey names a unit within its job.
type UnitKey struct {
	Wave        int           `json:"wave"`
	Component   ComponentName `json:"component"`
	FirstBucket int           `json:"firstBucket"`
}

// Unit is the piece of work that a job hands out: a range of hash buckets of one component. Its progress is absolute
// and moved by compare-and-set, so replays are harmless and no two workers can both advance it.
type Unit struct {
	UnitKey
	Job         JobID            `json:"job"`
	LastBucket  int              `json:"lastBucket"`            // inclusive
	Collections []CollectionName `json:"collections,omitempty"` // empty: all of the component
	Progress    Progress         `json:"progress"`
	Seq         int64            `json:"seq"` // number of checkpoints so far
}

// Progress is how far a unit is and what it found, counted from its beginning.
type Progress struct {
	Done   bool   `json:"done"`
	Bucket int    `json:"bucket"` // the bucket being worked on
	After  Cursor `json:"after"`  // everything up to here, in Bucket and those before it, is done

	Entities int64 `json:"entities"`         // visited
	Faulty   int64 `json:"faulty,omitempty"` // validation: entities with faults
	Faults   int64 `json:"faults,omitempty"` // validation: faults
	Imported int64 `json:"imported,omitempty"`
	Failed   int64 `json:"failed,omitempty"`
	InDoubt  int64 `json:"inDoubt,omitempty"`
	Waiting  int64 `json:"waiting,omitempty"` // import: not sent, its parent is not imported

	StagedSum HashSum     `json:"stagedSum,omitzero"` // counts: of the contents staged
	FirstSum  HashSum     `json:"firstSum,omitzero"`  // counts: of the contents that created the entities
	Live      int64       `json:"live,omitempty"`     // counts: entities read back from the target
	LiveSum   HashSum     `json:"liveSum,omitzero"`   // counts: of the contents read back
	Drops     []DropShare `json:"drops,omitempty"`    // import, counts: by drop, ordered by Seq
	Tables    []byte      `json:"tables,omitempty"`   // counts: group counts so far, as the catalog encodes them

	Differences []Difference `json:"differences,omitempty"` // counts: entities whose staged and live content differ, by name
}

// DropShare is the part of a unit's numbers that concerns entities created by one drop.
type DropShare struct {
	Seq      uint32 `json:"seq"`
	Entities int64  `json:"entities,omitempty"`
	Imported int64  `json:"imported,omitempty"`
	Failed   int64  `json:"failed,omitempty"`
	InDoubt  int64  `json:"inDoubt,omitempty"`
}

// Share gives the share of the drop with that Seq, for adding to.
func (p *Progress) Share(seq uint32) *DropShare {
	lo, hi := 0, len(p.Drops)
	for lo < hi {
		mid := (lo + hi) / 2
		if p.Drops[mid].Seq < seq {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(p.Drops) || p.Drops[lo].Seq != seq {
		p.Drops = append(p.Drops, DropShare{})
		copy(p.Drops[lo+1:], p.Drops[lo:])
		p.Drops[lo] = DropShare{Seq: seq}
	}
	return &p.Drops[lo]
}

// Findings are the rows that a unit's step found since its last checkpoint.
type Findings struct {
	Issues []Issue
	Claims []Claim
}

// Add adds the numbers of o to p; cursors, tables and differences are not numbers.
func (p *Progress) Add(o Progress) {
	p.Entities += o.Entities
	p.Faulty += o.Faulty
	p.Faults += o.Faults
	p.Imported += o.Imported
	p.Failed += o.Failed
	p.InDoubt += o.InDoubt
	p.Waiting += o.Waiting
	p.StagedSum = p.StagedSum.Plus(o.StagedSum)
	p.FirstSum = p.FirstSum.Plus(o.FirstSum)
	p.Live += o.Live
	p.LiveSum = p.LiveSum.Plus(o.LiveSum)
	for _, d := range o.Drops {
		share := p.Share(d.Seq)
		share.Entities += d.Entities
		share.Imported += d.Imported
		share.Failed += d.Failed
		share.InDoubt += d.InDoubt
	}
}
