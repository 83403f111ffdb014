// Package dir is a driver that imports a driver.
package dir

import (
	_ "landfall/internal/migrate"
	_ "landfall/internal/store/embedded"
)
