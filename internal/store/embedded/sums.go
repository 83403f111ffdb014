package embedded

import (
	"context"
	"sync"

	"landfall/internal/migrate"
)

// maxSums is how many sums are held in memory; one that is dropped is summed anew when it is asked for.
const maxSums = 4096

// sums holds running sums of ledger rows: of a migration or of a drop, whichever was asked for. A sum is made once by
// walking the rows, in the background, and then follows the commits: about a second per million rows, once per process.
type sums struct {
	mu   sync.Mutex
	open map[string]*sum // by the prefix of the keys of the rows
}

// sum is one running sum. While it is being made it already takes what is committed after the walk's moment.
type sum struct {
	ready       chan struct{}
	err         error
	byComponent map[migrate.ComponentName]migrate.Tally
}

// add adds a row that has become durable. It is called by the committer only, before the commit is acknowledged.
func (s *sums) add(t migrate.TenantID, m migrate.MigrationID, d migrate.DropID, e *ledgerEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, prefix := range []key{ledgerKey(t, m), dropLedgerKey(t, m, d)} {
		if sum := s.open[string(prefix)]; sum != nil {
			sum.add(e)
		}
	}
}

func (s *sum) add(e *ledgerEntry) {
	s.byComponent[e.component] = s.byComponent[e.component].Plus(e.row.Tally)
}

// sum lends f the sum of the ledger rows under prefix.
func (s *Store) sum(ctx context.Context, prefix key, f func(map[migrate.ComponentName]migrate.Tally)) error {
	const op = "summing a ledger"
	if err := ctx.Err(); err != nil {
		return err
	}
	sum := s.sums.get(prefix)
	if sum == nil {
		err := s.update(ctx, op, func(*tx) error {
			sum = s.beginSum(prefix)
			return nil
		})
		if err != nil {
			return err
		}
	}
	select {
	case <-sum.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.sums.mu.Lock()
	defer s.sums.mu.Unlock()
	if sum.err == nil {
		f(sum.byComponent)
	}
	return s.wrap(op, sum.err)
}

func (s *sums) get(prefix key) *sum {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[string(prefix)]
}

// beginSum opens a sum. It runs in the committer: no commit comes between the moment the walk reads at and the moment
// from which the sum follows.
func (s *Store) beginSum(prefix key) *sum {
	s.sums.mu.Lock()
	defer s.sums.mu.Unlock()
	if open := s.sums.open[string(prefix)]; open != nil {
		return open
	}
	s.sums.makeRoom()
	made := &sum{ready: make(chan struct{}), byComponent: map[migrate.ComponentName]migrate.Tally{}}
	s.sums.open[string(prefix)] = made
	walked := sum{byComponent: map[migrate.ComponentName]migrate.Tally{}}
	s.readBehind(under(prefix), func(_ key, v []byte) error {
		e, err := parseLedger(v)
		walked.add(&e)
		return err
	}, func(err error) { s.sums.finish(string(prefix), made, walked, err) })
	return made
}

func (s *sums) finish(prefix string, made *sum, walked sum, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, t := range walked.byComponent {
		made.byComponent[c] = made.byComponent[c].Plus(t)
	}
	if made.err = err; err != nil && s.open[prefix] == made {
		delete(s.open, prefix)
	}
	close(made.ready)
}

func (s *sums) makeRoom() {
	if s.open == nil {
		s.open = map[string]*sum{}
	}
	for prefix := range s.open {
		if len(s.open) < maxSums {
			return
		}
		delete(s.open, prefix)
	}
}
