// Package embedded keeps migrations, drops, staged records, jobs and logs in one folder of one machine, on Pebble. One
// [Store] fulfils every store contract of package migrate.
//
// # Layout
//
// Every key begins with the tenant and a letter for the kind of row (keys.go). Control rows (migrations, drops, jobs,
// units, issues, log) are JSON. What is staged lies in three ranges per migration, so that bodies never take part in
// compaction:
//
//	B bodies   component, run, bucket, collection, id  ->  body
//	E index    component, bucket, collection, id       ->  source, run, size, hash, and First where it differs
//	L ledger   drop, From                              ->  To, tally; its rejections and duplicates are pages of their own
//
// A run is what one committed part brought, sorted. It is named after the part (seq, From), so that no counter has to
// be kept and no two runs overlap: tables of bodies go straight to the bottom level and are never rewritten. Small
// parts share one run per component, which lives in the tree like any row, or a million one-record loads would be a
// million runs. The hash is kept in the index and not beside the body: a commit that finds an id staged already needs
// it, and would pay a random read for each duplicate.
//
// # The committer
//
// Every change goes through one goroutine (committer.go). It takes what waits, runs the changes one after the other on
// one batch, each seeing those before it, and syncs the batch once: read, check and write need no other lock, and
// nothing is acknowledged, or seen by a later change, before it is durable.
//
//   - A small part is one of these changes.
//   - A large part has sorted, written and synced its table of bodies before, in its caller's goroutine. Its change is a
//     group of its own: it looks up the ids, writes the tables of index and ledger, and ends with one atomic ingest.
//
// If power fails before the ingest, the tables are files in a folder of their own, deleted at the next start; during
// it, Pebble's manifest decides, all or nothing; after it, the ledger row makes a retry a no-op. An ingest never
// becomes durable before an earlier batch, because that batch was synced first. Counts are sums of ledger rows, held
// in memory and summed anew once per process (sums.go): there is no counter that could disagree with its rows.
//
// # When the disk fails
//
// Parts are refused with StorageFull while less than Options.ReserveBytes is free, everything else while less than a
// quarter of that is. Should a write to the log or manifest fail all the same, whether it lasted is unknown: the store
// refuses every further change until it is opened anew, and answers reads, but makes no new sums. If Pebble cannot even
// begin a new log, it ends the process; what was acknowledged is there after the next start. A block whose checksum is
// wrong is reported with the folder's name.
package embedded
