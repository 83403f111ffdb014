package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// print writes the summary of a run for people: what became of every line, the proof, how long it took, where things
// lie and what to try next.
func (r *result) print(out io.Writer, run *runCommand, known bool) {
	fmt.Fprintln(out)
	if known {
		fmt.Fprintf(out, "Everything in %s was imported before, by migration %s: nothing to do.\n\n", run.offer.root, r.migration.ID)
	}
	r.printRejections(out)
	r.printIssues(out)
	r.printComponents(out)
	r.printCounts(out)
	r.printBooks(out)
	r.printTimings(out)
	r.printNext(out, run)
}

func newTable(out io.Writer) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(out)
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.OptionsNoBordersAndSeparators
	t.Style().Format.Header = text.FormatDefault
	t.Style().Format.Footer = text.FormatDefault
	return t
}

// right aligns every column but the first.
func right(t table.Writer, columns int) {
	configs := make([]table.ColumnConfig, 0, columns)
	for i := 2; i <= columns; i++ {
		configs = append(configs, table.ColumnConfig{Number: i, Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight})
	}
	t.SetColumnConfigs(configs)
}

func (r *result) printRejections(out io.Writer) {
	total := r.rejected()
	if total == 0 {
		return
	}
	fmt.Fprintf(out, "%s rejected:\n", plural(total, "line"))
	for _, l := range r.rejections {
		fmt.Fprintf(out, "  %s line %d, byte %d: %s%s\n", l.file, l.line, l.Offset, pipeline.DescribeFaults(l.Faults), why(l.Faults))
	}
	if more := total - int64(len(r.rejections)); more > 0 {
		fmt.Fprintf(out, "  … and %d more, see the log\n", more)
	}
	fmt.Fprintln(out)
}

// why gives what the first fault says for people.
func why(faults []migrate.Fault) string {
	if len(faults) == 0 || faults[0].Message == "" {
		return ""
	}
	return " (" + faults[0].Message + ")"
}

func (r *result) printIssues(out io.Writer) {
	if len(r.issues) == 0 {
		return
	}
	fmt.Fprintln(out, "Entities with faults:")
	for _, i := range r.issues {
		file := ""
		if d, ok := r.dropOf(i.Source.Seq); ok {
			file = fmt.Sprintf(" (%s byte %d)", fileOf(d.Drop), i.Source.Offset)
		}
		for _, f := range i.Faults {
			fmt.Fprintf(out, "  %s %s: %s at '%s': %s%s\n", i.Collection, i.ID, f.Code, f.Field, f.Message, file)
		}
	}
	if j, ok := r.latest(migrate.ValidateStaging); ok && len(r.issues) == shownLines {
		fmt.Fprintf(out, "  … %d faults in all: GET /migration-assistance/jobs/%s\n", j.Result.Faulty, j.ID)
	}
	fmt.Fprintln(out)
}

func (r *result) printComponents(out io.Writer) {
	t := newTable(out)
	t.AppendHeader(table.Row{"Component", "Lines", "Rejected", "Duplicates", "Staged", "Valid", "Imported", "Books"})
	var sum [4]int64
	for i, c := range r.status.Components {
		intake := r.books.Components[i].Equations[0]
		numbers := [4]int64{intake.Left["lines"], intake.Right["rejected"], intake.Right["duplicates"], intake.Right["staged"]}
		for j := range sum {
			sum[j] += numbers[j]
		}
		t.AppendRow(table.Row{c.Component, group(numbers[0]), group(numbers[1]), group(numbers[2]), group(c.Staged),
			valid(c), group(c.Imported), balanced(r.books.Components[i].Equations)})
	}
	t.AppendFooter(table.Row{"Sum", group(sum[0]), group(sum[1]), group(sum[2]), group(r.status.Staged),
		"", group(r.status.Imported), balanced(r.books.Whole.Equations)})
	right(t, 8)
	t.Render()
	fmt.Fprintln(out)
}

func valid(c migrate.ComponentStatus) string {
	if c.StagingStatus == migrate.StagingCompleted {
		return group(c.Staged)
	}
	return string(c.StagingStatus)
}

func balanced(equations []migrate.Equation) string {
	for _, e := range equations {
		if !e.Balanced {
			return "differ"
		}
	}
	return "balance"
}

