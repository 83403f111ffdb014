package migrate

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// TenantID names a tenant: the owner of data and the boundary that isolates it.
type TenantID string

// LocalTenant is the tenant of a service that authenticates nobody.
const LocalTenant TenantID = "local"

// ParseTenantID accepts `^[a-z0-9][a-z0-9-]{0,62}$` (CONTRACT 1.2). The form keeps separators of storage keys out.
func ParseTenantID(s string) (TenantID, error) {
	if len(s) == 0 || len(s) > 63 || s[0] == '-' {
		return "", Errorf(Invalid, "parsing a tenant id", "not 1 to 63 lower-case letters, digits and hyphens")
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return "", Errorf(Invalid, "parsing a tenant id", "not 1 to 63 lower-case letters, digits and hyphens")
		}
	}
	return TenantID(s), nil
}

// UUID is an identifier in its canonical text form: 36 characters, hyphens, lower case.
type UUID string

// ParseUUID accepts the form 8-4-4-4-12 in either case, any version and variant, and gives it in lower case.
// Braces, `urn:uuid:` and the form without hyphens are refused; the nil UUID parses (IsNil tells).
func ParseUUID(s string) (UUID, bool) {
	if !isUUID(s) {
		return "", false
	}
	return UUID(strings.ToLower(s)), true
}

// IsNil reports whether u is the nil UUID, which is no usable reference id.
func (u UUID) IsNil() bool { return u == "00000000-0000-0000-0000-000000000000" }

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range 36 {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				return false
			}
		}
	}
	return true
}

// MigrationID, JobID and DropID name a migration, a job and a drop of one tenant.
type (
	MigrationID UUID
	JobID       UUID
	DropID      UUID
)

// ReferenceID is the caller's own id of an entity, as 16 bytes. It stays the entity's id in live data. Two spellings
// that differ in letter case are the same id.
type ReferenceID [16]byte

// ParseReferenceID accepts what ParseUUID accepts, except the nil UUID (CONTRACT 4.1).
func ParseReferenceID[T string | []byte](s T) (ReferenceID, bool) {
	var id ReferenceID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, false
	}
	for j, i := range uuidDigits {
		high, low := hexValue[s[i]], hexValue[s[i+1]]
		if high|low > 15 {
			return ReferenceID{}, false
		}
		id[j] = high<<4 | low
	}
	return id, id != ReferenceID{}
}

// uuidDigits are the places of the bytes in the form 8-4-4-4-12.
var uuidDigits = [16]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// hexValue gives the value of a hexadecimal digit, over 15 for any other character.
var hexValue = func() (table [256]byte) {
	for c := range table {
		table[c] = 0xff
	}
	for i, c := range []byte("0123456789abcdef") {
		table[c] = byte(i)
	}
	for i, c := range []byte("ABCDEF") {
		table[c] = byte(10 + i)
	}
	return table
}()

// String gives the canonical form in lower case.
func (id ReferenceID) String() string {
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	b[8] = '-'
	hex.Encode(b[9:13], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:36], id[10:16])
	return string(b[:])
}

// IsZero reports whether the id is absent.
func (id ReferenceID) IsZero() bool { return id == ReferenceID{} }

// MarshalText and UnmarshalText make ids readable in JSON.
func (id ReferenceID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText is the reverse of MarshalText.
func (id *ReferenceID) UnmarshalText(b []byte) error {
	got, ok := ParseReferenceID(b)
	if !ok {
		return fmt.Errorf("reference id is not a UUID")
	}
	*id = got
	return nil
}
