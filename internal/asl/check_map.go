package asl

import (
	"regexp"
	"unicode/utf8"
)

// The service takes more characters in a label, but lists those it refuses; letters and digits are safe.
var label = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// iteration checks a map of either mode.
func (c *checker) iteration(at string, s *State) {
	if s.MaxConcurrency < 0 || s.MaxConcurrency > 0 && s.MaxConcurrencyPath != "" {
		c.addf(at, s, "wants either MaxConcurrency from 0 or MaxConcurrencyPath")
	}
	if s.ItemProcessor == nil {
		c.addf(at, s, "has no ItemProcessor")
		return
	}
	switch config := s.ItemProcessor.ProcessorConfig; config {
	case ProcessorConfig{Mode: "INLINE"}:
		c.inline(at, s)
	case ProcessorConfig{Mode: "DISTRIBUTED", ExecutionType: "STANDARD"}:
		c.distributed(at, s)
	default:
		c.addf(at, s, "ProcessorConfig is %q %q, want INLINE or DISTRIBUTED STANDARD", config.Mode, config.ExecutionType)
	}
}

func (c *checker) inline(at string, s *State) {
	if s.ItemsPath == "" || s.ItemReader != nil || s.Label != "" {
		c.addf(at, s, "an inline map has ItemsPath and neither ItemReader nor Label")
	}
	if s.MaxConcurrency > MaxInline {
		c.addf(at, s, "MaxConcurrency is over %d, the most an inline map has", MaxInline)
	}
}

func (c *checker) distributed(at string, s *State) {
	if s.ItemsPath != "" || s.ItemReader == nil {
		c.addf(at, s, "a distributed map has ItemReader and no ItemsPath")
		return
	}
	if r := s.ItemReader; r.Resource != ReadObject || r.ReaderConfig.InputType != "JSON" {
		c.addf(at, s, "ItemReader reads %q as %q, want a JSON array by %s", r.Resource, r.ReaderConfig.InputType, ReadObject)
	}
	for _, p := range []Path{s.ItemReader.Parameters.Bucket, s.ItemReader.Parameters.Key} {
		if !p.Valid() {
			c.addf(at, s, "ItemReader: Bucket.$ or Key.$ %s is not a reference path", p)
		}
	}
	if s.Label == "" {
		return
	}
	if !label.MatchString(s.Label) || utf8.RuneCountInString(s.Label) > MaxLabel {
		c.addf(at, s, "Label is not %d letters and digits at most", MaxLabel)
	}
	if other, taken := c.labels[s.Label]; taken {
		c.addf(at, s, "Label is taken by %s", other)
	}
	c.labels[s.Label] = at
}
