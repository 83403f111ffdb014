package embedded

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
)

// fieldsOf is one of each kind of field.
type fieldsOf struct {
	S, T   string
	Seq    uint32
	I      int64
	Bucket uint16
	ID     [16]byte
}

func (f fieldsOf) key() key {
	return newKey(migrate.TenantID(f.S), 'k').uuid(f.T).str(f.T).u16(int(f.Bucket)).
		source(migrate.Source{Seq: f.Seq, Offset: f.I}).id(f.ID)
}

func (f fieldsOf) compare(o fieldsOf) int {
	return cmp.Or(cmp.Compare(f.T, o.T), cmp.Compare(f.Bucket, o.Bucket), cmp.Compare(f.Seq, o.Seq), cmp.Compare(f.I, o.I),
		bytes.Compare(f.ID[:], o.ID[:]))
}

// FuzzKeys checks that keys give back what they were made of, and sort as it does.
func FuzzKeys(f *testing.F) {
	f.Add("acme", "9d022093-33e2-4bfe-9907-35d0a4bfa725", "acme", "9D022093-33e2-4bfe-9907-35d0a4bfa725", uint32(1), int64(-1), uint16(3), []byte{1})
	f.Add("a\x00", "a\x00\x01", "a", "a\x00\xff", uint32(1<<31), int64(1<<62), uint16(255), []byte{0, 1})
	f.Add("", "", "\x00", "\x01", uint32(0), int64(0), uint16(0), []byte{})
	f.Fuzz(func(t *testing.T, s1, t1, s2, t2 string, seq uint32, i int64, bucket uint16, id []byte) {
		a, b := fieldsOf{s1, t1, seq, i, bucket, [16]byte{}}, fieldsOf{s2, t2, seq / 2, i / 2, bucket / 2, [16]byte{}}
		copy(a.ID[:], id)
		in := parseKey(a.key())
		got := fieldsOf{S: in.str()}
		kind, unique := in.u8(), in.uuid()
		got.T, got.Bucket = in.str(), uint16(in.u16())
		source := in.source()
		got.Seq, got.I, got.ID = source.Seq, source.Offset, in.id()
		if diff := gocmp.Diff(a, got); diff != "" || kind != 'k' || unique != a.T || !in.ok || len(in.rest) > 0 {
			t.Fatalf("key %v does not give back what it was made of, ok %v: %s", a.key(), in.ok, diff)
		}
		if a.S != b.S && bytes.HasPrefix(b.key(), newKey(migrate.TenantID(a.S), 'k')) {
			t.Fatalf("the key of tenant %q lies under that of %q", b.S, a.S)
		}
		ka, kb := key{}.str(a.T).u16(int(a.Bucket)).u32(a.Seq).i64(a.I).id(a.ID), key{}.str(b.T).u16(int(b.Bucket)).u32(b.Seq).i64(b.I).id(b.ID)
		if bytes.Compare(ka, kb) != a.compare(b) {
			t.Fatalf("keys %v and %v do not sort like %+v and %+v", ka, kb, a, b)
		}
		if (a.T == b.T) != bytes.Equal(key{}.uuid(a.T), key{}.uuid(b.T)) {
			t.Fatalf("identifiers %q and %q are mixed up", a.T, b.T)
		}
		if e := ka.end(); e != nil && (bytes.Compare(ka, e) >= 0 || bytes.Compare(append(ka, 255), e) >= 0) {
			t.Fatalf("end of %v is %v", ka, e)
		}
	})
}

// FuzzParseKey checks that no bytes do harm.
func FuzzParseKey(f *testing.F) {
	f.Add([]byte{2, 0}, 1)
	f.Fuzz(func(t *testing.T, b []byte, order int) {
		for in := parseKey(b); in.ok && len(in.rest) > 0; order /= 4 {
			switch order % 4 {
			case 0:
				in.str()
			case 1:
				in.uuid()
			case 2:
				in.source()
			default:
				in.u8()
			}
		}
		parseEntity(b)
	})
}

// FuzzStaged checks that rows of the index give back what they were made of.
func FuzzStaged(f *testing.F) {
	f.Add(uint32(7), int64(1<<33), int64(1<<20), 540, uint32(3), int64(9), []byte("hash"), []byte("first"), true)
	f.Add(uint32(7), int64(5), int64(5), 0, uint32(7), int64(5), []byte("h"), []byte("h"), false)
	f.Fuzz(func(t *testing.T, seq uint32, offset, from int64, size int, firstSeq uint32, firstOffset int64, hash, first []byte, shared bool) {
		want := staged{source: migrate.Source{Seq: seq, Offset: offset}, first: migrate.Source{Seq: firstSeq, Offset: firstOffset},
			from: from, shared: shared, size: size}
		copy(want.hash[:], hash)
		copy(want.firstHash[:], first)
		if shared {
			want.from = 0
		}
		got, err := parseStaged(appendStaged(nil, &want))
		if err != nil || got != want {
			t.Fatalf("parseStaged = %+v, %v; want %+v", got, err, want)
		}
	})
}

// FuzzLedger does so for ledger rows and duplicates, and for bytes that are neither.
func FuzzLedger(f *testing.F) {
	f.Add("Counterparties", int64(1<<40), []byte("0123456789abcdef"), int64(-3))
	f.Fuzz(func(t *testing.T, component string, to int64, sum []byte, n int64) {
		want := ledgerEntry{component: migrate.ComponentName(component)}
		want.row.To = to
		copy(want.row.Tally.HashSum[:], sum)
		for i, field := range tallyFields(&want.row.Tally) {
			*field = n + int64(i)
		}
		if got, err := parseLedger(appendLedger(nil, &want)); err != nil || got != want {
			t.Fatalf("parseLedger = %+v, %v; want %+v", got, err, want)
		}
		d := migrate.Duplicate{Offset: to, Line: n, Outcome: migrate.Replayed, Other: migrate.Source{Seq: uint32(n), Offset: to}, Differs: n%2 == 0}
		copy(d.ID[:], sum)
		v := values{appendDuplicate(nil, &d), true}
		if got := v.duplicate(); got != d || v.err() != nil || len(v.rest) > 0 {
			t.Fatalf("duplicate = %+v, %v; want %+v", got, v.err(), d)
		}
		parseLedger(sum)
		parseStaged(sum)
	})
}

// TestFilter_KnowsAllAndFewStrangers holds a filter of several layers against ids it has and has not.
func TestFilter_KnowsAllAndFewStrangers(t *testing.T) {
	var l layers
	const n = 1 << 19
	for i := range uint64(n) {
		l.add(hashOf(i))
	}
	strangers := 0
	for i := range uint64(n) {
		if !l.mayHold(hashOf(i)) {
			t.Fatalf("id %d is not known", i)
		}
		if l.mayHold(hashOf(i + n)) {
			strangers++
		}
	}
	if limit := n / 1000; strangers > limit {
		t.Errorf("%d strangers of %d pass, want at most %d", strangers, n, limit)
	}
}

func hashOf(n uint64) uint64 {
	var id migrate.ReferenceID
	binary.BigEndian.PutUint64(id[8:], n)
	return hashID(&id, 12345)
}
