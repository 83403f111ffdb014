package migrate_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"landfall/internal/migrate"
)

// TestBucketOf_Golden pins the buckets: live files and staged rows are laid out by them.
func TestBucketOf_Golden(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][4]int{ // of 1, 16, 256 and 65,536
		"8f14e45f-ceea-467f-9b3a-3f1b2c4d5e6f": {0, 15, 247, 63311},
		"00000000-0000-4000-8000-000000000001": {0, 8, 134, 34468},
		"ffffffff-ffff-ffff-ffff-ffffffffffff": {0, 5, 90, 23238},
	} {
		id, ok := migrate.ParseReferenceID(s)
		if !ok {
			t.Fatal(s)
		}
		got := [4]int{}
		for i, buckets := range []int{1, 16, 256, 65536} {
			got[i] = migrate.BucketOf(id, buckets)
		}
		if got != want {
			t.Errorf("buckets of %s: %v, want %v", s, got, want)
		}
	}
}

func TestBucketOf(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := drawID(t)
		for bits := range 17 {
			got := migrate.BucketOf(id, 1<<bits)
			if got < 0 || got >= 1<<bits {
				t.Fatalf("bucket %d of %d", got, 1<<bits)
			}
			if half := migrate.BucketOf(id, 1<<max(bits-1, 0)); half != got>>min(bits, 1) {
				t.Fatalf("of %d buckets it is %d, of half as many %d: ranges of one are no ranges of the other", 1<<bits, got, half)
			}
		}
	})
	counts := map[int]int{}
	for n := range 25_600 {
		id := migrate.ReferenceID{byte(n), byte(n >> 8), 15: 1}
		counts[migrate.BucketOf(id, migrate.DefaultBuckets)]++
	}
	for bucket := range migrate.DefaultBuckets {
		if c := counts[bucket]; c < 50 || c > 160 {
			t.Errorf("bucket %d holds %d of 25,600 ids, want about 100", bucket, c)
		}
	}
}

func drawID(t *rapid.T) (id migrate.ReferenceID) {
	copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
	return id
}

func drawSum(t *rapid.T, name string) (s migrate.HashSum) {
	if rapid.Bool().Draw(t, name+" full") { // carries
		for i := range s {
			s[i] = 0xff
		}
		return s
	}
	copy(s[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, name))
	return s
}

func TestHashSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawSum(t, "a"), drawSum(t, "b"), drawSum(t, "c")
		if a.Plus(b) != b.Plus(a) || a.Plus(b).Plus(c) != a.Plus(b.Plus(c)) {
			t.Fatal("the order of addition matters")
		}
		if a.Plus(b).Minus(b) != a || a.Minus(b).Plus(b) != a || a.Minus(a) != (migrate.HashSum{}) || a.Plus(migrate.HashSum{}) != a {
			t.Fatal("Minus is not the inverse of Plus")
		}
		if a.Add(migrate.ContentHash(b)) != a.Plus(b) {
			t.Fatal("Add is not Plus")
		}
		text, err := json.Marshal(a)
		var back migrate.HashSum
		if err != nil || json.Unmarshal(text, &back) != nil || back != a || string(text) != fmt.Sprintf(`"%x"`, a[:]) {
			t.Fatalf("%s is read as %x (%v)", text, back, err)
		}
	})
	one := migrate.HashSum{15: 1}
	carried := migrate.HashSum{8: 0xff, 9: 0xff, 10: 0xff, 11: 0xff, 12: 0xff, 13: 0xff, 14: 0xff, 15: 0xff}.Plus(one)
	if carried != (migrate.HashSum{7: 1}) {
		t.Errorf("2^64-1 plus 1 is %x", carried)
	}
	twice := migrate.HashContent([]byte("x"))
	if (migrate.HashSum{}).Add(twice).Add(twice) == (migrate.HashSum{}) {
		t.Error("a content twice sums to nothing")
	}
}

func TestHashSum_RefusesOtherText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`""`, `"00"`, `"zz"`, `"` + fmt.Sprintf("%034x", 0) + `"`} {
		var s migrate.HashSum
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%s is read as a sum", text)
		}
	}
}

func TestSource_Compare(t *testing.T) {
	t.Parallel()
	ordered := []migrate.Source{{}, {Offset: 1}, {Offset: 1 << 40}, {Seq: 1}, {Seq: 1, Offset: 5}, {Seq: 2}, {Seq: 1<<32 - 1}}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := a.Compare(b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%+v.Compare(%+v) = %d", a, b, got)
			}
		}
	}
}
