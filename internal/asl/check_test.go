package asl_test

import (
	"strings"
	"testing"

	"landfall/internal/asl"
)

// sound is a definition with every type of state, each in its simplest form, that has no fault.
const sound = `{
  "Comment": "c",
  "StartAt": "Work",
  "TimeoutSeconds": 1000,
  "States": {
    "Work": { "Type": "Task", "Comment": "c", "Resource": "${WorkFunctionArn}", "TimeoutSeconds": 60,
      "Retry": [
        { "ErrorEquals": ["P1", "P2"], "MaxAttempts": 0 },
        { "ErrorEquals": ["T1", "Lambda.ServiceException"], "MaxDelaySeconds": 9 },
        { "ErrorEquals": ["States.ALL"], "MaxAttempts": 2 } ],
      "Catch": [ { "ErrorEquals": ["States.Timeout"], "Next": "Bad" },
        { "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Bad" } ],
      "ResultPath": "$.result", "Next": "Good?" },
    "Good?": { "Type": "Choice", "Comment": "c", "Default": "Bad",
      "Choices": [ { "And": [ { "Variable": "$.a", "IsPresent": true }, { "Variable": "$.a", "StringEquals": "x" } ], "Next": "Rest" },
        { "Variable": "$.b.c", "BooleanEquals": true, "Next": "Rest" } ] },
    "Rest": { "Type": "Wait", "Comment": "c", "Seconds": 5, "Next": "Each" },
    "Each": { "Type": "Map", "Comment": "c", "ItemsPath": "$.items", "MaxConcurrency": 5, "Next": "Read",
      "ItemProcessor": { "ProcessorConfig": { "Mode": "INLINE" }, "StartAt": "One",
        "States": { "One": { "Type": "Pass", "Comment": "c", "Parameters": { "x.$": "$.a", "n": { "y": 1 } }, "End": true } } } },
    "Read": { "Type": "Map", "Comment": "c", "Label": "Read", "MaxConcurrencyPath": "$.n", "Next": "Both",
      "ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "JSON" },
        "Parameters": { "Bucket.$": "$.bucket", "Key.$": "$.manifest" } },
      "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "Item",
        "States": { "Item": { "Type": "Succeed", "Comment": "c" } } } },
    "Both": { "Type": "Parallel", "Comment": "c", "Next": "Well",
      "Branches": [ { "StartAt": "Left", "States": { "Left": { "Type": "Succeed", "Comment": "c" } } },
        { "StartAt": "Right", "States": { "Right": { "Type": "Succeed", "Comment": "c" } } } ] },
    "Well": { "Type": "Succeed", "Comment": "c" },
    "Bad": { "Type": "Fail", "Comment": "c", "Error": "P1" }
  }
}`

var someCodes = asl.Codes{Permanent: []string{"P1", "P2"}, Transient: []string{"T1"}}

func TestCheck_Sound(t *testing.T) {
	t.Parallel()
	for _, p := range asl.Check(mustParse(t, "sound", sound), someCodes) {
		t.Error(p)
	}
}

