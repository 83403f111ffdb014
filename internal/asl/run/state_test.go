package run_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"landfall/internal/asl"
	"landfall/internal/asl/run"
)

// machine wraps states, of which the first is A, into a machine.
func machine(t *testing.T, states string) *asl.Machine {
	t.Helper()
	return mustParse(t, "m.asl.json", `{"Comment":"c","TimeoutSeconds":1000,"StartAt":"A","States":{`+states+`}}`)
}

// echo is a task that does what its input says.
func echo(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
	var in struct {
		Fail, Return string
		Panic, Hang  bool
		Huge         int
	}
	json.Unmarshal(input, &in)
	switch {
	case in.Panic:
		panic("out of luck")
	case in.Hang:
		<-ctx.Done()
		return nil, ctx.Err()
	case in.Fail != "":
		return nil, code(in.Fail)
	case in.Return != "":
		return json.RawMessage(in.Return), nil
	case in.Huge > 0:
		return json.RawMessage(`"` + strings.Repeat("x", in.Huge-2) + `"`), nil
	}
	return input, nil
}

func runEcho(t *testing.T, m *asl.Machine, input string) string {
	t.Helper()
	config := newWorld(nil).config()
	config.Tasks = map[string]run.Task{"${E}": echo}
	output, err := run.New(config).Run(t.Context(), m, "e1", json.RawMessage(input))
	var failure *run.Failure
	if errors.As(err, &failure) {
		return failure.Name
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(output)
}

// task is a task state A with further members.
func task(members string) string {
	return `"A":{"Type":"Task","Resource":"${E}","TimeoutSeconds":10,"End":true` + members + `}`
}

const catchB = `,"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"B"}]`

func choice(rule string) string {
	return `"A":{"Type":"Choice","Choices":[` + rule + `],"Default":"No"},
		"Yes":{"Type":"Pass","Result":true,"End":true},"No":{"Type":"Pass","Result":false,"End":true}`
}

// TestRunner_Run holds one case per rule of the language: states, input, and the output or the failure's name.
func TestRunner_Run(t *testing.T) {
	t.Parallel()
	succeedB := `,"B":{"Type":"Succeed"}`
	tests := map[string]struct{ states, input, want string }{
		"Task/Whole":               {task(""), `{"a":1.10}`, `{"a":1.10}`},
		"Task/InputPath":           {task(`,"InputPath":"$.a"`), `{"a":{"b":2},"c":3}`, `{"b":2}`},
		"Task/InputPathNull":       {task(`,"InputPath":null`), `{"a":1}`, `{}`},
		"Task/InputPathMissing":    {task(`,"InputPath":"$.x"`+catchB) + succeedB, `{}`, "States.Runtime"},
		"Task/ResultPath":          {task(`,"ResultPath":"$.r.s"`), `{"a":1}`, `{"a":1,"r":{"s":{"a":1}}}`},
		"Task/ResultPathNull":      {task(`,"ResultPath":null`), `{"Return":"7"}`, `{"Return":"7"}`},
		"Task/ResultPathRaw":       {task(`,"InputPath":"$.a","ResultPath":"$.r"`), `{"a":{}}`, `{"a":{},"r":{}}`},
		"Task/ResultPathMismatch":  {task(`,"ResultPath":"$.a.b"`), `{"a":1}`, "States.ResultPathMatchFailure"},
		"Task/OutputPath":          {task(`,"OutputPath":"$.a"`), `{"a":[1,2]}`, `[1,2]`},
		"Task/OutputPathNull":      {task(`,"OutputPath":null`), `{"a":1}`, `{}`},
		"Task/Parameters":          {task(`,"Parameters":{"k":1,"n":{"x.$":"$.a","w.$":"$"}}`), `{"a":"<"}`, `{"k":1,"n":{"w":{"a":"<"},"x":"<"}}`},
		"Task/ParametersMissing":   {task(`,"Parameters":{"x.$":"$.a"}`), `{}`, "States.Runtime"},
		"Task/NullMember":          {task(`,"OutputPath":"$.a"`), `{"a":null}`, `null`},
		"Task/Fails":               {task(""), `{"Fail":"Migrate.Invalid"}`, "Migrate.Invalid"},
		"Task/Panics":              {task(""), `{"Panic":true}`, run.Panicked},
		"Task/NotJSON":             {task(""), `{"Return":"{"}`, run.Unknown},
		"Task/Caught":              {task(catchB) + succeedB, `{"Fail":"Migrate.Invalid"}`, `{"Fail":"Migrate.Invalid","error":{"Error":"Migrate.Invalid","Cause":"it happened"}}`},
		"Task/CaughtReplaces":      {task(`,"Catch":[{"ErrorEquals":["States.TaskFailed"],"Next":"B"}]`) + succeedB, `{"Fail":"X"}`, `{"Error":"X","Cause":"it happened"}`},
		"Task/CaughtDiscards":      {task(`,"Catch":[{"ErrorEquals":["X"],"ResultPath":null,"Next":"B"}]`) + succeedB, `{"Fail":"X"}`, `{"Fail":"X"}`},
		"Task/FirstCatcher":        {task(`,"Catch":[{"ErrorEquals":["Y"],"Next":"B"},{"ErrorEquals":["X"],"Next":"C"}]`) + succeedB + `,"C":{"Type":"Succeed","OutputPath":"$.Error"}`, `{"Fail":"X"}`, `"X"`},
		"Task/NoCatcher":           {task(`,"Catch":[{"ErrorEquals":["Y"],"Next":"B"}]`) + succeedB, `{"Fail":"X"}`, "X"},
		"Task/AtLimit":             {task(`,"OutputPath":null`), `{"Huge":262144}`, `{}`},
		"Task/OverLimitNotCaught":  {task(catchB) + succeedB, `{"Huge":262145}`, "States.DataLimitExceeded"},
		"Input/OverLimit":          {task(""), `"` + strings.Repeat("x", asl.MaxState) + `"`, "States.DataLimitExceeded"},
		"Task/ResultOverLimit":     {task(`,"OutputPath":null`), `{"Huge":262145}`, "States.DataLimitExceeded"},
		"Output/OverLimit":         {`"A":{"Type":"Pass","Parameters":{"x.$":"$","y.$":"$"},"End":true}`, `"` + strings.Repeat("x", asl.MaxState/2) + `"`, "States.DataLimitExceeded"},
		"Succeed/OutputPathNull":   {`"A":{"Type":"Succeed","OutputPath":null}`, `{"a":1}`, `{}`},
		"Fail":                     {`"A":{"Type":"Fail","Error":"Migrate.GivenUp","Cause":"c"}`, `{}`, "Migrate.GivenUp"},
		"Pass/Through":             {`"A":{"Type":"Pass","End":true}`, `{"a":1}`, `{"a":1}`},
		"Pass/Result":              {`"A":{"Type":"Pass","Result":"Import","ResultPath":"$.jobType","End":true}`, `{"a":1}`, `{"a":1,"jobType":"Import"}`},
		"Pass/Parameters":          {`"A":{"Type":"Pass","Parameters":{"b.$":"$.a"},"End":true}`, `{"a":1}`, `{"b":1}`},
		"Choice/True":              {choice(`{"Variable":"$.v","BooleanEquals":true,"Next":"Yes"}`), `{"v":true}`, `true`},
		"Choice/False":             {choice(`{"Variable":"$.v","BooleanEquals":true,"Next":"Yes"}`), `{"v":false}`, `false`},
		"Choice/OtherType":         {choice(`{"Variable":"$.v","BooleanEquals":false,"Next":"Yes"}`), `{"v":null}`, `false`},
		"Choice/String":            {choice(`{"Variable":"$.v","StringEquals":"x","Next":"Yes"}`), `{"v":"x"}`, `true`},
		"Choice/MissingPath":       {choice(`{"Variable":"$.v","BooleanEquals":true,"Next":"Yes"}`), `{}`, "States.Runtime"},
		"Choice/Guarded":           {choice(`{"And":[{"Variable":"$.v","IsPresent":true},{"Variable":"$.v","BooleanEquals":true}],"Next":"Yes"}`), `{}`, `false`},
		"Choice/GuardedOr":         {choice(`{"Or":[{"Variable":"$.v","IsPresent":false},{"Variable":"$.v","BooleanEquals":true}],"Next":"Yes"}`), `{}`, `true`},
		"Choice/PresentNull":       {choice(`{"Variable":"$.v","IsPresent":true,"Next":"Yes"}`), `{"v":null}`, `true`},
		"Choice/Not":               {choice(`{"Not":{"Variable":"$.v","BooleanEquals":true},"Next":"Yes"}`), `{"v":false}`, `true`},
		"Choice/NoMatch":           {`"A":{"Type":"Choice","Choices":[{"Variable":"$.v","BooleanEquals":true,"Next":"B"}]}` + succeedB, `{"v":false}`, "States.NoChoiceMatched"},
		"Wait/SecondsPathWrong":    {`"A":{"Type":"Wait","SecondsPath":"$.s","End":true}`, `{"s":"1"}`, "States.Runtime"},
		"Parallel":                 {`"A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"X","States":{"X":{"Type":"Pass","Result":1,"End":true}}},{"StartAt":"Y","States":{"Y":{"Type":"Succeed"}}}]}`, `{}`, `[1,{}]`},
		"Parallel/BranchFails":     {`"A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"X","States":{"X":{"Type":"Fail","Error":"E1"}}}]` + catchB + `}` + `,"B":{"Type":"Succeed","OutputPath":"$.error.Error"}`, `{}`, `"E1"`},
		"Parallel/RuntimeUncaught": {`"A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"X","States":{"X":{"Type":"Pass","InputPath":"$.x","End":true}}}]` + catchB + `}` + succeedB, `{}`, "States.Runtime"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := runEcho(t, machine(t, test.states), test.input); got != test.want {
				t.Errorf("got %.300s, want %.300s", got, test.want)
			}
		})
	}
}

