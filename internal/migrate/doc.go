// Package migrate is the domain of Landfall: its nouns, their states, and the contracts that stores, buckets and
// targets fulfil. It imports only the standard library. Reading it should be like reading a description of the product.
//
// # The glossary
//
// A Tenant owns data and is the boundary that isolates it. A [Migration] is one move of one tenant's data; a tenant
// has at most one active. The catalog (package catalog) describes the domain model. A [Component] is a domain inside a
// migration (Counterparties) with its own staging and import status; a collection is one kind of entity in a component
// (counterparties, additional-repayments). An [Entity] is one record with the caller's own reference id.
//
// A [Drop] is one offered input: one version of one object, or one request body. A [Chunk] is a byte range of a drop
// that owns every record starting in it. The ledger has one row ([LedgerRow]) per committed part of a chunk: what it
// read and what became of it. A [Rejection] is a record that could not be staged, a [Duplicate] one whose reference id
// was staged before.
//
// A [Job] is one run of validation, import or counts. A [Unit] is a range of hash buckets of one component: the piece
// of work a job hands out. An [Issue] is something wrong with the data, made of [Fault]s; an error ([Error]) is
// something wrong with the program or the world. A [LogEntry] is one line of a migration's history, for its users. A
// [Target] is where import writes. [Books] are the equations that show that nothing was lost.
//
// To load and to stage are for putting records into staging, to import is for writing to the target. An item is a row
// of DynamoDB inside its driver, a record is a line before it has parsed.
//
// # Conservation
//
// Every line that was offered is accounted for, always:
//
//	lines  = rejected + duplicates + staged
//	staged = imported + failed + in doubt + pending + deleted
//
// The rules that make this true under crashes, retries and repeated delivery are first-source credit ([Outcome]), the
// ledger ([Staging]), the epoch ([Migration]), the revision ([Component]) and absolute checkpoints ([Unit]).
//
// # Contracts
//
// Duties of every implementation, stated once: a method is safe for concurrent use; a cancelled context ends it early
// with the context's error and without effect, or with the whole effect; what it returned without error is durable;
// values passed in may be reused by the caller after the call, values returned belong to the caller unless said
// otherwise; every error is an [Error] or the context's. The tenant is the first parameter after the context; what
// belongs to another tenant is answered as if it did not exist. Every operation fits one conditional update, one
// bounded query or one transaction of at most 100 rows of a key-value database.
package migrate
