// Package catalogs holds the catalogs that come with Landfall, one folder each. Package catalog reads them.
package catalogs

import "embed"

// FS holds the folders: lending is the default.
//
//go:embed lending
var FS embed.FS
