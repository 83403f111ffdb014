package api

import "time"

// Time is a date-time as it is written everywhere: UTC, three fraction digits, Z.
type Time time.Time

// MarshalText gives 2026-03-07T21:04:11.352Z.
func (t Time) MarshalText() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z"), nil
}

// UnmarshalText reads any RFC 3339 date-time.
func (t *Time) UnmarshalText(text []byte) error { return (*time.Time)(t).UnmarshalText(text) }

// timeOrNull is null for what has not happened.
func timeOrNull(t time.Time) *Time {
	if t.IsZero() {
		return nil
	}
	return (*Time)(&t)
}
