package embedded

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"

	"landfall/internal/migrate"
)

// The kinds of rows. A key is the tenant, the kind and the fields named here, encoded so that keys sort like fields.
const (
	kindActive         = 'A' // -> id of the active migration
	kindMigration      = 'M' // migration
	kindMigrationByAge = 'N' // time of creation, migration
	kindDrop           = 'P' // drop
	kindDropBySeq      = 'Q' // migration, seq -> drop
	kindJob            = 'J' // job
	kindJobByAge       = 'K' // migration, time of start, job
	kindUnit           = 'U' // job, wave, component, first bucket
	kindIssue          = 'I' // job, component, id, collection
	kindClaim          = 'C' // job, rule, key, component, collection, id, field
	kindLogHead        = 'H' // migration
	kindLogSegment     = 'S' // migration, name
	kindLogEntry       = 'G' // migration, index
	kindLedger         = 'L' // migration, drop, from
	kindPage           = 'R' // migration, drop, from, what it holds, number: rejections and duplicates of a ledger row
	kindIndex          = 'E' // migration, component, bucket, collection, id
	kindBody           = 'B' // migration, component, run, bucket, collection, id
	kindExecution      = 'X' // name; of no tenant
)

// What a page holds.
const (
	pageRejections = 'r'
	pageDuplicates = 'd'
)

// key is a key being built. Its methods append one field each.
type key []byte

func newKey(t migrate.TenantID, kind byte) key { return append(key{}.str(string(t)), kind) }

// str appends a string of any bytes. It ends in 0 1, and a 0 in it becomes 0 255: no encoded string is the beginning of
// another, and they sort like the strings.
func (k key) str(s string) key {
	for i := range len(s) {
		k = append(k, s[i])
		if s[i] == 0 {
			k = append(k, 255)
		}
	}
	return append(k, 0, 1)
}

// uuid appends an identifier: 16 bytes behind a 1 if it is a UUID in its canonical form, else the string behind a 2.
func (k key) uuid(s string) key {
	id, ok := migrate.ParseReferenceID(s)
	if text := (id.String()); !ok || text != s {
		return append(k, 2).str(s)
	}
	return append(append(k, 1), id[:]...)
}

func (k key) u8(n byte) key                       { return append(k, n) }
func (k key) u16(n int) key                       { return binary.BigEndian.AppendUint16(k, uint16(n)) }
func (k key) u32(n uint32) key                    { return binary.BigEndian.AppendUint32(k, n) }
func (k key) i64(n int64) key                     { return binary.BigEndian.AppendUint64(k, uint64(n)^1<<63) }
func (k key) id(id migrate.ReferenceID) key       { return append(k, id[:]...) }
func (k key) source(s migrate.Source) key         { return k.u32(s.Seq).i64(s.Offset) }
func (k key) migration(m migrate.MigrationID) key { return k.uuid(string(m)) }

func (k key) time(t time.Time) key { return k.i64(t.Unix()).u32(uint32(t.Nanosecond())) }

// end gives the first key after all that begin with k.
func (k key) end() key {
	e := slices.Clone(k)
	for i := len(e) - 1; i >= 0; i-- {
		if e[i]++; e[i] != 0 {
			return e[:i+1]
		}
	}
	return nil
}

func migrationKey(t migrate.TenantID, m migrate.MigrationID) key {
	return newKey(t, kindMigration).migration(m)
}

func migrationByAgeKey(t migrate.TenantID, m migrate.Migration) key {
	return newKey(t, kindMigrationByAge).time(m.CreatedAt).migration(m.ID)
}

func dropKey(t migrate.TenantID, d migrate.DropID) key { return newKey(t, kindDrop).uuid(string(d)) }

func dropsKey(t migrate.TenantID, m migrate.MigrationID) key {
	return newKey(t, kindDropBySeq).migration(m)
}

func jobKey(t migrate.TenantID, j migrate.JobID) key { return newKey(t, kindJob).uuid(string(j)) }

func jobsKey(t migrate.TenantID, m migrate.MigrationID) key {
	return newKey(t, kindJobByAge).migration(m)
}

func jobByAgeKey(t migrate.TenantID, j *migrate.Job) key {
	return jobsKey(t, j.Migration).time(j.StartedAt).uuid(string(j.ID))
}

// ofJob begins the keys of a job's units, issues or claims.
func ofJob(t migrate.TenantID, kind byte, j migrate.JobID) key {
	return newKey(t, kind).uuid(string(j))
}

func unitKey(t migrate.TenantID, j migrate.JobID, u migrate.UnitKey) key {
	return ofJob(t, kindUnit, j).i64(int64(u.Wave)).str(string(u.Component)).i64(int64(u.FirstBucket))
}

func issueKey(t migrate.TenantID, j migrate.JobID, c migrate.IssueCursor) key {
	return ofJob(t, kindIssue, j).str(string(c.Component)).id(c.ID).str(string(c.Collection))
}

