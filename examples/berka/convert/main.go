// Convert turns the legacy extract of a bank, the eight tables of the Berka data set, into drops for Landfall.
//
//	go run ./examples/berka/convert [--source DIR] [--dirty] OUT
//
// It writes OUT/<Component>/<collection>/<name>.jsonl, one record per line, in the order of the source. The same
// source gives the same bytes, and a file that would not change is not touched. Nothing is guessed and nothing is
// left out in silence: an unknown code, a malformed value or a missing key ends the conversion with the file and the
// line it stands on, before any drop is published.
//
// There is one Go file for each source table. Each is the mapping of that table, from top to bottom.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	source := flag.String("source", "examples/berka/data", "`folder` of the extract (*.asc)")
	dirty := flag.Bool("dirty", false, "write a small, faulty slice of the bank instead of the whole")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: convert [--source DIR] [--dirty] OUT")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	write := writeBank
	if *dirty {
		write = writeDirty
	}
	if err := convert(*source, flag.Arg(0), write, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "convert:", err)
		os.Exit(1)
	}
}

// convert publishes what write makes of the source, all of it or, after an error, nothing.
func convert(source, dir string, write func(source string, out *drops) error, report io.Writer) error {
	out := newDrops(dir)
	defer out.discard()
	if err := write(source, out); err != nil {
		return err
	}
	return out.publish(report)
}
