package records

import "strconv"

// Format is a way of framing JSON texts in a stream of bytes.
type Format uint8

const (
	// JSONLines is one text per line, separated by LF.
	JSONLines Format = iota
	// JSONSequence is RFC 7464: each text is preceded by RS and followed by LF, and may span lines.
	JSONSequence
)

const (
	lineFeed        = '\n'
	recordSeparator = 0x1e
)

// ParseFormat returns the format that String names so: "jsonl" or "json-seq".
func ParseFormat(name string) (Format, bool) {
	for _, f := range []Format{JSONLines, JSONSequence} {
		if name == f.String() {
			return f, true
		}
	}
	return 0, false
}

// String returns the subtype of the format's media type.
func (f Format) String() string {
	switch f {
	case JSONLines:
		return "jsonl"
	case JSONSequence:
		return "json-seq"
	}
	return "Format(" + strconv.Itoa(int(f)) + ")"
}

// Append appends text to dst as one framed record: text and LF, in a sequence with RS before it. It does not
// look into text: one for JSON Lines must not contain LF, so it must not be pretty-printed.
func (f Format) Append(dst, text []byte) []byte {
	if f == JSONSequence {
		dst = append(dst, recordSeparator)
	}
	dst = append(dst, text...)
	return append(dst, lineFeed)
}

// separator is the byte after which a record begins.
func (f Format) separator() byte {
	if f == JSONSequence {
		return recordSeparator
	}
	return lineFeed
}
