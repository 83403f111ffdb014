package records

// Record is one line of JSON Lines or one text of a sequence. Unless it is too long, Bytes are the object's bytes
// [Offset, Offset+Length).
type Record struct {
	// Bytes is the record without its separator: a line without LF and without one CR at its end, a text without RS and
	// without the white space around it. Of a record that is too long it is the first Options.MaxRecord bytes.
	// It is valid until the next call of Scan.
	Bytes []byte

	// Offset is where Bytes begins in the object. It can lie outside the range that owns the record: a byte-order mark, or
	// white space after RS, may reach past the range's end.
	Offset int64

	// Line is the number of LFs from the beginning of the range up to Offset.
	Line int64

	// Length is the whole length of the record, also of one that is too long.
	Length int64

	// TooLong says that Length exceeds Options.MaxRecord.
	TooLong bool

	// Truncated says that no white space follows the text of a sequence. A number, true, false or null may then have been
	// cut off (RFC 7464, section 2.4); objects, arrays and strings show their own end.
	Truncated bool

	// Unframed says that no RS precedes the text: it is what a sequence has before its first.
	Unframed bool
}
