package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"landfall/internal/migrate"
)

const (
	partCount = 16
	newSuffix = ".new" // of a part that is being written anew
)

// partOf gives the part that an id belongs to, now and for ever.
func partOf(id migrate.ReferenceID) int { return migrate.BucketOf(id, partCount) }

// partPath gives the file of a part.
func partPath(folder string, m migrate.MigrationID, part int) string {
	return filepath.Join(folder, string(m), fmt.Sprintf("part-%03d.jsonl", part))
}

// component gives the folder of a tenant's component. Tenants cannot meet: no component has an @ in its name.
func (t *Target) component(tenant migrate.TenantID, c migrate.ComponentName) (string, error) {
	if !isName(string(tenant)) || !isName(string(c)) {
		return "", migrate.Errorf(migrate.Invalid, "finding live data", "tenant %q or component %q cannot name a folder", tenant, c)
	}
	if tenant == migrate.LocalTenant {
		return filepath.Join(t.dir, string(c)), nil
	}
	return filepath.Join(t.dir, string(tenant)+"@", string(c)), nil
}

// collection gives the folder of a tenant's collection, which has one folder for each migration.
func (t *Target) collection(tenant migrate.TenantID, c migrate.ComponentName, name migrate.CollectionName) (string, error) {
	folder, err := t.component(tenant, c)
	if err == nil && !isName(string(name)) {
		err = migrate.Errorf(migrate.Invalid, "finding live data", "collection %q cannot name a folder", name)
	}
	return filepath.Join(folder, string(name)), err
}

// checkMigration refuses a migration that cannot name a folder.
func checkMigration(m migrate.MigrationID) error {
	if !isName(string(m)) {
		return migrate.Errorf(migrate.Invalid, "finding live data", "migration %q cannot name a folder", m)
	}
	return nil
}

// isName reports whether s can name a folder that is ours: no path, not hidden, not a tenant's.
func isName(s string) bool {
	return s != "" && len(s) <= 200 && s[0] != '.' && !strings.ContainsAny(s, "/\\@\x00")
}

// subfolders gives the names of our folders in a folder, in byte order; one that is not there has none.
func subfolders(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && isName(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, err
}
