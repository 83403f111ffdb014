package catalog

import (
	"fmt"
	"strconv"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"landfall/internal/migrate"
)

// Inspection is what validation learns from one staged record alone. Its lists are valid until the next Inspect.
type Inspection struct {
	Faults   []migrate.Fault // rules broken, by field, then code; at most migrate.MaxFaults
	Mentions []Mention       // entities referred to, in the order of the catalog's references and of the record
	Claims   []Claim         // values that must be unique in the migration
}

// Mention is one id of another entity found in a record.
type Mention struct {
	Field   string // path with indexes: relations[0].to
	To      Ref
	ID      migrate.ReferenceID
	Message string // of the fault if there is no such entity
}

// Claim says that the record holds a value that no other claim under the same rule may hold, of its own record neither.
type Claim struct {
	Rule    migrate.FaultCode
	Key     string // canonical: equal values have equal keys
	Field   string // where the fault is reported if the value is held twice
	Message string // of that fault
}

// Inspector finds out what validation needs to know about the records of one collection. It is for one goroutine.
type Inspector struct {
	visits []visit
	doc    document
	scope  scope
	today  time.Time
	index  []int           // of the elements that lead to the value in hand
	seen   map[string]bool // keys of the list in hand
	key    []byte          // scratch
	found  Inspection
}

// visit is something to do with each value on a path.
type visit struct {
	path  path
	lists bool // the path ends in a list that is visited as a whole
	do    func(n int32) error
}

// NewInspector makes an inspector of the collection's records.
func (c *Collection) NewInspector() *Inspector {
	i := &Inspector{seen: map[string]bool{}}
	i.scope = scope{doc: &i.doc, record: object{&i.doc, 0, c.typ}, lookups: c.lookups}
	for _, k := range c.checks {
		v := visit{path: k.on, do: func(n int32) error { return i.judge(k, n) }}
		if k.unique == inList {
			v.lists, v.do = true, func(n int32) error { return i.repeated(k, n) }
		}
		i.visits = append(i.visits, v)
	}
	for _, r := range c.References {
		i.visits = append(i.visits, visit{path: r.path, do: func(n int32) error { return i.mention(r, n) }})
	}
	return i
}

// Inspect applies the collection's rules to a record that has passed the load check; today is the day of the job's
// start. It fails if the record is no JSON object, or a rule fails for a reason that its author must see to.
func (i *Inspector) Inspect(record []byte, today time.Time) (Inspection, error) {
	if err := i.doc.read(record); err != nil {
		return Inspection{}, err
	}
	if i.scope.today == nil || !today.Equal(i.today) {
		i.today, i.scope.today = today, types.String(today.UTC().Format(time.DateOnly))
	}
	i.found = Inspection{i.found.Faults[:0], i.found.Mentions[:0], i.found.Claims[:0]}
	for k := range i.visits {
		v := &i.visits[k]
		i.index = i.index[:0]
		if err := i.walk(v, 0, v.path); err != nil {
			return Inspection{}, err
		}
	}
	i.found.Faults = migrate.SortFaults(i.found.Faults)
	return i.found, nil
}

// walk follows a path from a node to every value it leads to.
func (i *Inspector) walk(v *visit, n int32, rest path) error {
	if len(rest) == 0 {
		return v.do(n)
	}
	if n = i.doc.find(n, rest[0].name); n == none {
		return nil
	}
	if !rest[0].each {
		return i.walk(v, n, rest[1:])
	}
	if i.doc.nodes[n].kind != '[' {
		return nil
	}
	if v.lists && len(rest) == 1 {
		return v.do(n)
	}
	depth := len(i.index)
	i.index = append(i.index, 0)
	for e := i.doc.nodes[n].first; e != 0; e = i.doc.nodes[e].next {
		if err := i.walk(v, e, rest[1:]); err != nil {
			return err
		}
		i.index[depth]++
	}
	i.index = i.index[:depth]
	return nil
}

// judge makes a check of one value.
func (i *Inspector) judge(c *check, n int32) error {
	if applies, err := i.applies(c, n); err != nil || !applies {
		return err
	}
	if c.unique == inMigration {
		if i.keyOf(c, n) {
			claim := Claim{c.rule.Code, string(i.key), c.on.field(i.index, c.at), c.rule.Message}
			i.found.Claims = append(i.found.Claims, claim)
		}
		return nil
	}
	holds, known, err := c.must.holds(&i.scope, n, c.typ)
	if err != nil {
		return c.failed(err)
	}
	if known && !holds {
		i.fault(c)
	}
	return nil
}

func (i *Inspector) applies(c *check, n int32) (bool, error) {
	if c.when == nil {
		return true, nil
	}
	holds, known, err := c.when.holds(&i.scope, n, c.typ)
	if err != nil {
		return false, c.failed(err)
	}
	return holds && known, nil
}

// repeated finds the elements of a list whose key an earlier one has.
func (i *Inspector) repeated(c *check, list int32) error {
	first := i.doc.nodes[list].first
	if first == 0 || i.doc.nodes[first].next == 0 {
		return nil
	}
	clear(i.seen)
	depth := len(i.index)
	i.index = append(i.index, 0)
	for e := first; e != 0; e = i.doc.nodes[e].next {
		applies, err := i.applies(c, e)
		if err != nil {
			return err
		}
		if applies && i.keyOf(c, e) {
			if i.seen[string(i.key)] {
				i.fault(c)
			} else {
				i.seen[string(i.key)] = true
			}
		}
		i.index[depth]++
	}
	i.index = i.index[:depth]
	return nil
}

// keyOf puts the key of a value into i.key; false if a part of it is absent.
func (i *Inspector) keyOf(c *check, n int32) bool {
	i.key = i.key[:0]
	for _, k := range c.by {
		v, ok := i.doc.value(i.doc.at(n, k.path), k.typ)
		if !ok {
			return false
		}
		if len(i.key) > 0 {
			i.key = append(i.key, ',')
		}
		i.key = appendKey(i.key, v)
	}
	return true
}

func appendKey(b []byte, v ref.Val) []byte {
	switch v := v.(type) {
	case types.String:
		return strconv.AppendQuote(b, string(v))
	case decimal:
		return append(b, plain(v.Decimal)...)
	}
	return fmt.Append(b, v.Value())
}

func (i *Inspector) fault(c *check) {
	i.found.Faults = append(i.found.Faults, migrate.Fault{
		Field: c.on.field(i.index, c.at), Code: c.rule.Code, Message: c.rule.Message,
	})
}

func (i *Inspector) mention(r *Reference, n int32) error {
	if i.doc.nodes[n].kind != '"' {
		return nil
	}
	text := i.doc.text(n)
	id, ok := migrate.ParseReferenceID(text[1 : len(text)-1])
	if !ok {
		id, ok = migrate.ParseReferenceID(i.doc.str(n)) // written with escapes
	}
	if ok {
		i.found.Mentions = append(i.found.Mentions, Mention{r.path.field(i.index, nil), r.To, id, r.Message})
	}
	return nil
}

// failed makes the error of a rule that cannot be evaluated. CEL's words may quote a value: they go to the cause.
func (c *check) failed(err error) error {
	return &migrate.Error{
		Code: migrate.Invalid, Op: "applying a rule", Detail: fmt.Sprintf("rule %s at %q", c.rule.Code, c.on), Err: err,
	}
}
