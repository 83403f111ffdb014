// Package local is the one-process service: the embedded store, a bucket and a target on disk, the shipped state
// machines executed in process, the HTTP API and a watched drop folder. It holds no logic of its own: the steps, the
// definitions and the handlers are those that run as functions in the cloud.
//
// Everything acknowledged is on disk. A killed process loses nothing: the next Open resumes every running machine at
// the state it was in, starts what was registered but not started, and closes loads whose client is gone.
package local
