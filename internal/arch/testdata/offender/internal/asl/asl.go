// Package asl has JSON that is spelled by somebody else.
package asl

// State is as it should be.
type State struct {
	Next string `json:"Next"`
}
