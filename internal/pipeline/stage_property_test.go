package pipeline_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// propertyMaxRecord is small, so that records over the limit are cheap.
const propertyMaxRecord = 260

// recordsBeginPastTheirChunk lets a record begin after the end of the chunk that owns it: after a byte-order mark, or white
// space behind RS.
// TODO(#3): true, once the embedded store takes such a record; it refuses the commit of a part that ends before it.
const recordsBeginPastTheirChunk = true

// recordGen draws one record: mostly good ones of few ids, so that they meet, and every kind of bad one.
func recordGen(collection string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		n, variant := rapid.IntRange(1, 6).Draw(t, "n"), rapid.IntRange(0, 2).Draw(t, "variant")
		good := person(n, fmt.Sprintf(`,"firstName":"V%d"`, variant))
		if collection == "agreements" {
			good = agreement(n, 1, fmt.Sprintf(`,"branchCode":"V%d"`, variant))
		}
		if n > 4 {
			good = strings.Replace(good, good[16:52], strings.ToUpper(good[16:52]), 1) // another spelling of the id
		}
		switch rapid.IntRange(0, 14).Draw(t, "kind") {
		case 0:
			return strings.NewReplacer(`"surname":`, `"sirname":`, `"startDate":`, `"started":`).Replace(good)
		case 1:
			return good[:rapid.IntRange(1, len(good)-1).Draw(t, "cut")]
		case 2:
			return strings.Replace(good, "V", strings.Repeat("V", propertyMaxRecord), 1)
		case 3:
			return rapid.SampledFrom([]string{"42", `"text"`, "[]", "null", "{", "\xff\xfe", "{}x", `{"type":"person"`, "\x00"}).Draw(t, "junk")
		case 4:
			return strings.Replace(good, good[16:52], "not-a-uuid", 1)
		case 5:
			return strings.Replace(good, `"referenceId"`, `"reference"`, 1)
		case 6:
			return strings.Replace(good, ",", " ,\r", 1) // insignificant white space that no line may hold
		}
		return good
	})
}

// contentGen draws the content of a drop.
func contentGen(collection, format string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		records := rapid.SliceOfN(recordGen(collection), 0, 14).Draw(t, "records")
		if format == "json-seq" {
			b.WriteString(rapid.SampledFrom([]string{"", "", "\n", "before", "{}\n"}).Draw(t, "before"))
			for _, r := range records {
				if rapid.IntRange(0, 3).Draw(t, "spread") == 0 {
					r = strings.ReplaceAll(r, ",", ",\n  ")
				}
				b.WriteString("\x1e" + gap(t, " \n") + r + rapid.SampledFrom([]string{"\n", "\n", "\n", "", " \r\n", "\n\x1e\n"}).Draw(t, "end"))
			}
			return b.String()
		}
		b.WriteString(gap(t, "\xef\xbb\xbf"))
		for i, r := range records {
			b.WriteString(r)
			if i < len(records)-1 || rapid.Bool().Draw(t, "ended") {
				b.WriteString(rapid.SampledFrom([]string{"\n", "\n", "\n", "\r\n", "\n\n", "\n \t\r\n"}).Draw(t, "end"))
			}
		}
		return b.String()
	})
}

// gap draws whether there is something that belongs to no record.
func gap(t *rapid.T, text string) string {
	if recordsBeginPastTheirChunk && rapid.IntRange(0, 2).Draw(t, "gap") == 0 {
		return text
	}
	return ""
}

// disorder runs the tasks of drops as an unreliable world does: in any order, several times over, broken off, out of time,
// dying before a commit, overtaken by another attempt.
type disorder struct {
	*world
	rapid *rapid.T
	tasks []task
	left  map[migrate.DropID]int // tasks
	drops map[migrate.DropID]migrate.Drop
}

// task is one delivery of one chunk.
type task struct {
	given, state pipeline.ChunkState
}

var errDied = errors.New("the process died here")

// deliver plans the drop and adds a task for each chunk, one to three times.
func (d *disorder) deliver(drop migrate.Drop) {
	d.limits.ChunkBytes = max(drop.Size/rapid.Int64Range(1, 24).Draw(d.rapid, "chunks"), 1)
	for _, chunk := range d.planned(drop) {
		for range rapid.IntRange(1, 3).Draw(d.rapid, "runs") {
			d.tasks = append(d.tasks, task{chunk, chunk})
			d.left[drop.ID]++
		}
	}
	d.drops[drop.ID] = drop
	d.balance()
}

// run runs tasks until none is left.
func (d *disorder) run() {
	for len(d.tasks) > 0 {
		i := rapid.IntRange(0, len(d.tasks)-1).Draw(d.rapid, "task")
		d.step(i)
		d.balance()
	}
}

