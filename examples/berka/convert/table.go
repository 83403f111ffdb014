package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// readTable calls each for every row of a source table: values separated by semicolons, after a header that names
// the columns. A last line that is not ended is no row: it goes to cut as it is, or is an error if cut is nil.
func readTable(dir, name string, each func(*row), cut func([]byte)) error {
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(content, '\n') + 1
	content, rest := content[:whole], content[whole:]
	if len(rest) > 0 && cut == nil {
		return fmt.Errorf("%s:%d: the last line is cut off", name, 1+bytes.Count(content, []byte("\n")))
	}

	values := csv.NewReader(bytes.NewReader(content))
	values.Comma = ';'
	header, err := values.Read()
	if err != nil {
		return fmt.Errorf("%s: reading the header: %w", name, err)
	}
	columns := make(map[string]int, len(header))
	for i, column := range header {
		columns[column] = i
	}
	for {
		fields, err := values.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		line, _ := values.FieldPos(0)
		r := &row{table: name, line: line, columns: columns, fields: fields}
		if each(r); r.err != nil {
			return r.err
		}
	}
	if len(rest) > 0 {
		cut(rest)
	}
	return nil
}

// A row is one line of a source table. Its methods read a column and check its form; the first fault stays in err,
// so that a mapping reads like a table and is checked once, at its end.
type row struct {
	table   string
	line    int
	columns map[string]int
	fields  []string
	err     error
}

func (r *row) fail(column, fault string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s:%d: %s: %s", r.table, r.line, column, fault)
	}
}

// text returns the value as it stands, blanks at its ends removed.
func (r *row) text(column string) string {
	i, ok := r.columns[column]
	if !ok {
		r.fail(column, "no such column")
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

var (
	keyForm    = regexp.MustCompile(`^[1-9][0-9]*$`)
	amountForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)
)

// key returns the number that identifies a row.
func (r *row) key(column string) string {
	value := r.text(column)
	if !keyForm.MatchString(value) {
		r.fail(column, "not a key")
	}
	return value
}

// amount returns an amount digit for digit. It never becomes a binary fraction on its way.
func (r *row) amount(column string) json.Number {
	value := r.text(column)
	if !amountForm.MatchString(value) {
		r.fail(column, "not an amount")
		return "0"
	}
	return json.Number(value)
}

func (r *row) number(column string) int {
	n, err := strconv.Atoi(r.text(column))
	if err != nil {
		r.fail(column, "not a whole number")
	}
	return n
}

// code translates a code of the source. A blank is a code like any other: it has to be in the list.
func (r *row) code(column string, names map[string]string) string {
	name, ok := names[r.text(column)]
	if !ok {
		r.fail(column, fmt.Sprintf("unknown code %q", r.text(column)))
	}
	return name
}

// date reads YYMMDD. The extract ends in 1998 and its oldest client was born in 1911: the century is always the 20th.
func (r *row) date(column string) time.Time {
	date, err := century20(r.text(column))
	if err != nil {
		r.fail(column, "not a date")
	}
	return date
}

func century20(yymmdd string) (time.Time, error) { return time.Parse("20060102", "19"+yymmdd) }

// lookUp returns what another table says about a key of this row.
func lookUp[T any](r *row, column string, entries map[string]T) T {
	entry, ok := entries[r.key(column)]
	if !ok {
		r.fail(column, "refers to nothing")
	}
	return entry
}