// A time-out of the task can be caught, one of the execution cannot.
func TestRunner_Run_Timeouts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		states, want string
		after        time.Duration
	}{
		"Task":             {task(catchB) + `,"B":{"Type":"Succeed","OutputPath":"$.error.Error"}`, `"States.Timeout"`, 10 * time.Second},
		"TaskFailedDiffer": {task(`,"Catch":[{"ErrorEquals":["States.TaskFailed"],"Next":"B"}]`) + `,"B":{"Type":"Succeed"}`, "States.Timeout", 10 * time.Second},
		"Execution":        {task(`,"Retry":[{"ErrorEquals":["States.ALL"],"MaxAttempts":1000}]`+catchB) + `,"B":{"Type":"Succeed"}`, "States.Timeout", 1000 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				if got := runEcho(t, machine(t, test.states), `{"Hang":true}`); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
				if took := time.Since(start); took != test.after {
					t.Errorf("took %v, want %v", took, test.after)
				}
			})
		})
	}
}

// The history is limited per execution: a loop of a task and a choice fails where the service would.
func TestRunner_Run_HistoryLimit(t *testing.T) {
	t.Parallel()
	n := 0
	config := newWorld(nil).config()
	config.Tasks = map[string]run.Task{"${E}": func(context.Context, json.RawMessage) (json.RawMessage, error) {
		n++
		return json.RawMessage(fmt.Sprintf(`{"done":%t}`, n == 10_000)), nil
	}}
	m := machine(t, `"A":{"Type":"Task","Resource":"${E}","TimeoutSeconds":10,"Next":"Q"},
		"Q":{"Type":"Choice","Choices":[{"Variable":"$.done","BooleanEquals":true,"Next":"Z"}],"Default":"A"},"Z":{"Type":"Succeed"}`)
	_, err := run.New(config).Run(t.Context(), m, "e1", json.RawMessage(`{}`))
	var failure *run.Failure
	if !errors.As(err, &failure) || failure.Name != asl.Runtime || n != asl.MaxEvents/7 {
		t.Errorf("Run = %v after %d rounds of 7 events, want %s after %d", err, n, asl.Runtime, asl.MaxEvents/7)
	}
}
