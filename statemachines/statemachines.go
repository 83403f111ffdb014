// Package statemachines holds the definitions of the state machines, so that the local service embeds
// the very files the template deploys.
//
// Every definition is checked by internal/asl and walked on every edge by internal/asl/run's tests.
// The names in ${...} are filled in by the template; the local service takes them as they are.
package statemachines

import "embed"

// FS holds one file per machine, named <machine>.asl.json.
//
//go:embed *.asl.json
var FS embed.FS