func (d *disorder) step(i int) {
	t := &d.tasks[i]
	budget := rapid.IntRange(0, 12).Draw(d.rapid, "records")
	d.late = func() bool { budget--; return budget < 0 }
	switch rapid.IntRange(0, 9).Draw(d.rapid, "fate") {
	case 0:
		d.store.beforeCommit = func(migrate.ChunkRef, int64) error { return errDied }
	case 1:
		d.store.beforeCommit = func(migrate.ChunkRef, int64) error { d.overtake(t.given); return nil }
	case 2:
		d.early(t.given.Drop)
	}
	out, err := d.stage().Run(d.ctx, t.state)
	d.store.beforeCommit = nil
	switch {
	case errors.Is(err, errDied):
		t.state = t.given
	case err != nil:
		d.t.Fatalf("staging %+v: %v", t.state, err)
	case !out.Done:
		if t.state = out; rapid.IntRange(0, 4).Draw(d.rapid, "forgets") == 0 {
			t.state = t.given
		}
	default:
		d.left[t.given.Drop]--
		d.tasks = slices.Delete(d.tasks, i, i+1)
	}
}

// overtake runs another attempt at the chunk to its end or to some place before it.
func (d *disorder) overtake(chunk pipeline.ChunkState) {
	d.store.beforeCommit = nil
	late, parts := d.late, d.limits.PartBytes
	defer func() { d.late, d.limits.PartBytes = late, parts }()
	budget := rapid.IntRange(0, 6).Draw(d.rapid, "overtaken")
	d.late = func() bool { budget--; return budget < 0 }
	d.limits.PartBytes = rapid.IntRange(1, 400).Draw(d.rapid, "other parts")
	_, err := d.stage().Run(d.ctx, chunk)
	d.check("overtaking", err)
}

// early settles a drop too soon, as its machine does when chunks were given up, and announces it again.
func (d *disorder) early(id migrate.DropID) {
	if d.left[id] == 0 {
		return
	}
	drop := d.settled(d.drops[id])
	if drop.State == migrate.DropFailed {
		if drop.Problem == nil || drop.Problem.Code != "not-finished" || d.row().OpenDrops == 0 {
			d.t.Fatalf("a drop with a gap is %+v, with %d open drops", drop.Problem, d.row().OpenDrops)
		}
		d.planned(drop)
	}
}

// drawDrops draws what is offered.
func drawDrops(t *rapid.T) []offered {
	var drops []offered
	for i := range rapid.IntRange(1, 4).Draw(t, "drops") {
		o := offered{component: "Counterparties", collection: "counterparties"}
		if rapid.IntRange(0, 3).Draw(t, "agreements") == 0 {
			o.component, o.collection = "FinancingSolutions", "agreements"
		}
		o.format = rapid.SampledFrom([]string{"jsonl", "jsonl", "json-seq"}).Draw(t, "format")
		o.content = []byte(contentGen(o.collection, o.format).Draw(t, "content"))
		o.seq = uint32(i + 1)
		drops = append(drops, o)
	}
	return drops
}

// TestStage_AnyHistory is the promise of exact accounting: however drops are cut, delivered, retried and interleaved, the
// same entities are staged, the same records rejected, and the books balance at every moment.
func TestStage_AnyHistory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(r, t.Context(), s, counterparties, solutions)
		w.limits.MaxRecord = propertyMaxRecord
		w.limits.PartBytes = rapid.SampledFrom([]int{1, 150, 600, 32 << 20}).Draw(r, "part bytes")
		w.limits.PartRejects = rapid.SampledFrom([]int{1, 2, 20_000}).Draw(r, "part rejects")
		drops := drawDrops(r)
		d := &disorder{world: w, rapid: r, left: map[migrate.DropID]int{}, drops: map[migrate.DropID]migrate.Drop{}}
		var registered []migrate.Drop
		for i, o := range drops {
			registered = append(registered, w.offer(fmt.Sprintf("%s/%s/%d.%s", o.component, o.collection, i, o.format), string(o.content)))
		}
		for i, o := range drops {
			again := w.offer(fmt.Sprintf("%s/%s/%d.%s", o.component, o.collection, i, o.format), string(o.content))
			if again.ID != registered[i].ID || again.Seq != o.seq {
				r.Fatalf("announced again, drop %d is %s with seq %d, want %s", i, again.ID, again.Seq, registered[i].ID)
			}
			d.deliver(registered[i])
		}
		for _, drop := range registered {
			if rapid.Bool().Draw(r, "delivered twice") {
				d.deliver(drop)
			}
		}
		d.run()
		w.late = func() bool { return false }
		for range 2 {
			for _, drop := range registered {
				if got := w.settled(drop); got.State != migrate.DropSettled {
					r.Fatalf("drop %d is %s (%+v), want Settled", drop.Seq, got.State, got.Problem)
				}
				w.balance()
			}
		}
		w.compare(drops, registered)
	})
}

