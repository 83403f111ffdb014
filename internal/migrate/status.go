package migrate

// StagingStatus is about validation, not loading.
type StagingStatus string

// The staging statuses.
const (
	StagingPending           StagingStatus = "Pending"           // not validated
	StagingInProgress        StagingStatus = "InProgress"        // being validated
	StagingValidationFailure StagingStatus = "ValidationFailure" // data is faulty
	StagingTechnicalFailure  StagingStatus = "TechnicalFailure"  // the check could not be done
	StagingCompleted         StagingStatus = "Completed"         // all passed, ready for import
)

// ImportStatus says how far a component's import is.
type ImportStatus string

// The import statuses.
const (
	ImportPending          ImportStatus = "Pending"
	ImportInProgress       ImportStatus = "InProgress"
	ImportTechnicalFailure ImportStatus = "TechnicalFailure" // not everything could be imported
	ImportCompleted        ImportStatus = "Completed"        // everything is
)

// Activity says whether a migration is under way.
type Activity string

// The activities, in the spelling of the public contract.
const (
	Active    Activity = "Active"
	Completed Activity = "Completed"
	Cancelled Activity = "Cancelled"
)

// Event is what moves a component's status. The tables below are the product's state machines; docs/architecture.md
// draws them from here.
type Event string

// The events.
const (
	ValidationStarts   Event = "validation starts"
	ValidationPasses   Event = "ends without issues"
	ValidationFindsBad Event = "ends with issues"
	CheckUnfinished    Event = "check not finished"
	DataChanged        Event = "staged data changed"
	ImportStarts       Event = "import starts"
	AllImported        Event = "all imported, books balance"
	NotAllImported     Event = "an entity failed, or books differ"
	CancelRequested    Event = "cancel"
)

// StagingTransitions gives, for each status and event, the status that follows. An event that is not listed for a
// status leaves it. "Staged data changed" is derived from the revision, not stored.
var StagingTransitions = map[StagingStatus]map[Event]StagingStatus{
	StagingPending: {ValidationStarts: StagingInProgress},
	StagingInProgress: {
		ValidationPasses: StagingCompleted, ValidationFindsBad: StagingValidationFailure,
		CheckUnfinished: StagingTechnicalFailure, DataChanged: StagingPending, CancelRequested: StagingPending,
	},
	StagingValidationFailure: {ValidationStarts: StagingInProgress, DataChanged: StagingPending},
	StagingTechnicalFailure:  {ValidationStarts: StagingInProgress, DataChanged: StagingPending},
	StagingCompleted:         {ValidationStarts: StagingInProgress, DataChanged: StagingPending},
}

// ImportTransitions does the same for the import status.
var ImportTransitions = map[ImportStatus]map[Event]ImportStatus{
	ImportPending: {ImportStarts: ImportInProgress},
	ImportInProgress: {
		AllImported: ImportCompleted, NotAllImported: ImportTechnicalFailure, CancelRequested: ImportTechnicalFailure,
	},
	ImportTechnicalFailure: {ImportStarts: ImportInProgress},
	ImportCompleted:        {DataChanged: ImportPending},
}

func (s StagingStatus) after(e Event) StagingStatus {
	if next, ok := StagingTransitions[s][e]; ok {
		return next
	}
	return s
}

func (s ImportStatus) after(e Event) ImportStatus {
	if next, ok := ImportTransitions[s][e]; ok {
		return next
	}
	return s
}

// Status is a migration as its users see it (CONTRACT 3.1): statuses and numbers, derived from the row and the tallies.
type Status struct {
	ID            MigrationID
	StagingStatus StagingStatus
	ImportStatus  ImportStatus
	Staged        int64 // distinct entities staged now
	Imported      int64 // entities whose staged content this migration has written to the target
	Activity      Activity
	Components    []ComponentStatus
}

// ComponentStatus is one component's part of a Status.
type ComponentStatus struct {
	Component     ComponentName
	StagingStatus StagingStatus
	ImportStatus  ImportStatus
	Staged        int64
	Imported      int64
}

// StatusOf derives the status of m. imported gives the number of imported entities per component.
func StatusOf(m Migration, tallies map[ComponentName]Tally, imported map[ComponentName]int64) Status {
	s := Status{ID: m.ID, Activity: m.Activity}
	total := TotalRevision(tallies)
	for _, c := range m.Components {
		tally := tallies[c.Name]
		cs := ComponentStatus{
			Component: c.Name, Staged: tally.Staged(), Imported: imported[c.Name],
			StagingStatus: c.stagingStatus(tally.Revision, total), ImportStatus: c.importStatus(tally.Revision),
		}
		s.Components = append(s.Components, cs)
		s.Staged += cs.Staged
		s.Imported += cs.Imported
	}
	s.StagingStatus, s.ImportStatus = s.aggregate()
	return s
}

// TotalRevision sums the revisions of all components.
func TotalRevision(tallies map[ComponentName]Tally) int64 {
	var total int64
	for _, t := range tallies {
		total += t.Revision
	}
	return total
}

// stagingStatus applies DataChanged when the revision moved since the verdict was reached. A passed validation lapses
// with a change in any component, because references cross components. While a validation runs it stays InProgress.
func (c Component) stagingStatus(revision, total int64) StagingStatus {
	v := c.Validation
	changed := v.Revision != revision || (v.Status == StagingCompleted && v.TotalRevision != total)
	if changed && v.Status != StagingInProgress {
		return v.Status.after(DataChanged)
	}
	return v.Status
}

func (c Component) importStatus(revision int64) ImportStatus {
	if c.Import.Revision != revision && c.Import.Status == ImportCompleted {
		return c.Import.Status.after(DataChanged)
	}
	return c.Import.Status
}

// aggregate gives the first of InProgress, TechnicalFailure, ValidationFailure, Pending that any component has, else
// Completed (CONTRACT 2.4).
func (s Status) aggregate() (StagingStatus, ImportStatus) {
	staging, imports := StagingCompleted, ImportCompleted
	for _, st := range []StagingStatus{StagingPending, StagingValidationFailure, StagingTechnicalFailure, StagingInProgress} {
		for _, c := range s.Components {
			if c.StagingStatus == st {
				staging = st
			}
		}
	}
	for _, st := range []ImportStatus{ImportPending, ImportTechnicalFailure, ImportInProgress} {
		for _, c := range s.Components {
			if c.ImportStatus == st {
				imports = st
			}
		}
	}
	return staging, imports
}
