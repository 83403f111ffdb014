package migrate

import (
	"cmp"
	"slices"
)

// FaultCode names what is wrong with a record or an entity, in upper snake case. Codes are append-only.
type FaultCode string

// Codes of records refused at load (CONTRACT 4.2). Codes found by validation come from the catalog's rules.
const (
	MissingRequiredField FaultCode = "MISSING_REQUIRED_FIELD" // a required member is absent or null
	InvalidReferenceID   FaultCode = "INVALID_REFERENCE_ID"   // referenceId is there, but not usable
	InvalidJSON          FaultCode = "INVALID_JSON"           // malformed, or a member name repeated (field names it)
	InvalidType          FaultCode = "INVALID_TYPE"           // wrong JSON type; field "" for a record that is no object
	InvalidFormat        FaultCode = "INVALID_FORMAT"         // right type, wrong form
	InvalidValue         FaultCode = "INVALID_VALUE"          // outside an enumeration, range, length or number of items
	UnknownField         FaultCode = "UNKNOWN_FIELD"          // only with strict loading
	RecordTooLarge       FaultCode = "RECORD_TOO_LARGE"       // over the limit of one record
	MigrationIsCancelled FaultCode = "MIGRATION_CANCELLED"    // cancelled while the record was under way; not in the books
)

// Codes found by validation and import that no catalog declares.
const (
	ReferenceNotFound FaultCode = "REFERENCE_NOT_FOUND"
	AlreadyLive       FaultCode = "ALREADY_LIVE"
	StagedDataChanged FaultCode = "STAGED_DATA_CHANGED"
	CheckNotFinished  FaultCode = "CHECK_NOT_FINISHED"
	JobCancelled      FaultCode = "JOB_CANCELLED"
	ImportFailed      FaultCode = "IMPORT_FAILED"
	BooksDiffer       FaultCode = "BOOKS_DIFFER"
	RunFailed         FaultCode = "RUN_FAILED"
)

// MaxFaults is how many faults of one record are kept; the rest is left out (CONTRACT 1.7).
const MaxFaults = 100

// Fault is one thing wrong with one record: where, what, and for people why. Nothing of it holds a value of the record.
type Fault struct {
	Field   string    `json:"field"` // path with zero-based indexes: addresses[1].countryCode; "" is the whole record
	Code    FaultCode `json:"code"`
	Message string    `json:"message"`
}

// SortFaults orders faults by field, then code, drops repetitions and keeps at most MaxFaults.
func SortFaults(faults []Fault) []Fault {
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Code, b.Code))
	})
	faults = slices.CompactFunc(faults, func(a, b Fault) bool { return a.Field == b.Field && a.Code == b.Code })
	return faults[:min(len(faults), MaxFaults)]
}
