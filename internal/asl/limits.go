package asl

// The quotas of Step Functions that a definition or an execution can run into. All are hard: nobody can raise
// them.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const (
	// MaxState is the size in bytes of the input or output of a state, task or execution. Beyond it an
	// execution ends in States.DataLimitExceeded, which no catcher catches.
	MaxState = 256 << 10

	// MaxEvents is the number of events in the history of one execution. A child of a distributed map has a
	// history of its own; the iterations of an inline map share that of their execution.
	MaxEvents = 25_000

	// MaxDefinition is the size in bytes of a definition.
	MaxDefinition = 1 << 20

	// MaxName is the length in characters of a state's name.
	MaxName = 80

	// MaxLabel is the length in characters of a distributed map's label.
	MaxLabel = 40

	// MaxInline is the number of iterations of an inline map that run at once.
	MaxInline = 40
)
