// Package catalog reads, checks and compiles the description of a domain model: components with their collections,
// schemas and references, the rules that staged data must keep, what is counted, and what is generated.
//
// A catalog is data: a folder with catalog.yaml, JSON Schemas (draft 2020-12) and lookup lists. [Check] finds every fault
// in it, with file, line and column. [Open] compiles it; a [Catalog] is immutable and may be used by many goroutines.
//
// # Places
//
// A path leads from a value to values inside it: addresses[].countryCode is the countryCode of each element of
// addresses. A place is a collection and a path: counterparties.addresses[].countryCode. $money stands for every place
// whose schema refers to the definition named money, in every collection.
//
// # Rules
//
// A rule has a code, a message and checks. A check looks at each value found on its places and says either what must
// hold (a CEL expression) or what must be unique. Expressions see the value as `this`, its record as `record`, the
// day as `today` and each lookup list under its own name. They are typed by the schemas, so that a misspelt field
// is found when the catalog is read. Every number is an exact decimal; a date, date-time or UUID is a string, a UUID in
// lower case.
//
// Null and an empty list count as absent. An expression that reads an absent value, or looks up a key that its list does
// not have, says nothing: the check is skipped. An absent object has no fields, so has(this.a.b) is safe.
package catalog
