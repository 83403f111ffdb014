package embedded_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"landfall/internal/migrate"
	"landfall/internal/store/embedded"
)

// The load of a crash test: drops of parts that share their ids. Small parts go to the batch, large ones bring tables.
const (
	loadDrops     = 6
	loadParts     = 8 // per drop
	loadIDs       = 300
	loadPartBytes = 10000
	loadSmall     = 4000 // bytes; parts have up to twice as many
)

// load stages parts with two writers and keeps what was acknowledged.
type load struct {
	s     *embedded.Store
	m     migrate.Migration
	mu    sync.Mutex
	acked []migrate.LedgerRow
	log   int // segments acknowledged
}

func (l *load) acknowledged() ([]migrate.LedgerRow, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked[:len(l.acked):len(l.acked)], l.log
}

// part gives the records of a part: the same whenever it is asked.
func part(seq uint32, from int64) (records []migrate.StagedRecord) {
	random := rand.New(rand.NewPCG(uint64(seq), uint64(from)))
	size := 100 + random.IntN(150)
	for i := range 10 + random.IntN(30) {
		body := fmt.Appendf(nil, "%*d", size, random.IntN(3))
		r := migrate.StagedRecord{Hash: migrate.HashContent(body), Offset: from + int64(i*size), Line: int64(i), Body: body}
		r.ID[0], r.ID[14], r.ID[15] = 1, byte(random.IntN(2)), byte(random.IntN(loadIDs/2))
		records = append(records, r)
	}
	return records
}

func (l *load) stage(t *testing.T, seq uint32, n int) error {
	from := int64(n * loadPartBytes)
	w, err := l.s.BeginChunk(t.Context(), tenant, chunkRef(l.m, seq, from))
	if err != nil {
		return err
	}
	defer w.Abort()
	for _, r := range part(seq, from) {
		if err := w.Add(r); err != nil {
			return err
		}
	}
	if err := w.Reject(migrate.Rejection{Offset: from + loadPartBytes - 1}); err != nil {
		return err
	}
	row, err := w.Commit(t.Context(), from+loadPartBytes, migrate.PartRead{})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked = append(l.acked, row)
	return nil
}

// run stages everything, every part twice, in an order of its own.
func (l *load) run(t *testing.T, seed uint64, failed func(error)) {
	random := rand.New(rand.NewPCG(seed, 0))
	order := append(random.Perm(loadDrops*loadParts), random.Perm(loadDrops*loadParts)...)
	for i, n := range order {
		if err := l.stage(t, uint32(1+n%loadDrops), n/loadDrops); err != nil {
			failed(err)
			return
		}
		if seed != 1 || i%5 != 0 {
			continue
		}
		entry := migrate.LogEntry{Timestamp: time.Unix(int64(i), 0), Message: fmt.Sprint(i)}
		if err := l.s.AppendLog(t.Context(), tenant, l.m.ID, fmt.Sprint(i), []migrate.LogEntry{entry}); err != nil {
			failed(err)
			return
		}
		l.mu.Lock()
		l.log++
		l.mu.Unlock()
	}
}

// crash is what the power being taken away leaves, and what had been acknowledged before.
type crash struct {
	fs    *vfs.MemFS
	acked []migrate.LedgerRow
	log   int
}

// TestCrash_EverythingAcknowledgedIsThere takes the power away at random moments of several loads, with random parts of
// what was not synced kept, and looks at what is left.
func TestCrash_EverythingAcknowledgedIsThere(t *testing.T) {
	t.Parallel()
	crashes := 0
	for round := range uint64(3) {
		fs := vfs.NewCrashableMem()
		l := &load{s: mustOpen(t, "store", loadOptions(fs))}
		l.m = mustCreateWith(t, l.s, 8)
		for _, c := range crashWhileLoading(t, fs, l, round) {
			checkCrashed(t, c.fs, l.m, c.acked, c.log)
			crashes++
		}
	}
	t.Logf("%d crashes", crashes)
}

func crashWhileLoading(t *testing.T, fs *vfs.MemFS, l *load, round uint64) (crashes []crash) {
	random := rand.New(rand.NewPCG(round, 7))
	var writers sync.WaitGroup
	for seed := range uint64(2) {
		writers.Go(func() { l.run(t, seed+1, func(err error) { t.Error(err) }) })
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for running := true; running && len(crashes) < 8; {
		select {
		case <-done:
			running = false
		case <-time.After(time.Duration(random.IntN(10000)) * time.Microsecond):
		}
		acked, log := l.acknowledged() // before the crash: all of it has to be there
		percent := []int{0, 0, 30, 70, 100}[random.IntN(5)]
		crashes = append(crashes, crash{fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: random}), acked, log})
	}
	<-done
	return crashes
}

