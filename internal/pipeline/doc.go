// Package pipeline holds the steps of a migration, one file and one type each, and what people ask of a migration
// between them.
//
// The way of a record: Register turns an offered object into a Drop and starts the stage machine; Plan cuts the drop
// into chunks; Stage turns each chunk into staged entities and a ledger row; Settle proves that the rows tile the drop
// and closes it. A job goes Plan (units), Validate or Import or Count (one unit each), Settle. Load does the same for a
// body that arrives over HTTP. Lifecycle creates and cancels migrations, starts and ends jobs; Books adds everything up.
//
// A step is func (s *Stage) Run(ctx, StageInput) (StageOutput, error). Lambda functions and the local service call the
// same Run; neither holds logic. A step may be run again at any time, by a retry, a resumed machine or a worker that
// outlived its task: it writes an intent, acts, and records the outcome under a condition that lets it count once.
// Running out of time is a result (done is false), not an error: a step asks outOfTime and is called again.
package pipeline