// compare compares what is staged with what the oracle reads.
func (w *world) compare(drops []offered, registered []migrate.Drop) {
	w.t.Helper()
	want := expect(drops, w.limits.MaxRecord)
	tallies, err := w.store.ComponentTallies(w.ctx, w.tenant, w.migration.ID)
	w.check("summing", err)
	for name, entities := range want.entities {
		if diff := cmp.Diff(entities, w.sources(name)); diff != "" {
			w.t.Fatalf("%s: staged entities (-want +got):\n%s", name, diff)
		}
		tally := tallies[name]
		if n := int64(len(entities)); tally.Staged() != n || tally.Outcomes.Accepted() != want.accepted[name] ||
			tally.Outcomes.Duplicates() != want.accepted[name]-n {
			w.t.Fatalf("%s: the books say %+v, want %d accepted, %d staged", name, tally.Outcomes, want.accepted[name], n)
		}
		w.recount(name, tally)
	}
	var warnings []string
	for i, d := range registered {
		rejected := w.rejections(d)
		if diff := cmp.Diff(want.rejected[drops[i].seq], rejected); diff != "" {
			w.t.Fatalf("drop %d: rejections (-want +got):\n%s", d.Seq, diff)
		}
		for _, r := range want.rejected[drops[i].seq] {
			var line, offset int64
			fmt.Sscanf(r, "line %d byte %d", &line, &offset)
			warnings = append(warnings, fmt.Sprintf("line %d, byte %d of drop [%s]", line, offset, d.ID))
		}
		tally, err := w.store.DropTally(w.ctx, w.tenant, w.migration.ID, d.ID)
		w.check("summing a drop", err)
		if tally.Lines != want.lines[d.Seq] || tally.BlankLines != want.blank[d.Seq] || tally.Bytes != int64(len(drops[i].content)) ||
			tally.Newlines != int64(strings.Count(string(drops[i].content), "\n")) {
			w.t.Fatalf("drop %d: the ledger says %+v, want %d lines, %d blank, of %d bytes", d.Seq, tally, want.lines[d.Seq], want.blank[d.Seq], len(drops[i].content))
		}
	}
	w.wantWarnings(warnings)
}

// sources gives what is staged, in the oracle's words.
func (w *world) sources(name migrate.ComponentName) map[string]string {
	w.t.Helper()
	all := map[string]string{}
	for key, e := range w.staged(name) {
		if e.Hash != migrate.HashContent(e.Body) {
			w.t.Fatalf("the hash of %s is not that of its body", key.ID)
		}
		all[string(key.Collection)+"/"+key.ID.String()] = fmt.Sprintf("%d@%d %s", e.Source.Seq, e.Source.Offset, e.Body)
	}
	return all
}

// recount compares the ledger's sum with the rows.
func (w *world) recount(name migrate.ComponentName, tally migrate.Tally) {
	w.t.Helper()
	var sum migrate.HashSum
	for _, e := range w.staged(name) {
		sum = sum.Add(e.FirstHash)
	}
	if sum != tally.HashSum {
		w.t.Fatalf("%s: the credited hashes in the ledger do not sum to those of the entities", name)
	}
}

// rejections gives the rejected records of a drop with their absolute places.
func (w *world) rejections(d migrate.Drop) []string {
	w.t.Helper()
	var list []string
	w.check("walking rejections", pipeline.EachRejection(w.ctx, w.store, w.tenant, d, func(line int64, r migrate.Rejection) error {
		text := ""
		if !r.ID.IsZero() {
			text = r.ID.String()
		}
		list = append(list, read{offset: r.Offset, line: line, length: r.Length, id: text,
			fault: r.Faults[0].Field + " " + string(r.Faults[0].Code)}.rejection())
		return nil
	}))
	return list
}

// wantWarnings compares the places that the log warns of, each once, with those given.
func (w *world) wantWarnings(want []string) {
	w.t.Helper()
	var got []string
	for _, line := range w.log() {
		if strings.HasPrefix(line, "WARN") {
			if _, place, ok := strings.Cut(line, ", line "); ok {
				got = append(got, "line "+place)
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Fatalf("warnings in the log (-want +got):\n%s", diff)
	}
}
