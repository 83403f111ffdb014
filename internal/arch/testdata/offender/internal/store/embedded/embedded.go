// Package embedded is as it should be.
package embedded

import (
	_ "github.com/cockroachdb/pebble/v2/vfs"

	_ "landfall/internal/migrate"
)