// TestCheck breaks the sound definition in one place per rule and expects the problem.
func TestCheck(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 81)
	tests := map[string]struct{ old, new, want string }{
		"MachineTimeout":            {`"TimeoutSeconds": 1000`, `"TimeoutSeconds": 0`, `:1: the machine has no TimeoutSeconds`},
		"MachineComment":            {`"Comment": "c",`, ``, `the machine has no Comment`},
		"Size":                      {`"Comment": "c"`, `"Comment": "` + strings.Repeat("c", 1<<20) + `"`, `1048576 are permitted`},
		"StartAt":                   {`"StartAt": "Work"`, `"StartAt": "Gone"`, `there is no state "Gone" here`},
		"Next":                      {`"Next": "Good?"`, `"Next": "Gone"`, `Work: there is no state "Gone" here`},
		"Default":                   {`"Default": "Bad"`, `"Default": "Gone"`, `:14: Good?: there is no state "Gone" here`},
		"CatchNext":                 {`"$.error", "Next": "Bad"`, `"$.error", "Next": "One"`, `Work: there is no state "One" here`},
		"InnerStartAt":              {`"StartAt": "One"`, `"StartAt": "Well"`, `Each: there is no state "Well" here`},
		"Unreachable":               {`"Next": "Read"`, `"Next": "Both"`, `Read: cannot be reached`},
		"NoEnd":                     {`"Seconds": 5, "Next": "Each"`, `"Seconds": 5, "Next": "Rest"`, `Rest: cannot come to an end`},
		"NextAndEnd":                {`"Next": "Each"`, `"Next": "Each", "End": true`, `Rest: wants either Next or End`},
		"NeitherNextNorEnd":         {`, "End": true`, ``, `One: wants either Next or End`},
		"LongName":                  {`"StartAt": "One",` + "\n" + `        "States": { "One"`, `"StartAt": "` + long + `", "States": { "` + long + `"`, `more than 80 characters`},
		"NameTwice":                 {`"StartAt": "Item",` + "\n" + `        "States": { "Item"`, `"StartAt": "One", "States": { "One"`, `the name is taken by`},
		"Comment":                   {`"Wait", "Comment": "c"`, `"Wait"`, `Rest: has no Comment`},
		"Integration":               {`${WorkFunctionArn}`, `arn:aws:states:::lambda:invoke`, `is not a function`},
		"TaskTimeout":               {`"TimeoutSeconds": 60,`, ``, `Work: has no TimeoutSeconds`},
		"TaskTimeoutTooLong":        {`"TimeoutSeconds": 60`, `"TimeoutSeconds": 1000`, `not below the machine's`},
		"NoCatchAll":                {`["States.ALL"], "ResultPath"`, `["States.TaskFailed"], "ResultPath"`, `has no Catch for States.ALL`},
		"PermanentRetried":          {`"MaxAttempts": 0`, `"MaxAttempts": 1`, `P1 is permanent and tried again`},
		"PermanentRetriedByDefault": {`, "MaxAttempts": 0`, ``, `P2 is permanent and tried again`},
		"PermanentMissing":          {`["P1", "P2"]`, `["P1"]`, `P2 is permanent and no retrier`},
		"TransientNever":            {`["P1", "P2"]`, `["P1", "P2", "T1"]`, `T1 is transient and never tried again`},
		"UnknownCode":               {`"T1"`, `"T9"`, `"T9" is neither a known code`},
		"UnknownInCatch":            {`"States.Timeout"`, `"States.Runtime"`, `Catch: "States.Runtime" is neither`},
		"NamedTwice":                {`"T1"`, `"T1", "P2"`, `P2 is named twice`},
		"NoNames":                   {`["States.Timeout"]`, `[]`, `Catch: ErrorEquals is empty`},
		"WildcardNotAlone":          {`["States.ALL"], "MaxAttempts"`, `["States.ALL", "States.Timeout"], "MaxAttempts"`, `States.ALL stands alone`},
		"WildcardNotLast":           {`"ErrorEquals": ["P1", "P2"], "MaxAttempts": 0 },`, `"ErrorEquals": ["States.TaskFailed"] }, { "ErrorEquals": ["P1", "P2"], "MaxAttempts": 0 },`, `States.TaskFailed comes before P1 and hides it`},
		"AllNotLast":                {`["States.Timeout"]`, `["States.ALL"]`, `States.ALL comes before States.ALL`},
		"Backoff":                   {`"MaxAttempts": 2`, `"BackoffRate": 0.5`, `BackoffRate is at least 1`},
		"Interval":                  {`"MaxAttempts": 2`, `"IntervalSeconds": -1`, `not negative`},
		"MaxDelay":                  {`"MaxDelaySeconds": 9`, `"MaxDelaySeconds": 9, "IntervalSeconds": 9`, `MaxDelaySeconds is over IntervalSeconds`},
		"Jitter":                    {`"MaxAttempts": 2`, `"JitterStrategy": "SOME"`, `JitterStrategy is FULL or NONE`},
		"CatchWithoutNext":          {`["States.Timeout"], "Next": "Bad"`, `["States.Timeout"]`, `Catch: has no Next`},
		"CatchPath":                 {`"$.error"`, `"$.error[0]"`, `Catch: ResultPath $.error[0] is not a reference path`},
		"Wildcard":                  {`"$.result"`, `"$.result[*]"`, `ResultPath $.result[*] is not`},
		"QuotedNull":                {`"$.result"`, `"null"`, `ResultPath "null" is not`},
		"Intrinsic":                 {`"x.$": "$.a"`, `"x.$": "States.UUID()"`, `"States.UUID()" is not a reference path`},
		"InnerIntrinsic":            {`"y": 1`, `"y.$": "$$.Execution.Id"`, `is not a reference path`},
		"ParametersNoObject":        {`{ "x.$": "$.a", "n": { "y": 1 } }`, `[1]`, `Parameters is not an object`},
		"ItemsPathNull":             {`"$.items"`, `null`, `ItemsPath null is not a reference path`},
		"NoItemsPath":               {`"ItemsPath": "$.items", `, ``, `Each: an inline map has ItemsPath`},
		"InlineTooWide":             {`"MaxConcurrency": 5`, `"MaxConcurrency": 41`, `MaxConcurrency is over 40`},
		"Concurrency":               {`"MaxConcurrencyPath": "$.n"`, `"MaxConcurrency": 1, "MaxConcurrencyPath": "$.n"`, `wants either MaxConcurrency`},
		"Express":                   {`"STANDARD"`, `"EXPRESS"`, `want INLINE or DISTRIBUTED STANDARD`},
		"NoMode":                    {`{ "Mode": "INLINE" }`, `{}`, `want INLINE or DISTRIBUTED STANDARD`},
		"ReaderCSV":                 {`"InputType": "JSON"`, `"InputType": "CSV"`, `want a JSON array`},
		"ReaderListing":             {`s3:getObject`, `s3:listObjectsV2`, `want a JSON array by`},
		"ReaderPath":                {`"$.bucket"`, `"bucket"`, `Bucket.$ or Key.$ bucket is not a reference path`},
		"Label":                     {`"Label": "Read"`, `"Label": "a b"`, `Label is not 40 letters`},
		"ChoiceWithoutDefault":      {`"Default": "Bad",`, ``, `Good?: has no Default`},
		"RuleWithoutNext":           {`"BooleanEquals": true, "Next": "Rest"`, `"BooleanEquals": true`, `a rule has no Next`},
		"RuleWithTwo":               {`"BooleanEquals": true`, `"BooleanEquals": true, "StringEquals": "x"`, `a rule wants exactly one`},
		"RuleWithNone":              {`"StringEquals": "x"`, `"Comment": "x"`, `a rule wants exactly one`},
		"RuleVariable":              {`"$.b.c"`, `"$.b[0]"`, `Variable "$.b[0]" is not a reference path`},
		"RuleInnerNext":             {`"IsPresent": true`, `"IsPresent": true, "Next": "Rest"`, `Next belongs to the outermost rule`},
		"EmptyAnd":                  {`{ "Variable": "$.b.c", "BooleanEquals": true, "Next"`, `{ "And": [], "Next"`, `And and Or want rules`},
		"Wait":                      {`"Seconds": 5`, `"Seconds": 5, "SecondsPath": "$.s"`, `Rest: wants either Seconds`},
		"FailWithoutError":          {`, "Error": "P1"`, ``, `Bad: has no Error`},
		"FailUnknown":               {`"Error": "P1"`, `"Error": "P9"`, `Error "P9" is not a known code`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(sound, test.old) {
				t.Fatalf("%q is not in the definition", test.old)
			}
			var all strings.Builder
			for _, p := range asl.Check(mustParse(t, "sound", strings.Replace(sound, test.old, test.new, 1)), someCodes) {
				all.WriteString(p.Error() + "\n")
			}
			if !strings.Contains(all.String(), test.want) {
				t.Errorf("Check =\n%swant %q", all.String(), test.want)
			}
		})
	}
}

