// Package migrate is the domain, and knows a library.
package migrate

import (
	"time"

	_ "github.com/google/uuid"
)

// Clock is as it should be.
type Clock func() time.Time
