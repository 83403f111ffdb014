package migrate

// EntityKey names one entity of a migration. The same reference id in two collections is two entities.
type EntityKey struct {
	Component  ComponentName
	Collection CollectionName
	ID         ReferenceID
}

// Entity is one staged record.
type Entity struct {
	Collection CollectionName
	ID         ReferenceID
	Bucket     int
	Body       []byte      // the record as loaded: one line of JSON, unknown members and every digit kept
	Hash       ContentHash // of Body
	Source     Source      // where the content that is staged now came from
	First      Source      // where the record that created the entity came from; it never changes while the entity lives
	FirstHash  ContentHash // hash of the content that came from First
}

// Cursor is a place between two entities of one bucket, in key order. The zero Cursor is before the first.
type Cursor struct {
	Collection CollectionName `json:"collection,omitempty"`
	ID         ReferenceID    `json:"id,omitzero"`
}

// IsZero reports whether c is before the first entity.
func (c Cursor) IsZero() bool { return c == Cursor{} }
