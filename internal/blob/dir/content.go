package dir

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"

	"landfall/internal/migrate"
)

// VersionOf gives the version that PutFile would store the file at path as, without storing it.
func (b *Bucket) VersionOf(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", &migrate.Error{Code: migrate.Unavailable, Op: "reading a file", Detail: err.Error(), Err: err}
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := copyObject(ctx, hash, f); err != nil {
		return "", fault("reading a file", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
