// Package durable makes names on disk survive a loss of power: what a file driver needs besides syncing its files.
package durable

import (
	"os"
	"path/filepath"
)

// MakeFolder makes a folder and those around it. What it made survives a loss of power: a new folder is an entry of
// the one around it, which is synced.
func MakeFolder(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	if parent := filepath.Dir(path); parent != path {
		if err := MakeFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o755); err != nil && !os.IsExist(err) {
		return err
	}
	return SyncFolder(filepath.Dir(path))
}

// SyncFolder makes the names in a folder durable.
func SyncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
