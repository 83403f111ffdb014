package records_test

import (
	"fmt"
	"strings"

	"landfall/internal/records"
)

// Two ranges of one object, cut in the middle of its second line. The second could be read first, or on another machine:
// only the line numbers wait for the count of the range before.
func ExampleScanner() {
	const object = "{\"a\":1}\n{\"a\":2}\n\n{\"a\":3}\n"
	lines := int64(1)
	for _, bounds := range [][2]int64{{0, 10}, {10, 25}} {
		from, to := bounds[0], bounds[1]
		s := records.NewScanner(strings.NewReader(object[records.ReadFrom(from):]), from, to, records.Options{})
		for s.Scan() {
			r := s.Record()
			fmt.Printf("[%d,%d) line %d, offset %d: %s\n", from, to, lines+r.Line, r.Offset, r.Bytes)
		}
		lines += s.Newlines()
	}
	// Output:
	// [0,10) line 1, offset 0: {"a":1}
	// [0,10) line 2, offset 8: {"a":2}
	// [10,25) line 4, offset 17: {"a":3}
}
