package migrate

import "context"

// Target is where import writes: live data.
type Target interface {
	// Describe gives what the target can do. It is pure.
	Describe() TargetDescription

	// CheckTarget proves that the target can be used: reachable, writable, the right one. It only reads.
	CheckTarget(ctx context.Context) error

	// ImportBatch writes the entities and gives one outcome per entity, in order. It is an upsert for ids that this
	// migration wrote: an entity is in the target once, however often it is sent, also after a crash at any instruction.
	// Imported and already outcomes are durable when it returns. An error says nothing about any entity: the batch is
	// sent again.
	ImportBatch(ctx context.Context, t TenantID, b Batch) ([]ImportOutcome, error)

	// WalkLive reads back, from the target itself, what this migration wrote of a component into the given buckets. The
	// order is the target's own. The entity and its body are valid until yield returns.
	WalkLive(ctx context.Context, t TenantID, q LiveQuery, yield func(LiveEntity) error) error

	// LookUp says of each key, in order, whether live data of the tenant holds it and which migration wrote it. At most
	// 1,000 keys a call.
	LookUp(ctx context.Context, t TenantID, keys []EntityKey) ([]Live, error)
}

// TargetDescription says what a target is and can do.
type TargetDescription struct {
	Name      string
	BatchSize int // entities per batch at most
}

// Batch is a run of entities of one unit, in key order.
type Batch struct {
	Migration MigrationID
	Job       JobID
	Component ComponentName
	Unit      UnitKey
	Buckets   int // number of hash buckets of the migration
	Entities  []Entity
}

// ImportResult says what became of one entity at the target.
type ImportResult string

// The results.
const (
	ResultImported ImportResult = "imported" // written by this call
	ResultAlready  ImportResult = "already"  // this migration wrote this content before
	ResultFailed   ImportResult = "failed"   // refused for good
	ResultInDoubt  ImportResult = "inDoubt"  // an effect may exist and no read could tell
)

// ImportOutcome is the answer for one entity.
type ImportOutcome struct {
	Result ImportResult
	Code   FaultCode // of a failure
	Cause  string    // for people, without values: "target timeout"
}

// LiveQuery asks for what one migration wrote.
type LiveQuery struct {
	Migration   MigrationID
	Component   ComponentName
	Collections []CollectionName // empty: all
	Buckets     int
	FirstBucket int
	LastBucket  int // inclusive
}

// LiveEntity is one entity as the target holds it.
type LiveEntity struct {
	Collection CollectionName
	ID         ReferenceID
	Body       []byte
}

// Live says whether live data holds an entity, and who wrote it.
type Live struct {
	Found     bool
	Migration MigrationID // "" if it is not known
}
