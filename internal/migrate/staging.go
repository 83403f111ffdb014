package migrate

import "context"

// Staging keeps staged entities apart from live data, and the ledger that accounts for them.
//
// Counts are exact under crashes, retries, repeated delivery and workers that outlive their task, because of
// first-source credit: an entity keeps the source First that created it, a part of a chunk earns one credit for each
// of its records whose source is the entity's First, and the ledger row that carries the credits is stored once.
type Staging interface {
	// BeginChunk starts staging the part of a chunk that begins at ref.From. Nothing counts before Commit; of several
	// attempts at one part exactly one commits. Writers of different parts may run at the same time, in any order.
	BeginChunk(ctx context.Context, t TenantID, ref ChunkRef) (ChunkWriter, error)

	// GetLedgerRow gives the row that begins at from, or NotFound.
	GetLedgerRow(ctx context.Context, t TenantID, m MigrationID, d DropID, from int64) (LedgerRow, error)

	// WalkLedger gives a drop's rows by From, beginning with the first whose From is at least from.
	WalkLedger(ctx context.Context, t TenantID, m MigrationID, d DropID, from int64, yield func(LedgerRow) error) error

	// WalkRejections gives the rejections of the ledger row that begins at from, by offset; WalkDuplicates its
	// duplicates. A row that is not there has none.
	WalkRejections(ctx context.Context, t TenantID, m MigrationID, d DropID, from int64, yield func(Rejection) error) error
	WalkDuplicates(ctx context.Context, t TenantID, m MigrationID, d DropID, from int64, yield func(Duplicate) error) error

	// DropTally sums a drop's ledger rows. ComponentTallies sums those of each component of the migration; components
	// without rows may be absent. Both agree with every commit that was acknowledged before the call.
	DropTally(ctx context.Context, t TenantID, m MigrationID, d DropID) (Tally, error)
	ComponentTallies(ctx context.Context, t TenantID, m MigrationID) (map[ComponentName]Tally, error)

	// GetEntity gives one staged entity, or NotFound.
	GetEntity(ctx context.Context, t TenantID, m MigrationID, key EntityKey) (Entity, error)

	// HasEntities answers for each key, in order, whether it is staged. At most 1,000 keys a call.
	HasEntities(ctx context.Context, t TenantID, m MigrationID, keys []EntityKey) ([]bool, error)

	// WalkBucket gives the staged entities of one hash bucket of a component after q.After, ordered by collection name
	// and reference id. The entity and its body are valid until yield returns. An error of yield ends the walk and is
	// returned as it is.
	WalkBucket(ctx context.Context, t TenantID, m MigrationID, q BucketQuery, yield func(*Entity) error) error
}

// ChunkRef says which part of which chunk is staged, and on whose behalf.
type ChunkRef struct {
	Migration  MigrationID
	Component  ComponentName
	Collection CollectionName
	Drop       DropID
	Seq        uint32 // the drop's
	From       int64  // where the part begins
	Epoch      int64  // the migration's epoch when the work was handed out
	Buckets    int    // the migration's number of hash buckets
}

// StagedRecord is one accepted record on its way into staging.
type StagedRecord struct {
	ID     ReferenceID
	Hash   ContentHash
	Offset int64
	Line   int64 // line feeds between the start of the part and Offset
	Body   []byte
}

// ChunkWriter stages one part of a chunk. It is for one goroutine. Either Commit or Abort ends it.
type ChunkWriter interface {
	// Add takes an accepted record, in order of offsets. Body may be reused after the call.
	Add(r StagedRecord) error

	// Reject takes a rejected record, in order of offsets. Its faults may be reused after the call.
	Reject(r Rejection) error

	// Commit makes the part [From, to) durable with its ledger row and gives the row as stored. If another attempt has
	// committed a row that begins at From, that row is returned, it may end elsewhere, and nothing changes. It fails
	// with WrongState (problem migration-cancelled) when the migration's epoch is not ref.Epoch any more.
	Commit(ctx context.Context, to int64, read PartRead) (LedgerRow, error)

	// Abort drops everything that was added. It is harmless after Commit.
	Abort()
}

// PartRead is what was counted while a part was read; records are counted by the writer.
type PartRead struct {
	Bytes      int64 // of the drop, after decompression
	BlankLines int64
	Newlines   int64
}

// BucketQuery asks for the entities of one hash bucket.
type BucketQuery struct {
	Component   ComponentName
	Collections []CollectionName // empty: all of the component
	Bucket      int
	After       Cursor
	KeysOnly    bool // leave Body and Hash empty: cheaper
}
