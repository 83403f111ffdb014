package asl

import "strings"

// Names of errors that the service itself raises or matches.
const (
	// AllErrors matches every error but Runtime and DataLimitExceeded.
	AllErrors = "States.ALL"
	// TaskFailed matches what AllErrors matches, but not Timeout.
	TaskFailed = "States.TaskFailed"
	// Timeout is a task that took longer than its TimeoutSeconds.
	Timeout = "States.Timeout"
	// Runtime is a state that could not be executed, for example because a path led nowhere. Nothing catches it.
	Runtime = "States.Runtime"
	// DataLimitExceeded is an input or output over MaxState. Nothing catches it.
	DataLimitExceeded = "States.DataLimitExceeded"
	// NoChoiceMatched is a Choice without Default of which no rule holds.
	NoChoiceMatched = "States.NoChoiceMatched"
	// ResultPathMatchFailure is a ResultPath that leads through something other than an object.
	ResultPathMatchFailure = "States.ResultPathMatchFailure"
	// ItemReaderFailed is a manifest that could not be read.
	ItemReaderFailed = "States.ItemReaderFailed"
	// ExceedToleratedFailureThreshold is a distributed map of which one child failed: none is tolerated.
	ExceedToleratedFailureThreshold = "States.ExceedToleratedFailureThreshold"
)

// serviceErrors are the names an ErrorEquals may hold beside the codes of the tasks. Runtime and
// DataLimitExceeded are not among them: naming them catches nothing and would only look safe.
var serviceErrors = map[string]bool{
	AllErrors: true, TaskFailed: true, Timeout: true,
	ResultPathMatchFailure: true, ItemReaderFailed: true, ExceedToleratedFailureThreshold: true,
	"Lambda.TooManyRequestsException": true, "Lambda.ServiceException": true,
	"Lambda.AWSLambdaException": true, "Lambda.SdkClientException": true,
	"Lambda.ClientExecutionTimeoutException": true, "Lambda.Unknown": true,
}

// Retrier says which errors of a state are tried again, how often and after how long.
type Retrier struct {
	Comment     string
	ErrorEquals []string

	// IntervalSeconds is the time before the first retry; 0 means 1.
	IntervalSeconds int
	// MaxAttempts is the number of retries; nil means 3, and 0 means never.
	MaxAttempts *int
	// BackoffRate multiplies the interval from one retry to the next; 0 means 2.
	BackoffRate float64
	// MaxDelaySeconds caps the interval; 0 means no cap.
	MaxDelaySeconds int
	// JitterStrategy is FULL, a delay drawn evenly between 0 and the interval, or NONE.
	JitterStrategy string
}

// Attempts returns the number of retries, 3 if the definition names none.
func (r *Retrier) Attempts() int {
	if r.MaxAttempts == nil {
		return 3
	}
	return *r.MaxAttempts
}

// Catcher says where an execution goes on when retries are used up.
type Catcher struct {
	Comment     string
	ErrorEquals []string
	// ResultPath is where {"Error": ..., "Cause": ...} is placed in the state's input.
	ResultPath Path
	Next       string
}

// String says when the catcher applies: "on States.ALL".
func (c *Catcher) String() string { return "on " + strings.Join(c.ErrorEquals, ", ") }

// Matches reports whether a retrier or catcher with these ErrorEquals applies to an error of that name.
func Matches(errorEquals []string, name string) bool {
	if name == Runtime || name == DataLimitExceeded {
		return false
	}
	for _, e := range errorEquals {
		if e == name || e == AllErrors || e == TaskFailed && name != Timeout {
			return true
		}
	}
	return false
}
