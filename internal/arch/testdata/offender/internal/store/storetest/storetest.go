// Package storetest is a suite: it may panic.
package storetest

import "testing"

// Run runs it.
func Run(t *testing.T) { panic(t.Name()) }
