package embedded_test

import (
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"landfall/internal/store/embedded"
	"landfall/internal/store/storetest"
)

// place keeps a store in memory.
type place struct {
	fs      vfs.FS
	options embedded.Options
	store   *embedded.Store
}

func (p *place) Open() (storetest.Store, error) {
	if err := p.Close(); err != nil {
		return nil, err
	}
	p.options.FS = p.fs
	s, err := embedded.Open("data/store", p.options)
	p.store = s
	return s, err
}

func (p *place) Close() error {
	if p.store == nil {
		return nil
	}
	return p.store.Close()
}

func harness(o embedded.Options) storetest.Harness {
	o.CacheBytes = 1 << 20
	return storetest.Harness{
		Traits: storetest.Traits{Atomic: true},
		New:    func() (storetest.Place, error) { return &place{fs: vfs.NewMem(), options: o}, nil },
	}
}

// TestConformance runs the suite with parts that share a batch, that bring tables, and with both beside each other.
func TestConformance(t *testing.T) {
	for name, smallPart := range map[string]int{"Batch": 1 << 30, "Tables": 1, "Both": 200} {
		t.Run(name, func(t *testing.T) { storetest.Run(t, harness(embedded.Options{SmallPart: smallPart})) })
	}
}
