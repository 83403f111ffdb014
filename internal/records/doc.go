// Package records splits JSON Lines and JSON text sequences (RFC 7464) into records, from the whole of an object or from
// any byte range of it, and frames records for writing. It knows bytes and separators; what a record means, and whether it
// is JSON at all, is for others to say.
//
// # Ownership
//
// A range [from,to) owns every record whose first byte lies in it. JSON Lines: the first byte of the line, which for the
// first line is byte 0, mark or no mark. Sequence: the byte after RS, whatever it is. So any tiling of an object gives each
// record to exactly one range, and the ranges can be read in any order, by anyone, without knowing each other. To find out
// whether a record begins at from, a scanner looks at the byte before it; to finish its last record it reads past to.
//
// Offsets are absolute. Line numbers are relative to the range, because only a reader of everything before it could know
// more: with n the sum of [Scanner.Newlines] over the ranges before, the absolute line is 1 + n + [Record.Line].
// Newlines and blank lines are counted by where they lie, so their sums over any tiling equal those of one sequential read.
//
// # What is a record
//
//   - A byte-order mark at offset 0 belongs to no record. Anywhere else it is part of one.
//   - JSON Lines: LF separates, a CR before it goes with it, any other CR is part of its line. A last line without LF is a
//     line like any other. A line of nothing but space, tab and CR is blank: counted, never returned.
//   - Sequence: RS (0x1E) begins a text, white space around it is dropped, and a text of nothing else is nothing. What
//     precedes the first RS is returned as one record, marked [Record.Unframed].
//   - A record over the limit is returned once, by its owner, with its beginning and its whole length.
//
// Memory is bounded by the limit and the buffer, however long the records, the blank lines or the white space.
package records
