package storetest_test

import (
	"context"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"landfall/internal/store/embedded"
	"landfall/internal/store/storetest"
)

// place keeps a real store in memory and breaks it.
type place struct {
	fs      vfs.FS
	forgets bool
	wrap    func(storetest.Store) storetest.Store
	store   *embedded.Store
}

func (p *place) Open() (storetest.Store, error) {
	if err := p.Close(); err != nil {
		return nil, err
	}
	if p.forgets {
		p.fs = vfs.NewMem()
	}
	s, err := embedded.Open("store", embedded.Options{FS: p.fs, CacheBytes: 1 << 20})
	if err != nil {
		return nil, err
	}
	p.store = s
	return p.wrap(s), nil
}

func (p *place) Close() error {
	if p.store == nil {
		return nil
	}
	return p.store.Close()
}

// flaw is a way to be wrong, and the cases that have to notice.
type flaw struct {
	name    string
	forgets bool
	wrap    func(storetest.Store) storetest.Store
	noticed []string
}

func (f flaw) harness() storetest.Harness {
	return storetest.Harness{Traits: storetest.Traits{Atomic: true}, New: func() (storetest.Place, error) {
		return &place{fs: vfs.NewMem(), forgets: f.forgets, wrap: f.wrap}, nil
	}}
}

func cases() map[string]storetest.Case {
	all := map[string]storetest.Case{}
	for _, c := range storetest.Cases() {
		all[c.Name] = c
	}
	return all
}

// TestBrokenStoresFail breaks a store in many ways; the cases that are there for it have to fail.
func TestBrokenStoresFail(t *testing.T) {
	t.Parallel()
	all := cases()
	for _, f := range flaws {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for _, name := range f.noticed {
				c, ok := all[name]
				if !ok {
					t.Errorf("no case %s", name)
				} else if err := c.Check(f.harness()); err != nil {
					t.Logf("%s: %.120s", name, err)
				} else {
					t.Errorf("%s does not notice", name)
				}
			}
		})
	}
}

// TestEveryCaseCanFail holds the list of cases against what the flaws are noticed by.
func TestEveryCaseCanFail(t *testing.T) {
	t.Parallel()
	left := cases()
	for _, f := range flaws {
		for _, name := range f.noticed {
			delete(left, name)
		}
	}
	for name := range left {
		t.Errorf("no flaw shows that %s can fail", name)
	}
}

// wrapped makes the wrapper of a flaw from a struct that embeds a store.
func wrapped[T storetest.Store](make func(storetest.Store) T) func(storetest.Store) storetest.Store {
	return func(s storetest.Store) storetest.Store { return make(s) }
}

var background = context.Background()
