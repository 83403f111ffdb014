package shape

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"landfall/internal/migrate"
)

// parsed is a record as Reference sees it: parsed by encoding/json, with what that lets pass found by other means.
type parsed struct {
	value    any // members that are null left out, numbers as json.Number
	id       migrate.ReferenceID
	broken   bool
	repeated string // path of the member whose name is repeated, if that is the first fault

	dec     *json.Decoder
	idField string
	end     int // the offset of the first fault that is no repeated name
}

func parseRecord(record []byte, idField string) *parsed {
	end := min(firstSyntaxFault(record), firstStringFault(record), firstTooDeep(record))
	p := &parsed{dec: json.NewDecoder(bytes.NewReader(record)), idField: idField, end: end}
	p.dec.UseNumber()
	p.value = p.read("", 0)
	p.broken = p.broken || end <= len(record)
	return p
}

// token gives the next token that ends before the first fault.
func (p *parsed) token() json.Token {
	t, err := p.dec.Token()
	if err != nil || p.dec.InputOffset() > int64(p.end) {
		p.broken = true
	}
	return t
}

// read reads a value of which path and depth tell where it is. If the record is broken, the value is of no use.
func (p *parsed) read(path string, depth int) any {
	t := p.token()
	if p.broken {
		return nil
	}
	switch t := t.(type) {
	case json.Number:
		return tame(t)
	case json.Delim:
		if t == '{' {
			return p.readObject(path, depth)
		}
		list := []any{}
		for p.dec.More() && !p.broken {
			list = append(list, p.read(fmt.Sprintf("%s[%d]", path, len(list)), depth+1))
		}
		p.close()
		return list
	default:
		return t
	}
}

func (p *parsed) readObject(path string, depth int) any {
	members := map[string]any{}
	seen := map[string]bool{}
	for p.dec.More() && !p.broken {
		t := p.token()
		name, _ := t.(string)
		if p.broken {
			break
		}
		if seen[name] {
			p.broken = true
			p.repeated = clipField([]byte(join(path, name)))
			break
		}
		seen[name] = true
		v := p.read(join(path, name), depth+1)
		if p.broken {
			break
		}
		if s, ok := v.(string); ok && depth == 0 && name == p.idField {
			p.id = readID(s)
		}
		if v != nil {
			members[name] = v
		}
	}
	p.close()
	return members
}

// readID gives the id that s spells, zero if it is not usable.
func readID(s string) (id migrate.ReferenceID) {
	if uuidForm.MatchString(s) {
		_, _ = hex.Decode(id[:], []byte(strings.ReplaceAll(s, "-", "")))
	}
	return id
}

// close reads the end of a container.
func (p *parsed) close() {
	if !p.broken {
		p.token()
	}
}

// none is the offset of a fault that is not there.
const none = int(^uint(0) >> 1)

// firstSyntaxFault asks encoding/json, with a byte added that nothing can go on with, so that a text that ends too early
// has its fault at its end.
func firstSyntaxFault(record []byte) int {
	if json.Valid(record) {
		return none
	}
	var v any
	err := json.Unmarshal(append(bytes.Clone(record), 0), &v)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return int(syntax.Offset) - 1
	}
	return 0
}

// firstStringFault finds bytes that are no UTF-8 and lone surrogates.
func firstStringFault(record []byte) int {
	first := none
	for i := 0; i < len(record); {
		r, size := utf8.DecodeRune(record[i:])
		if r == utf8.RuneError && size == 1 {
			first = i
			break
		}
		i += size
	}
	for _, m := range escapeForm.FindAllIndex(record, -1) {
		escape := strings.ToLower(string(record[m[0]:m[1]]))
		if len(escape) == len(`\ud83d`) && escape[2] == 'd' && escape[3] >= '8' {
			first = min(first, m[0])
		}
	}
	return first
}

// escapeForm takes a pair of surrogates as one escape, so that what is left of them stands alone.
var escapeForm = regexp.MustCompile(`(?i)\\u(d[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|[0-9a-f]{4})|\\.`)

// firstTooDeep finds the bracket that opens one container too many.
func firstTooDeep(record []byte) int {
	depth, inString, escaped := 0, false, false
	for i, b := range record {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped = b == '\\'
			inString = b != '"'
		case b == '"':
			inString = true
		case b == '{' || b == '[':
			if depth++; depth > maxDepth {
				return i
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	return none
}

// tame replaces a number whose exponent is beyond what its digits could make up for: what no library should write out.
// The one that takes its place has the same sign and is as whole, as large or as small to every limit.
func tame(n json.Number) json.Number {
	mantissa, exponent, ok := strings.Cut(strings.ToLower(n.String()), "e")
	if !ok {
		return n
	}
	e, err := strconv.Atoi(exponent)
	if limit := len(mantissa) + 1000; err == nil && -limit <= e && e <= limit {
		return n
	}
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign = "-"
	}
	r, _ := new(big.Rat).SetString(mantissa)
	switch {
	case r.Sign() == 0:
		return "0"
	case strings.HasPrefix(exponent, "-"):
		return json.Number(sign + "1e-1000")
	}
	return json.Number(sign + "1e1000")
}
