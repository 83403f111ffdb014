package pipeline_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
	"landfall/internal/target/file"
)

// imported gives a world with n entities of each collection in the target.
func imported(t *testing.T, n int) *world {
	t.Helper()
	w := setup(t, everything...)
	w.stagePortfolio(n)
	w.run(migrate.ValidateStaging)
	w.run(migrate.Import)
	return w
}

// TestCount_Equal counts the same on both sides, whatever the size of the units and wherever a step ends.
func TestCount_Equal(t *testing.T) {
	t.Parallel()
	w := imported(t, 3)
	rows := [][]string{{"AdditionalRepayment", "3"}, {"Agreement", "3"}, {"Collateral", "3"}, {"CollateralObject", "3"},
		{"Counterparty", "3"}, {"DebitMandate", "3"}, {"PaymentAdministration", "9"}, {"Transaction", "3"}}
	var first []migrate.CountTable
	for _, late := range []bool{false, true} {
		for _, size := range []int64{1, 1000} {
			w.limits.UnitSize = size
			w.late = func() bool { return late }
			job := w.run(migrate.Counts)
			if job.State != migrate.JobCompleted || len(job.Result.Differences) != 0 || len(job.Result.Causes) != 0 {
				t.Fatalf("the job is %s, %+v", job.State, job.Result)
			}
			for _, c := range job.Result.Counts {
				if diff := cmp.Diff(c.StagedRows, c.ImportedRows); diff != "" {
					t.Errorf("%s (-staged +imported):\n%s", c.Type, diff)
				}
			}
			if diff := cmp.Diff(rows, job.Result.Counts[0].StagedRows); diff != "" {
				t.Errorf("TotalEntity (-want +got):\n%s", diff)
			}
			if first == nil {
				first = job.Result.Counts
			}
			if diff := cmp.Diff(first, job.Result.Counts); diff != "" {
				t.Errorf("counted otherwise (-first +now):\n%s", diff)
			}
			total := migrate.ControlTotal{Component: solutions, Name: "amountByCurrency", Key: "EUR", Staged: "7.50", Imported: "7.50"}
			if len(job.Result.Totals) != 1 || !sameTotal(job.Result.Totals[0], total) {
				t.Errorf("totals %+v, want %+v", job.Result.Totals, total)
			}
			books := w.balance()
			if len(books.Checks) != 4 {
				t.Errorf("checks %+v, want four", books.Checks)
			}
		}
	}
}

// sameTotal compares totals but for zeros at the end.
func sameTotal(a, b migrate.ControlTotal) bool {
	trim := func(s string) string { return strings.TrimRight(s, "0") }
	a.Staged, a.Imported, b.Staged, b.Imported = trim(a.Staged), trim(a.Imported), trim(b.Staged), trim(b.Imported)
	return a == b
}

// tamper changes the live file that holds an entity, line by line, and opens the target again.
func (w *world) tamper(t *testing.T, id string, change func(line []byte) []byte) {
	t.Helper()
	w.check("closing the target", w.site.live.Close())
	found := false
	err := filepath.WalkDir(w.site.liveDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".jsonl") {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var out []byte
		for line := range bytes.Lines(content) {
			if bytes.HasPrefix(line, []byte(`{"referenceId":"`+id)) {
				found = true
				line = change(line)
			}
			out = append(out, line...)
		}
		return os.WriteFile(path, out, 0o644)
	})
	w.check("tampering", err)
	if !found {
		t.Fatalf("no live file holds %s", id)
	}
	w.site.live, err = file.Open(w.site.liveDir)
	w.check("opening the target", err)
	w.target.Target = w.site.live
	t.Cleanup(func() { w.site.live.Close() })
}

