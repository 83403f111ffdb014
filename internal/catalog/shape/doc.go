// Package shape checks one raw JSON record against a JSON Schema in a single pass over its bytes. It builds no values
// and allocates nothing for a good record: it is the hot path of staging.
//
// Compile takes a subset of draft 2020-12:
//
//   - type, with one name; every schema with assertions has one, its own or that of its $ref
//   - objects: properties, required, additionalProperties: true, and allOf of
//     {if: {properties: {m: {const: "v"}}, required: [m]}, then: {required: [...]}}, where required in if is optional:
//     without it the condition also holds when m is absent, as the draft says
//   - arrays: items, minItems, maxItems
//   - strings: enum, const, pattern (RE2, not anchored), minLength, maxLength (code points) and the formats uuid (not
//     nil), date, date-time (RFC 3339, at most nine fraction digits, no second 60) and email (one @, a dotted domain)
//   - numbers: minimum, maximum, exclusiveMinimum, exclusiveMaximum, compared digit by digit, and the format decimal
//     (by value at most 18 digits before and 10 after the point)
//   - $ref to a JSON pointer in the same file ("#/$defs/x") or in one beside it ("other.schema.json#/$defs/x"), with
//     further assertions beside it if it leads to a string, number or boolean
//   - $defs; title, description, $schema, $id at the root, $comment, examples, default and names beginning "x-" say
//     nothing
//
// A Reference reads any schema of the draft, is some hundred times slower, and gives the same results where both can be
// used. It serves the schemas that Compile refuses, and as the oracle of the tests.
//
// Three rules go beyond the draft. Null is absent: a member that is null is not there, and no element of a described
// array may be null. A value of the wrong type has that one fault and no other. The id member is always required, and
// whatever is wrong with it is INVALID_REFERENCE_ID.
package shape
