package catalog

import (
	"time"

	"github.com/cockroachdb/apd/v3"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// functions is what expressions have beside the standard functions of CEL:
//
//	a < b, a <= b, a > b, a >= b, a + b   of exact decimals; comparisons also with an integer
//	sum(list)                             exact sum of a list of decimals
//	scale(x)                              how many digits after the point the decimal x needs
//	mod97(s)                              ISO 7064 MOD 97-10 of letters and digits, -1 if there is anything else
//	rotate(s, n)                          s with its first n characters moved to the end
//	prefix(s, n)                          the first n characters of s, or s if it is shorter
//	yearsBefore(date, n)                  the date n years earlier
func functions() []cel.EnvOption {
	text, number := cel.StringType, cel.IntType
	options := []cel.EnvOption{
		cel.Function(operators.Add, cel.Overload("add_decimal", []*cel.Type{decimalType, decimalType}, decimalType)),
		cel.Function("sum", cel.Overload("sum_list", []*cel.Type{cel.ListType(decimalType)}, decimalType,
			cel.UnaryBinding(sum))),
		cel.Function("scale", cel.Overload("scale_decimal", []*cel.Type{decimalType}, number,
			cel.UnaryBinding(func(v ref.Val) ref.Val { return types.Int(scale(v.(decimal).Decimal)) }))),
		cel.Function("mod97", cel.Overload("mod97_string", []*cel.Type{text}, number,
			cel.UnaryBinding(func(v ref.Val) ref.Val { return types.Int(mod97(string(v.(types.String)))) }))),
		cel.Function("rotate", cel.Overload("rotate_string_int", []*cel.Type{text, number}, text,
			cel.BinaryBinding(func(s, n ref.Val) ref.Val { head, tail := split(s, n); return tail + head }))),
		cel.Function("prefix", cel.Overload("prefix_string_int", []*cel.Type{text, number}, text,
			cel.BinaryBinding(func(s, n ref.Val) ref.Val { head, _ := split(s, n); return head }))),
		cel.Function("yearsBefore", cel.Overload("years_before_string_int", []*cel.Type{text, number}, text,
			cel.BinaryBinding(yearsBefore))),
	}
	for _, op := range []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals} {
		options = append(options, cel.Function(op,
			cel.Overload(op+"decimal", []*cel.Type{decimalType, decimalType}, cel.BoolType),
			cel.Overload(op+"decimal_int", []*cel.Type{decimalType, number}, cel.BoolType)))
	}
	return options
}

func sum(list ref.Val) ref.Val {
	var total ref.Val = decimal{new(apd.Decimal)}
	for it := list.(traits.Lister).Iterator(); it.HasNext() == types.True; {
		total = total.(traits.Adder).Add(it.Next())
		if types.IsError(total) {
			return total
		}
	}
	return total
}

// mod97 reads letters as the numbers 10 to 35, as ISO 7064 says, and gives the remainder by 97.
func mod97(s string) int {
	rest := 0
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return -1
		}
	}
	return rest
}

func split(s, n ref.Val) (head, tail types.String) {
	text := s.(types.String)
	at := min(max(0, int(n.(types.Int))), len(text))
	return text[:at], text[at:]
}

func yearsBefore(date, years ref.Val) ref.Val {
	t, err := time.Parse(time.DateOnly, string(date.(types.String)))
	if err != nil {
		return types.NewErr("yearsBefore takes a date")
	}
	return types.String(t.AddDate(-int(years.(types.Int)), 0, 0).Format(time.DateOnly))
}
