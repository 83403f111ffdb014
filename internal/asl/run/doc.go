// Package run executes state machines in process, as Step Functions would: the same definitions, the same
// order of states, the same retries, the same errors caught by the same catchers.
//
// An execution moves through the states of a machine that [asl.Check] has found clean. Before a state of the
// machine itself is entered, its name and input are put into the [Journal]; when the execution has ended they
// are deleted. A process that is killed therefore resumes each execution at the state it was in
// ([Runner.Resume]), and that state runs again from its beginning: a map starts all its children again, a
// wait waits its whole time. Tasks must be idempotent and keep their own progress, as they must on Step
// Functions, where any of them may be tried again.
//
// An execution that fails ends in a [Failure]. Every other error of [Runner.Run] and [Runner.Resume] means that
// the execution could not go on here and now: the context was cancelled or the journal could not be written.
// Its position stays in the journal and no catcher runs.
//
// What differs from the service:
//
//   - The Cause of a failed task is the text of its error, not the JSON document Lambda makes of it.
//   - A task is waited for even after its time-out: its context is cancelled, and it must then return.
//   - A task is never invoked twice by chance. Tests that want that wrap it.
//   - An inline map or a parallel starts in order, but how its iterations interleave is left to the scheduler.
//   - The history is counted again from zero when an execution is resumed.
package run