// printCounts shows the entities by type; the other tables are in the result of the counts job.
func (r *result) printCounts(out io.Writer) {
	job, ok := r.latest(migrate.Counts)
	if !ok || len(job.Result.Counts) == 0 {
		return
	}
	total := job.Result.Counts[0]
	t := newTable(out)
	t.AppendHeader(table.Row{"Counted from the rows", "Staged", "In the target"})
	for i, row := range total.StagedRows {
		t.AppendRow(table.Row{row[0], groupDigits(row[1]), groupDigits(total.ImportedRows[i][1])})
	}
	for _, c := range job.Result.Totals {
		t.AppendRow(table.Row{fmt.Sprintf("%s %s %s", c.Component, c.Name, c.Key), groupDigits(c.Staged), groupDigits(c.Imported)})
	}
	right(t, 3)
	t.Render()
	fmt.Fprintln(out)
}

func (r *result) printBooks(out io.Writer) {
	for _, e := range r.books.Whole.Equations {
		fmt.Fprintf(out, "%s\n", equation(e))
	}
	var checks []string
	for _, c := range r.books.Checks {
		state := "holds"
		if !c.Balanced {
			state = "FAILS"
		}
		checks = append(checks, c.Name+" "+state)
	}
	fmt.Fprintln(out, "checked from rows: "+strings.Join(checks, ", "))
	for _, d := range r.books.Differences[:min(len(r.books.Differences), shownLines)] {
		fmt.Fprintf(out, "  %s %s %s %s: expected %s, found %s\n", d.Name, d.Component, d.Drop, d.ID, d.Expected, d.Found)
	}
	if r.books.Balanced {
		fmt.Fprintln(out, "books balance")
	} else {
		fmt.Fprintf(out, "BOOKS DO NOT BALANCE: %s\n", plural(int64(len(r.books.Differences)), "difference"))
	}
	fmt.Fprintln(out)
}

// equation writes one line of the books with its terms in the order in which they are read.
func equation(e migrate.Equation) string {
	side := func(terms map[string]int64, order ...string) string {
		var parts []string
		none := ""
		for _, name := range order {
			n, ok := terms[name]
			switch {
			case ok && n != 0:
				parts = append(parts, group(n)+" "+singular(name, n))
			case ok && none == "":
				none = "0 " + name
			}
		}
		if len(parts) == 0 {
			return none
		}
		return strings.Join(parts, " + ")
	}
	sign := "="
	if !e.Balanced {
		sign = "≠"
	}
	return fmt.Sprintf("%s %s %s", side(e.Left, "lines", "staged", "generated"), sign,
		side(e.Right, "imported", "rejected", "duplicates", "staged", "failed", "inDoubt", "pending", "deleted"))
}

func (r *result) printTimings(out io.Writer) {
	var parts []string
	for _, t := range r.timings() {
		rate := ""
		if s := t.took.Seconds(); s > 0 {
			rate = fmt.Sprintf(" (%s/s)", group(int64(float64(t.records)/s)))
		}
		parts = append(parts, t.name+" "+seconds(t.took)+rate)
	}
	if len(parts) > 0 {
		fmt.Fprintln(out, strings.Join(parts, ", "))
	}
}

// printNext says where the results lie and what to try.
func (r *result) printNext(out io.Writer, run *runCommand) {
	const base = "http://127.0.0.1:8080"
	fmt.Fprintf(out, "live data: %s\n\nTry next:\n", run.service.Target)
	fmt.Fprintf(out, "  %s serve%s\n", os.Args[0], run.flags())
	fmt.Fprintf(out, "  curl '%s/migration-assistance/migrations/%s/logs/stream?LogLevels=WARN'\n", base, r.migration.ID)
	if r.sample != "" {
		fmt.Fprintf(out, "  curl %s%s\n", base, r.sample)
	}
}

// group writes a number with a comma between thousands.
func group(n int64) string { return groupDigits(fmt.Sprint(n)) }

// groupDigits does so with a decimal that is written out.
func groupDigits(s string) string {
	whole, fraction, found := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		whole += "." + fraction
	}
	return whole
}

// singular takes the s off a noun of which there is one.
func singular(noun string, n int64) string {
	if n == 1 {
		return strings.TrimSuffix(noun, "s")
	}
	return noun
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return group(n) + " " + noun + "s"
}
