package asl

import "encoding/json"

// Machine is one definition: the outermost scope and what holds for an execution as a whole.
type Machine struct {
	// Name is the name of the file without its extensions.
	Name string `json:"-"`

	// Comment is one sentence that says what the machine does; the documentation opens with it.
	Comment string

	// TimeoutSeconds is how long an execution may take before it fails with States.Timeout.
	TimeoutSeconds int

	Scope

	file string
	size int
}

// Scope is a set of states that lead to one another and to none outside: the machine itself, what a map does
// with one item, or a branch.
type Scope struct {
	// StartAt names the state that is entered first.
	StartAt string

	// States holds the states by name. A name occurs once in the whole machine.
	States map[string]*State
}

// State is one state of any type. The tag asl lists the types that may have a field; without it all may.
// Zero means absent, and the default of the language then holds.
type State struct {
	Type    string
	Comment string

	InputPath  Path            `asl:"Task Map Parallel Pass Wait Choice Succeed"`
	Parameters json.RawMessage `asl:"Task Parallel Pass"`
	ResultPath Path            `asl:"Task Map Parallel Pass"`
	OutputPath Path            `asl:"Task Map Parallel Pass Wait Choice Succeed"`

	Retry []Retrier `asl:"Task Map Parallel"`
	Catch []Catcher `asl:"Task Map Parallel"`
	Next  string    `asl:"Task Map Parallel Pass Wait"`
	End   bool      `asl:"Task Map Parallel Pass Wait"`

	Resource       string `asl:"Task"`
	TimeoutSeconds int    `asl:"Task"`

	ItemsPath          Path           `asl:"Map"`
	ItemReader         *ItemReader    `asl:"Map"`
	ItemProcessor      *ItemProcessor `asl:"Map"`
	MaxConcurrency     int            `asl:"Map"`
	MaxConcurrencyPath Path           `asl:"Map"`
	Label              string         `asl:"Map"`

	Branches []Scope `asl:"Parallel"`

	Choices []Rule `asl:"Choice"`
	Default string `asl:"Choice"`

	Seconds     int  `asl:"Wait"`
	SecondsPath Path `asl:"Wait"`

	Result json.RawMessage `asl:"Pass"`

	Error string `asl:"Fail"`
	Cause string `asl:"Fail"`

	line int
}

// The types of State.
const (
	Task     = "Task"
	Map      = "Map"
	Parallel = "Parallel"
	Choice   = "Choice"
	Wait     = "Wait"
	Pass     = "Pass"
	Succeed  = "Succeed"
	Fail     = "Fail"
)

// Scopes returns the scopes inside the state: a map's one, a parallel's branches, otherwise none.
func (s *State) Scopes() []*Scope {
	if s.ItemProcessor != nil {
		return []*Scope{&s.ItemProcessor.Scope}
	}
	var scopes []*Scope
	for i := range s.Branches {
		scopes = append(scopes, &s.Branches[i])
	}
	return scopes
}

// Distributed reports whether the state is a map whose items come from a manifest and run as executions of
// their own.
func (s *State) Distributed() bool {
	return s.ItemProcessor != nil && s.ItemProcessor.ProcessorConfig.Mode == "DISTRIBUTED"
}

// ItemProcessor is what a map does with each item.
type ItemProcessor struct {
	ProcessorConfig ProcessorConfig
	Scope
}

// ProcessorConfig says where the items of a map are processed: INLINE, in the execution itself, or
// DISTRIBUTED, each in a STANDARD execution of its own.
type ProcessorConfig struct {
	Mode          string
	ExecutionType string
}

// ReadObject is the only Resource of an ItemReader: the manifest is one object in a bucket.
const ReadObject = "arn:aws:states:::s3:getObject"

// ItemReader says where the manifest of a distributed map lies.
type ItemReader struct {
	Resource     string
	ReaderConfig ReaderConfig
	Parameters   ManifestPaths
}

// ReaderConfig is always JSON: the manifest is one JSON array.
type ReaderConfig struct {
	InputType string
}

// ManifestPaths address the place of the manifest in the map's input.
type ManifestPaths struct {
	Bucket Path `json:"Bucket.$"`
	Key    Path `json:"Key.$"`
}
