package shape

import (
	"fmt"
	"regexp/syntax"
	"slices"
)

// automaton is a table that reads a string in place, one step per byte. It only ever says yes: whatever it does not
// accept is left to the regular expression it was made of.
type automaton struct {
	steps  [maxStates + 1][256]uint8 // state 0 is a dead end, where also every byte leads that does not stand for itself
	accept [maxStates + 1]bool       // whether the string may end in a state
}

// maxStates bounds the table to 64 KB; a pattern that needs more does without.
const maxStates = 255

// newAutomaton gives the automaton of pattern, nil if it has none.
func newAutomaton(pattern string) *automaton {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil
	}
	b := builder{automaton: &automaton{}, prog: prog, states: map[string]uint8{}, anywhere: prog.StartCond()&syntax.EmptyBeginText == 0}
	b.state(threads{pcs: []int{prog.Start}, start: true})
	for k := 0; k < len(b.pending) && !b.tooLarge; k++ {
		b.fill(uint8(k+1), b.pending[k])
	}
	if b.tooLarge {
		return nil
	}
	return b.automaton
}

// span is the shortcut of the pattern; see text.span.
func (a *automaton) span(b []byte) int {
	state := uint8(1)
	for n, c := range b {
		next := a.steps[state][c]
		if next == 0 {
			if c == '"' && a.accept[state] {
				return n
			}
			return -1
		}
		state = next
	}
	return -1
}

// builder makes an automaton of a program by following all its threads at once.
type builder struct {
	*automaton
	prog     *syntax.Prog
	states   map[string]uint8 // the number of each set of threads
	pending  []threads        // state k+1 is pending[k]
	anywhere bool             // a match may begin at any byte
	tooLarge bool             // or beyond what a table can do
}

// threads is where a program may be between two bytes.
type threads struct {
	pcs     []int // sorted
	start   bool  // nothing has been read
	matched bool  // the pattern has matched, whatever follows
}

func (b *builder) state(t threads) uint8 {
	if len(t.pcs) == 0 && !t.matched {
		return 0
	}
	key := fmt.Sprint(t)
	if s, ok := b.states[key]; ok {
		return s
	}
	if len(b.pending) == maxStates {
		b.tooLarge = true
		return 0
	}
	b.pending = append(b.pending, t)
	s := uint8(len(b.pending))
	b.states[key] = s
	return s
}

// fill computes the row of state s.
func (b *builder) fill(s uint8, t threads) {
	runes, matched := b.follow(t, false)
	_, b.accept[s] = b.follow(t, true)
	for c := range b.steps[s] {
		if !plain[c] {
			continue
		}
		next := threads{matched: t.matched || matched}
		if !next.matched {
			next.pcs = b.step(runes, rune(c))
		}
		to := b.state(next)
		b.steps[s][c] = to
	}
}

// step gives where the instructions lead that can read c.
func (b *builder) step(runes []int, c rune) []int {
	var pcs []int
	if b.anywhere {
		pcs = append(pcs, b.prog.Start)
	}
	for _, pc := range runes {
		if inst := &b.prog.Inst[pc]; inst.MatchRune(c) {
			pcs = append(pcs, int(inst.Out))
		}
	}
	slices.Sort(pcs)
	return slices.Compact(pcs)
}

// follow gives the instructions that t can get to without reading a byte and that read one, and whether the pattern
// has matched.
func (b *builder) follow(t threads, end bool) (runes []int, matched bool) {
	matched = t.matched
	seen := map[int]bool{}
	todo := slices.Clone(t.pcs)
	for len(todo) > 0 {
		pc := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch inst := &b.prog.Inst[pc]; inst.Op {
		case syntax.InstMatch:
			matched = true
		case syntax.InstFail:
		case syntax.InstAlt, syntax.InstAltMatch:
			todo = append(todo, int(inst.Out), int(inst.Arg))
		case syntax.InstCapture, syntax.InstNop:
			todo = append(todo, int(inst.Out))
		case syntax.InstEmptyWidth:
			switch need := syntax.EmptyOp(inst.Arg); {
			case need&^(syntax.EmptyBeginText|syntax.EmptyEndText) != 0:
				b.tooLarge = true
			case need&syntax.EmptyBeginText != 0 && !t.start, need&syntax.EmptyEndText != 0 && !end:
			default:
				todo = append(todo, int(inst.Out))
			}
		default:
			runes = append(runes, pc)
		}
	}
	return runes, matched
}
