// Command landfall may exit, and set up what the process has one of.
package main

import (
	"flag"
	"os"
)

func main() {
	flag.Usage = nil
	os.Exit(1)
}
