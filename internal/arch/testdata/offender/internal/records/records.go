// Package records looks at the meaning of records.
package records

import _ "landfall/internal/migrate"
