package catalog

import (
	"errors"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
)

// The names that every expression knows, beside the lookups.
const (
	thisName   = "this"   // the value a check looks at
	recordName = "record" // the record it is in
	todayName  = "today"  // the day of the job's start, UTC
)

// condition is a compiled expression. It may be used by many goroutines.
type condition struct {
	program cel.Program
	needs   []need // values without which the expression says nothing
}

// need is a value that an expression cannot do without.
type need struct {
	record bool // counted from the record, and not from the value
	path   path
}

// compiler compiles the expressions of one catalog.
type compiler struct {
	*report
	base     *cel.Env
	provider *provider
	envs     map[[2]string]*cel.Env
	used     map[string]bool // variables
}

func newCompiler(r *report, roots []*Type, lookups []*lookup) (*compiler, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	p := &provider{registry, map[string]*Type{}}
	for _, t := range roots {
		p.add(t)
	}
	options := append(functions(), cel.CustomTypeProvider(p), cel.CustomTypeAdapter(registry),
		cel.Variable(todayName, cel.StringType))
	for _, l := range lookups {
		options = append(options, cel.Variable(l.name, l.celType()))
	}
	base, err := cel.NewEnv(options...)
	if err != nil {
		return nil, err
	}
	return &compiler{r, base, p, map[[2]string]*cel.Env{}, map[string]bool{}}, nil
}

// compile compiles an expression about values of type this. Without a record type it cannot speak of the record.
func (c *compiler) compile(expression text, this, record *Type) *condition {
	env, err := c.env(this, record)
	if err != nil {
		c.fault(expression.at, "expression: %v", err)
		return nil
	}
	tree, issues := env.Compile(expression.s)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			message := strings.TrimSuffix(e.Message, " (in container '')")
			c.fault(expression.inside(e.Location.Column()+1), "expression: %s", message)
		}
		return nil
	}
	if tree.OutputType() != cel.BoolType {
		c.fault(expression.at, "expression: gives %s, not true or false", tree.OutputType())
		return nil
	}
	program, err := env.Program(tree, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		c.fault(expression.at, "expression: %v", err)
		return nil
	}
	for _, ref := range tree.NativeRep().ReferenceMap() {
		c.used[ref.Name] = true
	}
	return &condition{program, needsOf(tree.NativeRep().Expr(), nil)}
}

func (c *compiler) env(this, record *Type) (*cel.Env, error) {
	key := [2]string{celType(this).String()}
	variables := []cel.EnvOption{cel.Variable(thisName, celType(this))}
	if record != nil {
		key[1] = record.Name
		variables = append(variables, cel.Variable(recordName, celType(record)))
	}
	if env, ok := c.envs[key]; ok {
		return env, nil
	}
	env, err := c.base.Extend(variables...)
	if err == nil {
		c.envs[key] = env
	}
	return env, err
}

// needsOf collects what is read whatever the values are: not behind a has(), ||, && or ?:. Checks whose values are absent
// are skipped without evaluating anything; the rest is found out on the way.
func needsOf(e ast.Expr, needs []need) []need {
	switch e.Kind() {
	case ast.SelectKind:
		if r, ok := needOf(e); ok {
			return append(needs, r)
		}
	case ast.CallKind:
		call := e.AsCall()
		args := call.Args()
		switch call.FunctionName() {
		case operators.LogicalAnd, operators.LogicalOr:
			return needs
		case operators.Conditional:
			args = args[:1]
		}
		if call.IsMemberFunction() {
			needs = needsOf(call.Target(), needs)
		}
		for _, a := range args {
			needs = needsOf(a, needs)
		}
	case ast.ComprehensionKind:
		return needsOf(e.AsComprehension().IterRange(), needs)
	}
	return needs
}

// needOf reads a chain such as this.amount.currency.
func needOf(e ast.Expr) (need, bool) {
	var p path
	for e.Kind() == ast.SelectKind {
		s := e.AsSelect()
		if s.IsTestOnly() {
			return need{}, false
		}
		p = append(path{{name: s.FieldName()}}, p...)
		e = s.Operand()
	}
	if e.Kind() != ast.IdentKind || e.AsIdent() != thisName && e.AsIdent() != recordName {
		return need{}, false
	}
	return need{e.AsIdent() == recordName, p}, true
}

// scope gives an expression its variables.
type scope struct {
	doc     *document
	this    ref.Val
	record  ref.Val
	today   ref.Val
	lookups map[string]ref.Val
}

// ResolveName implements interpreter.Activation.
func (s *scope) ResolveName(name string) (any, bool) {
	switch name {
	case thisName:
		return s.this, true
	case recordName:
		return s.record, true
	case todayName:
		return s.today, true
	}
	l, ok := s.lookups[name]
	return l, ok
}

// Parent implements interpreter.Activation.
func (s *scope) Parent() interpreter.Activation { return nil }

// holds evaluates the condition for the value of a node; known is false if a value it needs is absent.
func (c *condition) holds(s *scope, n int32, t *Type) (holds, known bool, err error) {
	for _, r := range c.needs {
		from := n
		if r.record {
			from = 0
		}
		if !s.doc.has(s.doc.at(from, r.path)) {
			return false, false, nil
		}
	}
	var ok bool
	if s.this, ok = s.doc.value(n, t); !ok {
		return false, false, nil
	}
	out, _, err := c.program.Eval(s)
	if errors.Is(err, errAbsent) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	return out == types.True, true, nil
}