func TestCount_NamesWhatDiffers(t *testing.T) {
	t.Parallel()
	missing := id(kindAgreement, 1)
	for _, c := range []struct {
		name   string
		change func([]byte) []byte
		names  []string // entities
		rows   string   // agreements imported
		sum    string   // their amounts, 7.50 when nothing is wrong
	}{
		{"removed", func([]byte) []byte { return nil }, []string{missing}, "2", "5"},
		{"altered", func(l []byte) []byte { return bytes.Replace(l, []byte("2.50"), []byte("2.51"), 1) }, []string{missing}, "3", "7.51"},
		{"respelled", func(l []byte) []byte { return bytes.Replace(l, []byte("2.50"), []byte("2.5"), 1) }, []string{missing}, "3", "7.50"},
		{"doubled", func(l []byte) []byte { return append(bytes.Clone(l), l...) }, []string{missing}, "4", "10"},
		{"added", func(l []byte) []byte {
			return append(bytes.Clone(l), bytes.Replace(l, []byte(missing), []byte(strangerBeside(refID(kindAgreement, 1))), 1)...)
		}, []string{strangerBeside(refID(kindAgreement, 1))}, "4", "10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := imported(t, 3)
			w.tamper(t, missing, c.change)
			job := w.run(migrate.Counts)
			if job.State != migrate.JobCompleted {
				t.Errorf("the job is %s: a difference does not fail it", job.State)
			}
			var names []string
			for _, d := range job.Result.Differences {
				if d.ID != "" {
					names = append(names, d.ID)
				}
				if d.Component != solutions {
					t.Errorf("a difference in %s", d.Component)
				}
			}
			if diff := cmp.Diff(c.names, names); diff != "" {
				t.Errorf("entities named (-want +got):\n%s", diff)
			}
			table := job.Result.Counts[0]
			if got := fmt.Sprint(table.StagedRows[1], table.ImportedRows[1]); got != "[Agreement 3] [Agreement "+c.rows+"]" {
				t.Errorf("TotalEntity: %s, want 3 staged and %s imported", got, c.rows)
			}
			total := migrate.ControlTotal{Component: solutions, Name: "amountByCurrency", Key: "EUR", Staged: "7.50", Imported: c.sum}
			if len(job.Result.Totals) != 1 || !sameTotal(job.Result.Totals[0], total) {
				t.Errorf("totals %+v, want %+v", job.Result.Totals, total)
			}
			if books := w.book(); books.Balanced || len(books.Differences) == 0 {
				t.Error("the books balance")
			}
		})
	}
}

// strangerBeside gives an id that nobody staged, in the same bucket as the entity.
func strangerBeside(near migrate.ReferenceID) string {
	for n := 1000; ; n++ {
		if other := refID(kindAgreement, n); migrate.BucketOf(other, migrate.DefaultBuckets) == migrate.BucketOf(near, migrate.DefaultBuckets) {
			return other.String()
		}
	}
}

// What is generated lies in other buckets than its sources, so it is compared as a whole.
func TestCount_Administrate(t *testing.T) {
	t.Parallel()
	w := imported(t, 3)
	w.limits.UnitSize = 1
	if job := w.run(migrate.Counts); len(job.Result.Differences) != 0 {
		t.Fatalf("differences before anything is wrong: %+v", job.Result.Differences)
	}
	w.tamper(t, administrationID("Agreement/"+id(kindAgreement, 2)), func(l []byte) []byte {
		return bytes.Replace(l, []byte("3.50"), []byte("3.51"), 1)
	})
	job := w.run(migrate.Counts)
	if d := job.Result.Differences; len(d) != 1 || d[0].Component != administrate || d[0].Name != "contentHash" {
		t.Errorf("differences %+v, want that of Administrate", d)
	}
	if books := w.book(); books.Balanced {
		t.Error("the books balance")
	}
}

func TestCount_GivenUp(t *testing.T) {
	t.Parallel()
	w := imported(t, 1)
	job := w.begin(migrate.Counts).settle()
	if job.State != migrate.JobTechnicalFailure || len(job.Result.Counts) != 0 || len(job.Result.Causes) != len(everything) ||
		job.Result.Causes[0].Code != migrate.RunFailed {
		t.Errorf("the job is %s, %+v, want TechnicalFailure, RUN_FAILED and no counts", job.State, job.Result)
	}
	if job := w.run(migrate.Counts); job.State != migrate.JobCompleted {
		t.Errorf("the next one is %s", job.State)
	}
}

// TestCount_ResumesAtEveryCheckpoint dies before each checkpoint and loses nothing and counts nothing twice.
func TestCount_ResumesAtEveryCheckpoint(t *testing.T) {
	t.Parallel()
	w := imported(t, 4)
	w.late = func() bool { return true }
	want := w.run(migrate.Counts).Result
	n := 0
	w.store.beforeCheckpoint = func(migrate.Unit) error {
		if n++; n%2 == 1 {
			return migrate.Errorf(migrate.Unavailable, "checkpointing", "gone")
		}
		return nil
	}
	if diff := cmp.Diff(want, w.run(migrate.Counts).Result); diff != "" {
		t.Errorf("the result (-undisturbed +resumed):\n%s", diff)
	}
}
