package migrate

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// Source is the place a record came from: the drop's sequence number and the byte offset of the record in it. It is a
// total order that does not depend on delivery: of two records with the same reference id the later source wins.
type Source struct {
	Seq    uint32 `json:"seq"`
	Offset int64  `json:"offset"`
}

// Compare orders sources: negative if s is earlier than o.
func (s Source) Compare(o Source) int {
	return cmp.Or(cmp.Compare(s.Seq, o.Seq), cmp.Compare(s.Offset, o.Offset))
}

// ContentHash is the first half of the SHA-256 of an entity's body as it is staged.
type ContentHash [16]byte

// HashContent gives the hash of a body.
func HashContent(body []byte) ContentHash {
	sum := sha256.Sum256(body)
	return ContentHash(sum[:16])
}

// String gives 32 hexadecimal digits.
func (h ContentHash) String() string { return hex.EncodeToString(h[:]) }

// HashSum is a sum of content hashes modulo 2^128: equal sums over equal counts show that two sets hold the same
// contents. Unlike a bitwise exclusive-or, a sum does not miss a pair of equal errors.
type HashSum [16]byte

// Add gives s + h.
func (s HashSum) Add(h ContentHash) HashSum { return s.Plus(HashSum(h)) }

// Plus gives s + o.
func (s HashSum) Plus(o HashSum) HashSum {
	lo, carry := bits.Add64(binary.BigEndian.Uint64(s[8:]), binary.BigEndian.Uint64(o[8:]), 0)
	hi, _ := bits.Add64(binary.BigEndian.Uint64(s[:8]), binary.BigEndian.Uint64(o[:8]), carry)
	var sum HashSum
	binary.BigEndian.PutUint64(sum[:8], hi)
	binary.BigEndian.PutUint64(sum[8:], lo)
	return sum
}

// Minus gives s - o.
func (s HashSum) Minus(o HashSum) HashSum {
	lo, borrow := bits.Sub64(binary.BigEndian.Uint64(s[8:]), binary.BigEndian.Uint64(o[8:]), 0)
	hi, _ := bits.Sub64(binary.BigEndian.Uint64(s[:8]), binary.BigEndian.Uint64(o[:8]), borrow)
	var diff HashSum
	binary.BigEndian.PutUint64(diff[:8], hi)
	binary.BigEndian.PutUint64(diff[8:], lo)
	return diff
}

// MarshalText and UnmarshalText make sums readable in JSON: 32 hexadecimal digits.
func (s HashSum) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(s[:])), nil }

// UnmarshalText is the reverse of MarshalText.
func (s *HashSum) UnmarshalText(b []byte) error {
	if len(b) != hex.EncodedLen(len(s)) {
		return Errorf(Invalid, "parsing a sum of hashes", "not %d hexadecimal digits", hex.EncodedLen(len(s)))
	}
	_, err := hex.Decode(s[:], b)
	return err
}

// DefaultBuckets is how many hash buckets a component's entities are spread over, unless the migration says otherwise.
const DefaultBuckets = 256

// BucketOf gives the hash bucket of a reference id: the top bits of its SHA-256. buckets is a power of two up to 65,536.
func BucketOf(id ReferenceID, buckets int) int {
	sum := sha256.Sum256(id[:])
	return int(binary.BigEndian.Uint16(sum[:2])) >> (16 - bits.TrailingZeros(uint(buckets)))
}
