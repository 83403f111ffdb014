package dir

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// storedVersion is one file in an object's folder. n is the number of the put that made it the newest.
type storedVersion struct {
	path    string
	version string
	n       uint64
}

// storedVersions are the versions of one object, the newest last.
type storedVersions []storedVersion

// versionsIn reads an object's folder. One that is not there has no versions.
func versionsIn(folder string) (storedVersions, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var versions storedVersions
	for _, e := range entries {
		number, version, _ := strings.Cut(e.Name(), "-")
		if n, err := strconv.ParseUint(number, 10, 64); err == nil {
			versions = append(versions, storedVersion{filepath.Join(folder, e.Name()), version, n})
		}
	}
	slices.SortFunc(versions, func(a, b storedVersion) int { return cmp.Compare(a.n, b.n) })
	return versions, nil
}

func (s storedVersions) find(version string) *storedVersion {
	i := slices.IndexFunc(s, func(v storedVersion) bool { return v.version == version })
	if i < 0 {
		return nil
	}
	return &s[i]
}

// endWith reports whether version is the newest.
func (s storedVersions) endWith(version string) bool {
	return len(s) > 0 && s[len(s)-1].version == version
}

// next gives the file name with which version becomes the newest.
func (s storedVersions) next(version string) string {
	n := uint64(1)
	if len(s) > 0 {
		n = s[len(s)-1].n + 1
	}
	return fmt.Sprintf("%08d-%s", n, version)
}
