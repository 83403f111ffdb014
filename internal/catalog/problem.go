package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong in the files of a catalog.
type Problem struct {
	File    string // path within the catalog's folder
	Line    int    // from 1; 0 if the file as a whole is meant
	Column  int    // from 1
	Message string
	Note    bool // worth knowing, but the catalog can be used
}

// String gives the form `file:line:column: message`, which editors understand.
func (p Problem) String() string {
	if p.Note {
		return fmt.Sprintf("%s:%d:%d: note: %s", p.File, p.Line, p.Column, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Error says why a catalog cannot be used.
type Error struct {
	Problems []Problem // at least one, none of them a note, by file and line
}

// Error lists every problem, one a line.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// spot is where something is written.
type spot struct {
	file         string
	line, column int
}

// report collects problems while a catalog is read.
type report struct{ problems []Problem }

func (r *report) fault(at spot, format string, args ...any) {
	r.problems = append(r.problems, Problem{at.file, at.line, at.column, fmt.Sprintf(format, args...), false})
}

func (r *report) note(at spot, format string, args ...any) {
	r.problems = append(r.problems, Problem{at.file, at.line, at.column, fmt.Sprintf(format, args...), true})
}

// sorted gives each problem once, by file, line and column.
func (r *report) sorted() []Problem {
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(r.problems)
}
