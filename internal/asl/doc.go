// Package asl reads, checks and draws the definitions of state machines in the Amazon States Language.
//
// Only a small subset of the language is permitted: what behaves alike on Step Functions, on its emulators
// and in package run, which executes it in process. It is written down once, as the fields of [Machine] and
// [State]: a field that is not there does not parse. Data is addressed by reference paths of member names
// ([Path]); there are no intrinsic functions, no context object and no JSONata.
//
// [Parse] refuses what is not in the subset, [Check] what is in it and still wrong: a state that cannot be
// reached, a task without a time-out, an error name nobody raises. Both report every fault at once.
// [Edge] is the one notion of a transition: Check follows edges, [Mermaid] draws them, run reports the ones
// it takes, and a test fails while one of them has never been taken.
package asl
