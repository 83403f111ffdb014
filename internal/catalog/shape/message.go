package shape

import (
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"landfall/internal/migrate"
)

// What people read beside a code. Messages speak of the schema, never of the value; a Checker and a Reference word the
// same fault alike.
const (
	isRequired     = "is required"
	isUnknown      = "is not in the schema"
	isRepeated     = "occurs more than once in its object"
	isNoJSON       = "is not one JSON value in UTF-8"
	isNoID         = "must be a UUID with hyphens that is not nil"
	mustNotBeNull  = "must not be null"
	mustBeAnObject = "must be an object"
)

var typeMessages = map[string]string{
	"object":  mustBeAnObject,
	"array":   "must be an array",
	"string":  "must be a string",
	"number":  "must be a number",
	"integer": "must be a whole number",
	"boolean": "must be true or false",
}

var formatMessages = map[string]string{
	"uuid":      isNoID,
	"date":      "must be a date: yyyy-MM-dd",
	"date-time": "must be a date and time as in RFC 3339",
	"email":     "must be an e-mail address",
	"decimal":   "must have at most 18 digits before and 10 after the point",
}

// typeMessage names the type wanted of a value; of one that may have any type it says that null is none.
func typeMessage(k kind) string {
	for name, of := range kinds {
		if of == k {
			return typeMessages[name]
		}
	}
	return mustNotBeNull
}

func enumMessage(values []string) string {
	if len(values) == 1 {
		return "must be " + values[0]
	}
	if all := strings.Join(values, ", "); len(all) <= 200 {
		return "must be one of " + all
	}
	return fmt.Sprintf("must be one of %d values", len(values))
}

func patternMessage(p string) string { return "must match " + p }

func lengthMessage(bound string, n int, unit string) string {
	return fmt.Sprintf("must have at %s %d %s", bound, n, unit)
}

func limitMessage(bound string, limit *big.Rat) string {
	digits, _ := limit.FloatPrec()
	return "must be " + bound + " " + limit.FloatString(digits)
}

// maxField bounds a field: a record of one huge name around many faults must not be answered with gigabytes.
const maxField = 1 << 10

// clipField cuts a path to maxField bytes, between two code points.
func clipField(path []byte) string {
	if len(path) <= maxField {
		return string(path)
	}
	end := maxField
	for !utf8.RuneStart(path[end]) {
		end--
	}
	return string(path[:end])
}

// noJSON gives the only fault of a record that is no JSON; field is "" or the member whose name is repeated.
func noJSON(field string) migrate.Fault {
	message := isNoJSON
	if field != "" {
		message = isRepeated
	}
	return migrate.Fault{Field: field, Code: migrate.InvalidJSON, Message: message}
}
