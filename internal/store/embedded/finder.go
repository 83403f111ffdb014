package embedded

import (
	"bytes"

	"github.com/cockroachdb/pebble/v2"
)

// finder looks ids up in the index of one component, in key order, as the group's changes have left it.
type finder struct {
	tx        *tx
	filter    *filter // nil if there is none
	component span
	it        *pebble.Iterator
}

// find gives the row of the key, if there is one. Only what the filter may hold is looked for; the next key is near, so
// an iterator finds it in the block it has.
func (f *finder) find(k key, hash uint64) (s staged, found bool, err error) {
	if f.filter != nil && !f.filter.mayHold(hash) {
		return s, false, nil
	}
	if f.it == nil {
		o := &pebble.IterOptions{LowerBound: f.component.from, UpperBound: f.component.to}
		if f.it, err = f.tx.batch.NewIter(o); err != nil {
			return s, false, err
		}
	}
	if !f.it.SeekGE(k) || !bytes.Equal(f.it.Key(), k) {
		return s, false, f.it.Error()
	}
	v, err := f.it.ValueAndErr()
	if err != nil {
		return s, false, err
	}
	s, err = parseStaged(v)
	return s, true, err
}

// add says that an id is there from now on: the next change of the group has to find it.
func (f *finder) add(hash uint64) {
	if f.filter != nil {
		f.filter.recent.add(hash)
	}
}

func (f *finder) close() {
	if f.it != nil {
		f.it.Close()
	}
}
