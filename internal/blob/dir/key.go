package dir

import (
	"encoding/hex"
	"path/filepath"
	"strings"
)

const (
	objectMark = "@" // ends the name of a folder that holds versions
	cutMark    = "~" // ends the name of a folder that holds only the beginning of a segment
	pieceSize  = 200 // bytes of a folder's name; file systems take 255
)

// folder gives the folder that holds the versions of key.
func (b *Bucket) folder(key string) string {
	path := b.objects
	segments := strings.Split(key, "/")
	for i, segment := range segments {
		name := encodeSegment(segment)
		for ; len(name) > pieceSize; name = name[pieceSize:] {
			path = filepath.Join(path, name[:pieceSize]+cutMark)
		}
		if i == len(segments)-1 {
			name += objectMark
		}
		path = filepath.Join(path, name)
	}
	return path
}

// encodeSegment spells a segment of a key with lower-case letters, digits, "-", "_", "." and "%": names that are kept
// apart by a file system that ignores case, and as they are by one that normalises Unicode. All else becomes %xx.
func encodeSegment(segment string) string {
	var b strings.Builder
	for _, c := range []byte(segment) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteString(hex.EncodeToString([]byte{c}))
		}
	}
	return b.String()
}

// decodeSegment is the reverse of encodeSegment; false if name is not of its making.
func decodeSegment(name string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] != '%' {
			b.WriteByte(name[i])
			continue
		}
		if i+2 >= len(name) {
			return "", false
		}
		c, err := hex.DecodeString(name[i+1 : i+3])
		if err != nil {
			return "", false
		}
		b.Write(c)
		i += 2
	}
	return b.String(), encodeSegment(b.String()) == name
}
