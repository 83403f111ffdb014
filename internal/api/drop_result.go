package api

import (
	"unicode/utf8"

	"landfall/internal/migrate"
)

// RejectedRecord is a record that could not be staged (CONTRACT 10.2).
type RejectedRecord struct {
	Line      int64                `json:"line"`
	Offset    int64                `json:"byteOffset"`
	ID        *migrate.ReferenceID `json:"referenceId"`
	Length    int64                `json:"byteLength"`
	Record    string               `json:"record,omitempty"`       // as offered, if the drop is kept
	Base64    []byte               `json:"recordBase64,omitempty"` // instead, if it is not UTF-8
	Truncated bool                 `json:"recordTruncated,omitempty"`
	Errors    []RecordFault        `json:"errors"`
}

// RecordFault is one fault of a record at load. Its message is a code.
type RecordFault struct {
	Field   string            `json:"field"`
	Message migrate.FaultCode `json:"message"`
}

func recordFaults(faults []migrate.Fault) []RecordFault {
	list := make([]RecordFault, len(faults))
	for i, f := range faults {
		list[i] = RecordFault{f.Field, f.Code}
	}
	return list
}

// rejectedView shows a rejection. before is the number of line feeds before its ledger row, text the record as offered.
func rejectedView(r migrate.Rejection, before int64, text []byte) RejectedRecord {
	v := RejectedRecord{Line: 1 + before + r.Line, Offset: r.Offset, Length: r.Length, Truncated: r.Partial,
		Errors: recordFaults(r.Faults), ID: idOrNull(r.ID)}
	if utf8.Valid(text) {
		v.Record = string(text)
	} else {
		v.Base64 = text
	}
	return v
}

func idOrNull(id migrate.ReferenceID) *migrate.ReferenceID {
	if id.IsZero() {
		return nil
	}
	return &id
}

// DuplicateRecord is an accepted record that created no entity.
type DuplicateRecord struct {
	Line    int64               `json:"line"`
	Offset  int64               `json:"byteOffset"`
	ID      migrate.ReferenceID `json:"referenceId"`
	Outcome migrate.Outcome     `json:"outcome"`
	Differs bool                `json:"contentDiffers"`
	Other   RecordPlace         `json:"other"` // the record it was compared with
}

// RecordPlace says where a record is.
type RecordPlace struct {
	Drop   migrate.DropID `json:"dropId"`
	Offset int64          `json:"byteOffset"`
}

func duplicateView(d migrate.Duplicate, before int64, other migrate.DropID) DuplicateRecord {
	return DuplicateRecord{Line: 1 + before + d.Line, Offset: d.Offset, ID: d.ID, Outcome: d.Outcome, Differs: d.Differs,
		Other: RecordPlace{other, d.Other.Offset}}
}
