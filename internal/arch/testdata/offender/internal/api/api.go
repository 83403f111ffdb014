// Package api imports a suite, which only tests may, and aborts a request, which it may.
package api

import (
	"net/http"

	_ "landfall/internal/store/storetest"
)

func abort() { panic(http.ErrAbortHandler) }
