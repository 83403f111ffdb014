package api

import "landfall/internal/migrate"

// LogEntry is how an entry of the log shows itself: exactly these members (CONTRACT 3.6).
type LogEntry struct {
	Component          migrate.ComponentName `json:"component"`
	EntityReferenceIDs []migrate.ReferenceID `json:"entityReferenceIds"`
	Action             migrate.Action        `json:"action"`
	Timestamp          Time                  `json:"timestamp"`
	Level              migrate.LogLevel      `json:"logLevel"`
	Message            string                `json:"message"`
}

// LogEntryView shows an entry.
func LogEntryView(e migrate.LogEntry) LogEntry {
	return LogEntry{e.Component, append([]migrate.ReferenceID{}, e.EntityReferenceIDs...), e.Action, Time(e.Timestamp), e.Level, e.Message}
}
