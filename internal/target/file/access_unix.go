//go:build unix

package file

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// mayWrite asks the system whether files can be made in a folder, without making one.
func mayWrite(folder string) error {
	if err := unix.Access(folder, unix.W_OK|unix.X_OK); err != nil {
		return &fs.PathError{Op: "write to", Path: folder, Err: err}
	}
	return nil
}
