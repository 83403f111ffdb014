// Package pipeline breaks the rules of code.
package pipeline

import (
	"context"
	"log"
	"os"
)

var (
	table   = map[string]int{"read": 1}
	counter int
	written = map[string]struct{ n []int }{}
)

func init() { println("init") }

// Stage is a step in its file.
type Stage struct {
	GoodName string `json:"goodName,omitempty"`
	BadName  string `json:"bad_name"`
	Error    string `json:"Error"`
}

// StageInput is its input.
type StageInput struct{}

// Run breaks rules.
func (s *Stage) Run(ctx context.Context, in StageInput) error {
	counter++
	written["a"].n[0] = table["read"]
	delete(written, "a")
	os.Args = nil
	local := counter
	local++
	log.Fatalf("%d", local)
	if local > 0 {
		panic("for no reason")
	}
	panic("unreachable") // local was read just now
}

// MustStage may panic.
func MustStage() *Stage { panic("no") }

// Count is a step in the file of another, and no state machine calls it.
type Count struct{}

// CountInput is its input.
type CountInput struct{}

// Run runs it.
func (s *Count) Run(ctx context.Context, in CountInput) error { return nil }
