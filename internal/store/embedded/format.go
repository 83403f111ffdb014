package embedded

import (
	"encoding/json"
	"io"

	"github.com/cockroachdb/pebble/v2/vfs"

	"landfall/internal/migrate"
)

const (
	formatVersion = 1 // raised by a change that an older program would misread
	formatFile    = "FORMAT.json"
)

// format says how a folder is laid out and who wrote it.
type format struct {
	Version int    `json:"format"`
	Program string `json:"program,omitempty"`
}

// checkFormat refuses a folder of another format; a new folder gets the present one. It comes before Pebble, which could
// not say whose folder it is. A crash leaves the file whole or absent, and then the folder is empty.
func checkFormat(fs vfs.FS, dir, program string) error {
	const op = "checking the format of the store"
	raw, found, err := readFile(fs, fs.PathJoin(dir, formatFile))
	if err != nil {
		return err
	}
	if !found {
		return writeFormat(fs, dir, format{formatVersion, program})
	}
	var f format
	if err := json.Unmarshal(raw, &f); err != nil {
		return migrate.Errorf(migrate.Internal, op, "%q is damaged: %s does not parse", dir, formatFile)
	}
	if f.Program == "" {
		f.Program = "a program of unknown version"
	}
	if f.Version != formatVersion {
		return migrate.Errorf(migrate.WrongState, op,
			"%q has format %d, written by %s; this program reads format %d", dir, f.Version, f.Program, formatVersion)
	}
	return nil
}

func writeFormat(fs vfs.FS, dir string, f format) error {
	raw, err := json.Marshal(f)
	if err != nil {
		return err
	}
	path := fs.PathJoin(dir, formatFile)
	if err := writeFile(fs, path+".new", raw); err != nil {
		return err
	}
	if err := fs.Rename(path+".new", path); err != nil {
		return err
	}
	return syncDir(fs, dir)
}

func readFile(fs vfs.FS, path string) ([]byte, bool, error) {
	if _, err := fs.Stat(path); err != nil {
		return nil, false, ignoreNotExist(err)
	}
	f, err := fs.Open(path)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	return raw, true, err
}

func writeFile(fs vfs.FS, path string, b []byte) error {
	f, err := fs.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

func syncDir(fs vfs.FS, dir string) error {
	d, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
