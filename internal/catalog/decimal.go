package catalog

import (
	"fmt"
	"reflect"

	"github.com/cockroachdb/apd/v3"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// decimalType is the type that expressions give to every number of a record.
var decimalType = types.NewObjectType("decimal", traits.ComparerType|traits.AdderType)

// exact never rounds: a precision of 0 is unlimited.
var exact = apd.Context{MaxExponent: apd.MaxExponent, MinExponent: apd.MinExponent}

// maxDigits bounds the text of a number: 18 digits before and 10 after the point, sign, point and exponent fit in well.
// It keeps numbers that no load check has seen (1e999999999) from filling memory.
const maxDigits = 64

// parseDecimal reads a JSON number.
func parseDecimal(text []byte) (*apd.Decimal, bool) {
	if len(text) > maxDigits {
		return nil, false
	}
	d, _, err := apd.NewFromString(string(text))
	if err != nil || d.Form != apd.Finite || d.Exponent > maxDigits || d.Exponent < -maxDigits {
		return nil, false
	}
	return d, true
}

// plain writes a decimal without exponent and without zeros at its end, so that equal numbers have one form.
func plain(d *apd.Decimal) string {
	var short apd.Decimal
	short.Reduce(d)
	if short.IsZero() {
		return "0"
	}
	return short.Text('f')
}

// scale is the number of digits after the point that the value needs: 2 for 1.230.
func scale(d *apd.Decimal) int64 {
	var short apd.Decimal
	short.Reduce(d)
	return int64(max(0, -short.Exponent))
}

// decimal is a number in an expression.
type decimal struct{ *apd.Decimal }

var (
	_ traits.Comparer = decimal{}
	_ traits.Adder    = decimal{}
)

func (d decimal) Add(other ref.Val) ref.Val {
	o, ok := other.(decimal)
	if !ok {
		return types.NoSuchOverloadErr()
	}
	var sum apd.Decimal
	if _, err := exact.Add(&sum, d.Decimal, o.Decimal); err != nil {
		return types.WrapErr(err)
	}
	return decimal{&sum}
}

func (d decimal) Compare(other ref.Val) ref.Val {
	switch o := other.(type) {
	case decimal:
		return types.Int(d.Cmp(o.Decimal))
	case types.Int:
		return types.Int(d.Cmp(apd.New(int64(o), 0)))
	}
	return types.NoSuchOverloadErr()
}

func (d decimal) Equal(other ref.Val) ref.Val {
	return types.Bool(d.Compare(other) == types.IntZero)
}

func (d decimal) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("a decimal cannot become a %v", t)
}

func (d decimal) ConvertToType(t ref.Type) ref.Val {
	if t.TypeName() == types.StringType.TypeName() {
		return types.String(plain(d.Decimal))
	}
	return types.NewErr("a decimal cannot become a %s", t.TypeName())
}

func (d decimal) Type() ref.Type { return decimalType }
func (d decimal) Value() any     { return d.Decimal }
