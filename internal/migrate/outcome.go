package migrate

// Outcome says what became of an accepted record. The split into replaced, superseded and replayed depends on the order
// of arrival; what does not is the credit: a chunk earns one for each record whose source is the entity's First, and
// every attempt of a chunk finds the same credits.
type Outcome uint8

// The outcomes.
const (
	New        Outcome = iota // created the entity
	Replaced                  // took the place of an earlier source's content
	Superseded                // was not kept: a later source is staged
	Replayed                  // was identical to what is staged
)

var outcomeNames = [...]string{"new", "replaced", "superseded", "replayed"}

// String gives the outcome's name in the HTTP contract.
func (o Outcome) String() string { return outcomeNames[o] }

// MarshalText gives the outcome's name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText is the reverse of MarshalText.
func (o *Outcome) UnmarshalText(b []byte) error {
	for i, name := range outcomeNames {
		if name == string(b) {
			*o = Outcome(i)
			return nil
		}
	}
	return Errorf(Invalid, "parsing an outcome", "no such outcome")
}

// Outcomes counts accepted records by outcome. New counts credits, so it is the number of entities created.
type Outcomes struct {
	New        int64 `json:"new"`
	Replaced   int64 `json:"replaced"`
	Superseded int64 `json:"superseded"`
	Replayed   int64 `json:"replayed"`
}

// Count adds one record with the outcome.
func (o *Outcomes) Count(outcome Outcome) {
	switch outcome {
	case New:
		o.New++
	case Replaced:
		o.Replaced++
	case Superseded:
		o.Superseded++
	case Replayed:
		o.Replayed++
	}
}

// Plus gives the sum.
func (o Outcomes) Plus(p Outcomes) Outcomes {
	return Outcomes{o.New + p.New, o.Replaced + p.Replaced, o.Superseded + p.Superseded, o.Replayed + p.Replayed}
}

// Accepted is the number of records that were staged or were already there.
func (o Outcomes) Accepted() int64 { return o.New + o.Replaced + o.Superseded + o.Replayed }

// Duplicates is the number of accepted records that created no entity.
func (o Outcomes) Duplicates() int64 { return o.Replaced + o.Superseded + o.Replayed }