// claimKey ends with the field, so that an entity that holds one value twice does not hide it.
func claimKey(t migrate.TenantID, j migrate.JobID, c *migrate.Claim) key {
	return ofJob(t, kindClaim, j).str(string(c.Rule)).str(c.Key).str(string(c.Component)).str(string(c.Collection)).
		id(c.ID).str(c.Field)
}

func logHeadKey(t migrate.TenantID, m migrate.MigrationID) key {
	return newKey(t, kindLogHead).migration(m)
}

func logSegmentKey(t migrate.TenantID, m migrate.MigrationID, name string) key {
	return newKey(t, kindLogSegment).migration(m).str(name)
}

func logKey(t migrate.TenantID, m migrate.MigrationID) key {
	return newKey(t, kindLogEntry).migration(m)
}

// ledgerKey begins the keys of all of a migration's ledger, dropLedgerKey of a drop's.
func ledgerKey(t migrate.TenantID, m migrate.MigrationID) key {
	return newKey(t, kindLedger).migration(m)
}

func dropLedgerKey(t migrate.TenantID, m migrate.MigrationID, d migrate.DropID) key {
	return ledgerKey(t, m).uuid(string(d))
}

// pagesKey begins the keys of the pages of one ledger row.
func pagesKey(t migrate.TenantID, m migrate.MigrationID, d migrate.DropID, from int64, holds byte) key {
	return newKey(t, kindPage).migration(m).uuid(string(d)).i64(from).u8(holds)
}

// indexKey begins the keys of a component's index, bodiesKey of its bodies.
func indexKey(t migrate.TenantID, m migrate.MigrationID, c migrate.ComponentName) key {
	return newKey(t, kindIndex).migration(m).str(string(c))
}

func bodiesKey(t migrate.TenantID, m migrate.MigrationID, c migrate.ComponentName) key {
	return newKey(t, kindBody).migration(m).str(string(c))
}

// entityKeys makes the keys of one collection's entities, in the index or in a run, on one buffer.
type entityKeys struct {
	buffer key
	bucket int // where the bucket lies
}

func newEntityKeys(prefix key, c migrate.CollectionName) entityKeys {
	return entityKeys{slices.Clone(prefix).u16(0).str(string(c)).id(migrate.ReferenceID{}), len(prefix)}
}

// of gives the key of an entity; it is valid until the next call.
func (e entityKeys) of(bucket int, id *migrate.ReferenceID) key {
	binary.BigEndian.PutUint16(e.buffer[e.bucket:], uint16(bucket))
	copy(e.buffer[len(e.buffer)-len(id):], id[:])
	return e.buffer
}

func executionKey(name string) key { return newKey("", kindExecution).str(name) }

// fields takes a key apart, field by field. What does not parse leaves ok false and gives zero values.
type fields struct {
	rest []byte
	ok   bool
}

func parseKey(k []byte) *fields { return &fields{k, true} }

// parseEntity reads the end of an entity's key, behind the bucket.
func parseEntity(k []byte) (c migrate.CollectionName, id migrate.ReferenceID, ok bool) {
	f := parseKey(k)
	c, id = migrate.CollectionName(f.str()), f.id()
	return c, id, f.ok && len(f.rest) == 0
}

func (f *fields) take(n int) []byte {
	if !f.ok || len(f.rest) < n {
		f.ok = false
		return make([]byte, n)
	}
	b := f.rest[:n]
	f.rest = f.rest[n:]
	return b
}

func (f *fields) str() string {
	var s []byte
	for f.ok {
		i := bytes.IndexByte(f.rest, 0)
		if i < 0 || i+1 == len(f.rest) {
			break
		}
		s = append(s, f.rest[:i]...)
		mark := f.rest[i+1]
		f.rest = f.rest[i+2:]
		if mark == 1 {
			return string(s)
		} else if mark != 255 {
			break
		}
		s = append(s, 0)
	}
	f.ok = false
	return ""
}

func (f *fields) uuid() string {
	switch f.u8() {
	case 1:
		return f.id().String()
	case 2:
		return f.str()
	}
	f.ok = false
	return ""
}

func (f *fields) u8() byte                { return f.take(1)[0] }
func (f *fields) u16() int                { return int(binary.BigEndian.Uint16(f.take(2))) }
func (f *fields) u32() uint32             { return binary.BigEndian.Uint32(f.take(4)) }
func (f *fields) i64() int64              { return int64(binary.BigEndian.Uint64(f.take(8)) ^ 1<<63) }
func (f *fields) id() migrate.ReferenceID { return migrate.ReferenceID(f.take(16)) }
func (f *fields) source() migrate.Source  { return migrate.Source{Seq: f.u32(), Offset: f.i64()} }

// String shows a key as hexadecimal digits, for errors.
func (k key) String() string { return hex.EncodeToString(k) }
