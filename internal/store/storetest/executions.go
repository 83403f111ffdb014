package storetest

import "landfall/internal/migrate"

var executions = []Case{{"Executions/PutListDelete", putListDelete}}

func putListDelete(e *env) error {
	a := migrate.Execution{Name: "stage-a", Machine: "stage", State: "Plan", Input: []byte(`{"n":1}`)}
	b := migrate.Execution{Name: "stage", Machine: "stage", State: "Settle", Input: []byte(`{}`)}
	moved := a
	moved.State = "Stage"
	for _, x := range []migrate.Execution{a, b, moved} {
		if err := e.PutExecution(e.ctx, x); err != nil {
			return err
		}
	}
	byName := func(all []migrate.Execution, err error) (map[string]migrate.Execution, error) {
		m := map[string]migrate.Execution{}
		for _, x := range all {
			m[x.Name] = x
		}
		return m, err
	}
	all, err := byName(e.ListExecutions(e.ctx))
	if err := first(err, e.same("the executions", all, map[string]migrate.Execution{a.Name: moved, b.Name: b})); err != nil {
		return err
	}
	for range 2 {
		if err := e.DeleteExecution(e.ctx, a.Name); err != nil {
			return err
		}
	}
	all, err = byName(e.ListExecutions(e.ctx))
	return first(err, e.same("the executions", all, map[string]migrate.Execution{b.Name: b}))
}
