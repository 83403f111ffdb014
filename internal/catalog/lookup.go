package catalog

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"strconv"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// lookup is a list of keys, each perhaps with a number: the allowed country codes; the currencies with their decimals.
type lookup struct {
	name    string
	at      spot
	entries map[string]int64
	valued  bool
}

// readLookup reads a CSV file with a header: the first column is the key, column the number, if one is named.
func (r *report) readLookup(fsys fs.FS, name, file, column text) *lookup {
	l := &lookup{name: name.s, at: name.at, entries: map[string]int64{}, valued: column.s != ""}
	f, err := fsys.Open(file.s)
	if err != nil {
		r.fault(file.at, "%s cannot be read", file.s)
		return l
	}
	defer f.Close()
	rows := csv.NewReader(f)
	rows.Comment = '#'
	header, err := rows.Read()
	if err != nil {
		r.fault(file.at, "%s has no header line", file.s)
		return l
	}
	value := 0
	for i, h := range header {
		if l.valued && h == column.s {
			value = i
		}
	}
	if l.valued && value == 0 {
		r.fault(column.at, "%s has no column %q", file.s, column.s)
		return l
	}
	for {
		var row []string
		if row, err = rows.Read(); err != nil {
			break
		}
		line, _ := rows.FieldPos(0)
		r.addEntry(l, spot{file.s, line, 1}, row[0], row[value])
	}
	if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
		r.fault(spot{file.s, bad.Line, bad.Column}, "%v", bad.Err)
	} else if err != io.EOF {
		r.fault(file.at, "%s: %v", file.s, err)
	}
	return l
}

func (r *report) addEntry(l *lookup, at spot, key, value string) {
	if _, twice := l.entries[key]; twice {
		r.fault(at, "%q is listed twice", key)
	}
	n := int64(0)
	if l.valued {
		var err error
		if n, err = strconv.ParseInt(value, 10, 32); err != nil {
			r.fault(at, "the value of %q is no number", key)
		}
	}
	l.entries[key] = n
}

// celType is a list of strings, or a map from strings to integers.
func (l *lookup) celType() *types.Type {
	if l.valued {
		return types.NewMapType(types.StringType, types.IntType)
	}
	return types.NewListType(types.StringType)
}

var (
	_ traits.Container = (*lookup)(nil)
	_ traits.Indexer   = (*lookup)(nil)
)

func (l *lookup) Contains(key ref.Val) ref.Val {
	s, ok := key.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(key)
	}
	_, ok = l.entries[string(s)]
	return types.Bool(ok)
}

func (l *lookup) Get(key ref.Val) ref.Val {
	s, ok := key.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(key)
	}
	n, ok := l.entries[string(s)]
	if !ok || !l.valued {
		return types.WrapErr(errAbsent)
	}
	return types.Int(n)
}

func (l *lookup) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("a lookup cannot become a %v", t)
}

func (l *lookup) ConvertToType(t ref.Type) ref.Val {
	return types.NewErr("a lookup cannot become a %s", t.TypeName())
}
func (l *lookup) Equal(other ref.Val) ref.Val { return types.Bool(other == ref.Val(l)) }
func (l *lookup) Type() ref.Type              { return l.celType() }
func (l *lookup) Value() any                  { return l }