// What is missing altogether takes more than one piece to remove.
func TestCheck_Missing(t *testing.T) {
	t.Parallel()
	m := mustParse(t, "bare", `{"StartAt":"A","States":{
		"A":{"Type":"Task","Next":"B"},
		"B":{"Type":"Map","Next":"C"},
		"C":{"Type":"Parallel","Next":"D"},
		"D":{"Type":"Choice"},
		"E":{"Type":"Map","End":true,"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"X","States":{"X":{"Type":"Succeed"}}}}}}`)
	var all []string
	for _, p := range asl.Check(m, someCodes) {
		all = append(all, p.Error())
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"A: has no Retry", "A: has no Catch", "B: has no ItemProcessor", "C: has no Branches",
		"D: has no Choices", "E: a distributed map has ItemReader", "A: Resource"} {
		if !strings.Contains(text, want) {
			t.Errorf("Check =\n%s\nwant %q", text, want)
		}
	}
}

func TestCheck_LabelTwice(t *testing.T) {
	t.Parallel()
	text := strings.Replace(read(t, "migration"), `"Label": "ImportUnits"`, `"Label": "CountUnits"`, 1)
	problems := asl.Check(mustParse(t, "migration", text), codes)
	if len(problems) != 1 || !strings.Contains(problems[0].Text, "Label is taken by") {
		t.Errorf("Check = %v, want one problem with the label", problems)
	}
}
