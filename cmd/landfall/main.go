// Command landfall moves an organisation's data into a new platform and shows that nothing was lost.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

// Exit codes. Scripts depend on them.
const (
	exitOK          = 0
	exitUsage       = 1
	exitInvalid     = 2
	exitNotImported = 3
	exitCancelled   = 4
	exitInterrupted = 130
)

const exitHelp = `
Exit codes:
  0    completed, and the books balance
  1    wrong usage or environment
  2    validation found errors (or --strict met a rejected line); nothing was imported
  3    not everything was imported, or the books do not balance
  4    the migration was cancelled
  130  interrupted; the same command goes on where it stopped
`

// exitError ends the program with a code. Its text, if any, was not printed yet.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

// memoryLimit is what the Go heap is kept under if it can be: with what the store keeps beside it, a run stays under
// 400 MB resident at any size of a drop. GOMEMLIMIT overrides it.
const memoryLimit = 180 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// execute runs one command line and gives its exit code.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	code := exitUsage
	var exit *exitError
	if errors.As(err, &exit) {
		code = exit.code
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(stderr, "landfall: "+text)
	}
	return code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "landfall",
		Short: "Moves an organisation's data into a new platform and shows that nothing was lost",
		Long: `Landfall stages JSON Lines apart from live data, validates them as often as needed, imports them in parallel,
counts both sides and balances the books: every line that was offered is accounted for.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version,
	}
	root.AddCommand(newRun(), newServe(), newCatalog(), newGenerate(), newVersion())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w\nsee '%s --help'", err, c.CommandPath())
	})
	return root
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Prints the version", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), "landfall "+version)
			return err
		},
	}
}
