// Package api is the HTTP front door: net/http handlers that put requests to the pipeline and its stores, and show what
// these answer in the shapes of the HTTP contract. It decides nothing about a migration.
//
// # The way of a request
//
// Every path is a [http.ServeMux] pattern with its endpoints (routes.go). An endpoint declares what it answers, which body
// it takes and which query names it knows, so that the checks which need nothing stored are made in one place and one
// order (route.go): host, token, route, method, Accept, body type, query. Then its handler runs, and checks existence
// before body before state. A handler returns an error, it never writes one: a [migrate.Error] becomes a problem document
// (problem.go), anything else is logged and shown as internal. Once the first byte of an answer is sent, a failure aborts
// the connection, so that half an answer is never taken for a whole one.
//
// # Shapes
//
// A file with a singular name holds the JSON shape of a noun (migration.go, job.go, drop.go), the one with its plural the
// endpoints. The shapes are exported, for programs that show the same documents without HTTP: [MigrationView], [JobView],
// [DropView], [BooksView].
package api