func loadOptions(fs vfs.FS) embedded.Options {
	return embedded.Options{FS: fs, SmallPart: loadSmall, CacheBytes: 1 << 20}
}

// checkCrashed opens what a crash left and checks: what was acknowledged is there, the books are exact, nothing is left
// over, and the load can be brought to its end.
func checkCrashed(t *testing.T, fs *vfs.MemFS, m migrate.Migration, acked []migrate.LedgerRow, log int) {
	t.Helper()
	s, err := embedded.Open("store", loadOptions(fs))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, want := range acked {
		if got, err := s.GetLedgerRow(t.Context(), tenant, m.ID, want.Drop, want.From); err != nil || got != want {
			t.Fatalf("GetLedgerRow = %+v, %v; want %+v", got, err, want)
		}
	}
	entries := 0
	err = s.WalkLog(t.Context(), tenant, m.ID, 0, func(i int64, _ migrate.LogEntry) error {
		if entries++; i != int64(entries-1) {
			return fmt.Errorf("entry %d has index %d", entries-1, i)
		}
		return nil
	})
	if err != nil || entries < log {
		t.Fatalf("the log has %d entries (%v), want at least %d", entries, err, log)
	}
	checkBooks(t, s, m)
	if left, err := fs.List("store/incoming"); err != nil || len(left) > 0 {
		t.Fatalf("left in incoming: %v, %v", left, err)
	}
	again := &load{s: s, m: m}
	again.run(t, 3, func(err error) { t.Error(err) })
	checkBooks(t, s, m)
}

// checkBooks sums the ledger from its rows and compares it with what is staged, what is reported, and what the sums say.
func checkBooks(t *testing.T, s *embedded.Store, m migrate.Migration) {
	t.Helper()
	var books migrate.Tally
	for seq := uint32(1); seq <= loadDrops; seq++ {
		err := s.WalkLedger(t.Context(), tenant, m.ID, dropID(seq), 0, func(r migrate.LedgerRow) error {
			books = books.Plus(r.Tally)
			return checkPages(t, s, m, r)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	entities, sum := int64(0), migrate.HashSum{}
	for b := range m.Buckets {
		q := migrate.BucketQuery{Component: component, Bucket: b}
		err := s.WalkBucket(t.Context(), tenant, m.ID, q, func(e *migrate.Entity) error {
			entities, sum = entities+1, sum.Add(e.FirstHash)
			if migrate.HashContent(e.Body) != e.Hash {
				return fmt.Errorf("entity %v has a body that is not its own", e.ID)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if entities != books.Staged() || sum != books.HashSum {
		t.Fatalf("%d entities are staged, %d count; sums %v and %v", entities, books.Staged(), sum, books.HashSum)
	}
	tallies, err := s.ComponentTallies(t.Context(), tenant, m.ID)
	if err != nil || tallies[component] != books {
		t.Fatalf("ComponentTallies = %+v, %v; want the sum of rows, %+v", tallies[component], err, books)
	}
}

func checkPages(t *testing.T, s *embedded.Store, m migrate.Migration, r migrate.LedgerRow) error {
	var rejected, duplicates int64
	err := s.WalkRejections(t.Context(), tenant, m.ID, r.Drop, r.From, func(migrate.Rejection) error { rejected++; return nil })
	if err == nil {
		err = s.WalkDuplicates(t.Context(), tenant, m.ID, r.Drop, r.From, func(migrate.Duplicate) error { duplicates++; return nil })
	}
	if err == nil && (rejected != r.Tally.Rejected || duplicates != r.Tally.Outcomes.Duplicates()) {
		err = fmt.Errorf("row %+v has %d rejections and %d duplicates", r, rejected, duplicates)
	}
	return err
}

// TestCrash_TornWriteIsRepaired puts what a torn write could leave behind the newest log.
func TestCrash_TornWriteIsRepaired(t *testing.T) {
	t.Parallel()
	fs := vfs.NewCrashableMem()
	l := &load{s: mustOpen(t, "store", loadOptions(fs))}
	l.m = mustCreateWith(t, l.s, 8)
	for n := range loadParts {
		if err := l.stage(t, 1, n); err != nil {
			t.Fatal(err)
		}
	}
	clone := fs.CrashClone(vfs.CrashCloneCfg{})
	newest := ""
	names, err := clone.List("store")
	for _, name := range names {
		if strings.HasSuffix(name, ".log") && name > newest {
			newest = name
		}
	}
	if err != nil || newest == "" {
		t.Fatalf("no log among %v: %v", names, err)
	}
	appendGarbage(t, clone, "store/"+newest)
	checkCrashed(t, clone, l.m, l.acked, 0)
}

func appendGarbage(t *testing.T, fs vfs.FS, path string) {
	info, err := fs.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fs.OpenReadWrite(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("\x00\x01\x02 torn \xff\xfe\xfd"), info.Size()); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
}
