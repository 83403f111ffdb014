package shape

import "landfall/internal/migrate"

// maxDepth is how deep containers may nest in a record; the record itself is the first (CONTRACT 1.4).
const maxDepth = 64

// Result is what a check found out about one record.
type Result struct {
	// ID is the usable id. Of a record that is no JSON it is the id if a complete id member stands before the fault. It
	// is zero if there is none.
	ID migrate.ReferenceID
	// Faults is empty if the record is good. Faults are ordered by field, then code, at most migrate.MaxFaults.
	Faults []migrate.Fault
}

// Shape is a compiled schema. It is immutable and may be shared.
type Shape struct {
	root  *node
	order []uint16 // what a checker predicts at first: the order of the schema; of each object one per member, and one
}

type kind uint8

const (
	anyKind kind = iota
	objectKind
	arrayKind
	stringKind
	numberKind
	integerKind
	booleanKind
	idKind // the id member of the record, whatever its schema says
)

var kinds = map[string]kind{
	"object":  objectKind,
	"array":   arrayKind,
	"string":  stringKind,
	"number":  numberKind,
	"integer": integerKind,
	"boolean": booleanKind,
}

// node is one compiled schema; of the parts only that of its kind is used.
type node struct {
	kind   kind
	object object
	array  array
	text   text
	number number
}

// object describes the members of an object.
type object struct {
	free     bool // no properties: its members are nobody's business, even if loading is strict
	first    int  // where its predictions begin
	members  []member
	index    map[string]int // name to position in members
	required memberSet
	whens    []when
}

type member struct {
	label   []byte // its name
	quoted  string // name and colon as nearly every record spells them
	node    *node
	decides bool // some when looks at its value
}

// when is a condition: if the member's value is the one given, the members named are required too.
type when struct {
	member   int
	value    string
	absent   bool // the condition also holds if the member is absent
	required memberSet
}

// array describes the elements of an array.
type array struct {
	items    *node // nil: its elements are nobody's business
	min, max int
	few      string // message if there are fewer than min
	many     string
}

// text describes a string.
type text struct {
	min, max int // in code points
	short    string
	long     string
	rules    []textRule
	// span gives the length of the string in front of b, which begins after the opening quote, if the string has no
	// escapes and keeps all rules (its length is not looked at); anything else is -1 and must be looked at closely.
	// It is nil if there is no such shortcut.
	span func(b []byte) int
}

type textRule struct {
	holds   func(content []byte) bool
	span    func(b []byte) int // as text.span, of this rule alone; nil if there is none
	code    migrate.FaultCode
	message string
}

// number describes a number.
type number struct {
	decimal bool // must fit the format decimal
	bounds  []bound
}

type bound struct {
	limit   decimal
	sign    int // 1: the value must not be greater than limit, -1: not less
	strict  bool
	message string
}

// maxMembers is how many members of one object a schema can describe: what a memberSet holds.
const maxMembers = 128

// memberSet is a set of positions in object.members.
type memberSet struct{ low, high uint64 }

func (s *memberSet) has(k int) bool {
	if k < 64 {
		return s.low>>(k&63)&1 != 0
	}
	return s.high>>(k&63)&1 != 0
}

func (s *memberSet) add(k int) {
	if k < 64 {
		s.low |= 1 << (k & 63)
	} else {
		s.high |= 1 << (k & 63)
	}
}

func (s memberSet) union(t memberSet) memberSet   { return memberSet{s.low | t.low, s.high | t.high} }
func (s memberSet) without(t memberSet) memberSet { return memberSet{s.low &^ t.low, s.high &^ t.high} }
