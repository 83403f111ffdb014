package records_test

import (
	"strings"
	"testing"

	"landfall/internal/records"
)

// record is a whole record in a table; line counts from zero.
func record(text string, offset, line int64) records.Record {
	return records.Record{Bytes: []byte(text), Offset: offset, Line: line, Length: int64(len(text))}
}

// long is a record over the limit.
func long(head string, offset, line, length int64) records.Record {
	return records.Record{Bytes: []byte(head), Offset: offset, Line: line, Length: length, TooLong: true}
}

// truncated and unframed mark a text of a sequence.
func truncated(r records.Record) records.Record { r.Truncated = true; return r }
func unframed(r records.Record) records.Record  { r.Unframed = true; return r }

// list spares the tables a type.
func list(r ...records.Record) []records.Record { return r }

// objects are whole objects and what reading them from end to end yields, with a limit of 8 bytes.
var objects = []struct {
	name   string
	format records.Format
	data   string
	want   []records.Record
	blank  int64
}{
	{name: "Empty"},
	{name: "OneLine", data: "{}\n", want: list(record("{}", 0, 0))},
	{name: "LastLineWithoutLF", data: "1\n2", want: list(record("1", 0, 0), record("2", 2, 1))},
	{name: "FinalLFMakesNoRecord", data: "1\n2\n", want: list(record("1", 0, 0), record("2", 2, 1))},
	{name: "CRLF", data: "1\r\n2\r\n", want: list(record("1", 0, 0), record("2", 3, 1))},
	{name: "OneCRGoesWithLF", data: "1\r\r\n2\r", want: list(record("1\r", 0, 0), record("2", 4, 1))},
	{name: "CRAloneSeparatesNothing", data: "1\r2\n", want: list(record("1\r2", 0, 0))},
	{name: "WhiteSpaceStaysInLine", data: " 1\t\n", want: list(record(" 1\t", 0, 0))},
	{name: "BlankLines", data: "\n \n1\n\t\r\n\n2", want: list(record("1", 3, 2), record("2", 9, 5)), blank: 4},
	{name: "BlankLastLine", data: "1\n \r", want: list(record("1", 0, 0)), blank: 1},
	{name: "LoneLF", data: "\n", blank: 1},
	{name: "Mark", data: "\xef\xbb\xbf1\n2", want: list(record("1", 3, 0), record("2", 5, 1))},
	{name: "MarkAlone", data: "\xef\xbb\xbf"},
	{name: "MarkOnBlankLine", data: "\xef\xbb\xbf\n1", want: list(record("1", 4, 1)), blank: 1},
	{name: "MarkLaterStays", data: "\n\xef\xbb\xbf1", want: list(record("\xef\xbb\xbf1", 1, 1)), blank: 1},
	{name: "SecondMarkStays", data: "\xef\xbb\xbf\xef\xbb\xbf1", want: list(record("\xef\xbb\xbf1", 3, 0))},
	{name: "HalfMarkStays", data: "\xef\xbb\n", want: list(record("\xef\xbb", 0, 0))},
	{name: "NULAndRSAreBytes", data: "\x00\n\x1e\n", want: list(record("\x00", 0, 0), record("\x1e", 2, 1))},
	{name: "LongestPermitted", data: "12345678\r\n1", want: list(record("12345678", 0, 0), record("1", 10, 1))},
	{name: "OneByteMore", data: "123456789\n1", want: list(long("12345678", 0, 0, 9), record("1", 10, 1))},
	{name: "MarkCountsForNothing", data: "\xef\xbb\xbf12345678", want: list(record("12345678", 3, 0))},
	{name: "LongerThanTheBuffer", data: strings.Repeat("x", 50) + "\r\n1",
		want: list(long("xxxxxxxx", 0, 0, 50), record("1", 52, 1))},
	{name: "LongBlankLine", data: strings.Repeat(" ", 50) + "\n1", want: list(record("1", 51, 1)), blank: 1},
	{name: "LongForItsSpaces", data: "1" + strings.Repeat(" ", 50), want: list(long("1       ", 0, 0, 51))},

	{name: "EmptySequence", format: records.JSONSequence},
	{name: "Texts", format: records.JSONSequence, data: "\x1e{}\n\x1e[]\n",
		want: list(record("{}", 1, 0), record("[]", 5, 1))},
	{name: "TextOverLines", format: records.JSONSequence, data: "\x1e{\n\n}\n\x1e1\n",
		want: list(record("{\n\n}", 1, 0), record("1", 7, 3))},
	{name: "OffsetAndLineOfTheTextItself", format: records.JSONSequence, data: "\x1e\n \r\n1 \n",
		want: list(record("1", 5, 2))},
	{name: "NothingBetweenRS", format: records.JSONSequence, data: "\x1e\x1e \n\x1e1\n\x1e", want: list(record("1", 5, 1))},
	{name: "TruncatedByRS", format: records.JSONSequence, data: "\x1e1\x1e2 ",
		want: list(truncated(record("1", 1, 0)), record("2", 3, 0))},
	{name: "TruncatedByTheEnd", format: records.JSONSequence, data: "\x1etru", want: list(truncated(record("tru", 1, 0)))},
	{name: "BeforeTheFirstRS", format: records.JSONSequence, data: "\n1\n\x1e2\n",
		want: list(unframed(record("1", 1, 1)), record("2", 4, 2))},
	{name: "NoRSAtAll", format: records.JSONSequence, data: "{}\n{}\n", want: list(unframed(record("{}\n{}", 0, 0)))},
	{name: "SpaceBeforeTheFirstRS", format: records.JSONSequence, data: " \n\x1e1\n", want: list(record("1", 3, 1))},
	{name: "MarkBeforeTheFirstRS", format: records.JSONSequence, data: "\xef\xbb\xbf\x1e1\n", want: list(record("1", 4, 0))},
	{name: "MarkLaterStaysInText", format: records.JSONSequence, data: "\x1e\xef\xbb\xbf1\n",
		want: list(record("\xef\xbb\xbf1", 1, 0))},
	{name: "NULInText", format: records.JSONSequence, data: "\x1e\x00\n", want: list(record("\x00", 1, 0))},
	{name: "LongestPermittedAmidSpace", format: records.JSONSequence,
		data: "\x1e" + strings.Repeat("\n", 50) + "12345678" + strings.Repeat(" ", 50) + "\x1e1\n",
		want: list(record("12345678", 51, 50), record("1", 110, 50))},
	{name: "LongText", format: records.JSONSequence, data: "\x1e1" + strings.Repeat("\n", 50) + "2\x1e3\n",
		want: list(truncated(long("1\n\n\n\n\n\n\n", 1, 0, 52)), record("3", 54, 50))},
}

func TestScanner(t *testing.T) {
	t.Parallel()
	for _, tt := range objects {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data := []byte(tt.data)
			o := records.Options{Format: tt.format, MaxRecord: 8, BufferSize: 4}
			want := books{Records: tt.want, Pos: int64(len(data)), Newlines: lines(data, 0, everything), Blank: tt.blank}
			if d := diff(want, mustScan(t, data, 0, everything, o)); d != "" {
				t.Errorf("scanning %q (-want +got):\n%s", data, d)
			}
			if d := diff(want, owned(data, reference(data, o), 0, everything)); d != "" {
				t.Errorf("the reference splits %q (-want +got):\n%s", data, d)
			}
		})
	}
}
