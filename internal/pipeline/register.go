package pipeline

import (
	"context"
	"path"
	"strings"
	"time"

	"github.com/google/uuid"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
	"landfall/internal/records"
)

// Register turns an offered object into a drop and starts its stage machine.
//
// Announcing the same version of an object again gives the same drop: its id is derived from key and version. If the
// process dies between storing the drop and starting the machine, announcing it again starts it; the machine is named
// after the drop, so starting it twice is harmless.
type Register struct {
	Store interface {
		migrate.Migrations
		migrate.Drops
		migrate.Log
	}
	Blobs    migrate.Blobs
	Machines migrate.Machines
	Catalog  *catalog.Catalog
	Now      func() time.Time
}

// RegisterInput names an object below the tenant's prefix: Key is {migration}/{Component}/{collection}/{name}.
type RegisterInput struct {
	Tenant  migrate.TenantID `json:"tenant"`
	Key     string           `json:"key"`
	Version string           `json:"version"` // empty: the newest
}

// RegisterOutput is the drop. Known is true if it had been registered before.
type RegisterOutput struct {
	Drop  migrate.Drop `json:"drop"`
	Known bool         `json:"known"`
}

// dropNamespace is the UUID namespace of drop ids.
var dropNamespace = uuid.MustParse("5b1f9b4e-6f0c-5b0e-9a52-2f3f0c6d7a11")

// BlobKey gives the key in the staging bucket of an object below a tenant's prefix.
func BlobKey(t migrate.TenantID, key string) string { return "in/" + string(t) + "/" + key }

// DropOf gives the id of the drop that one version of an object in the staging bucket is.
func DropOf(blobKey, version string) migrate.DropID {
	return migrate.DropID(uuid.NewSHA1(dropNamespace, []byte(blobKey+"\n"+version)).String())
}

// IsIgnored reports whether a file name is not to be read: not finished, or hidden.
func IsIgnored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".part")
}

// FormatOf derives format and encoding from a file name: .jsonl or .json-seq, optionally followed by .gz or .zst.
func FormatOf(name string) (format, encoding string, ok bool) {
	encoding = "identity"
	switch ext := path.Ext(name); ext {
	case ".gz":
		name, encoding = strings.TrimSuffix(name, ext), "gzip"
	case ".zst":
		name, encoding = strings.TrimSuffix(name, ext), "zstd"
	}
	format = strings.TrimPrefix(path.Ext(name), ".")
	_, ok = records.ParseFormat(format)
	return format, encoding, ok
}

// Run registers the object. An object that cannot be read as what its key says becomes a drop in state Refused, which
// says why; a key without a migration of the tenant, or with an ignored name, is an error.
func (s *Register) Run(ctx context.Context, in RegisterInput) (RegisterOutput, error) {
	m, parts, err := s.migrationOf(ctx, in)
	if err != nil {
		return RegisterOutput{}, err
	}
	object, err := s.object(ctx, in)
	if err != nil {
		return RegisterOutput{}, err
	}
	drop := s.describe(m, parts, object)
	drop.Key = in.Key
	stored, created, err := s.Store.CreateDrop(ctx, in.Tenant, drop)
	if err != nil {
		return RegisterOutput{}, migrate.Wrap(migrate.Unavailable, "registering a drop", err)
	}
	out := RegisterOutput{Drop: stored, Known: !created}
	if !stored.State.IsOpen() {
		return out, nil
	}
	if err := s.giveUpOlder(ctx, in.Tenant, m, stored); err != nil {
		return out, err
	}
	state := MachineState{Tenant: in.Tenant, Migration: m.ID, Epoch: m.Epoch, Run: string(stored.ID), Drop: stored.ID}
	return out, s.Machines.Start(ctx, MachineStage, string(stored.ID), state)
}

// registerPage is how many drops are looked through at once.
const registerPage = 500

// giveUpOlder closes drops of older versions of the object that could not be finished: what was committed of them
// counts, and the newer version comes in their place. Left open they would block the import for good.
func (s *Register) giveUpOlder(ctx context.Context, t migrate.TenantID, m migrate.Migration, newer migrate.Drop) error {
	if m.OpenDrops == 0 {
		return nil
	}
	for after := uint32(0); ; {
		page, err := s.Store.ListDrops(ctx, t, m.ID, after, registerPage)
		if err != nil {
			return err
		}
		for _, d := range page {
			after = d.Seq
			if d.Key != newer.Key || d.Seq >= newer.Seq || d.State != migrate.DropFailed {
				continue
			}
			d.State, d.SettledAt = migrate.DropInterrupted, s.Now()
			if _, err := s.Store.AdvanceDrop(ctx, t, d); err != nil {
				return err
			}
		}
		if len(page) < registerPage || after >= newer.Seq {
			return nil
		}
	}
}

// keyParts are the four parts of an object key.
type keyParts struct{ component, collection, name string }

func (s *Register) migrationOf(ctx context.Context, in RegisterInput) (migrate.Migration, keyParts, error) {
	const op = "registering a drop"
	if err := migrate.CheckKey(in.Key); err != nil {
		return migrate.Migration{}, keyParts{}, err
	}
	segments := strings.SplitN(in.Key, "/", 4)
	if len(segments) < 4 {
		return migrate.Migration{}, keyParts{}, migrate.Errorf(migrate.Invalid, op,
			"the key has not the form <migration>/<Component>/<collection>/<name>")
	}
	if IsIgnored(path.Base(segments[3])) {
		return migrate.Migration{}, keyParts{}, migrate.Errorf(migrate.Invalid, op, "names that begin with . or end in .part are ignored")
	}
	m, err := s.Store.GetMigration(ctx, in.Tenant, migrate.MigrationID(segments[0]))
	return m, keyParts{segments[1], segments[2], segments[3]}, err
}

func (s *Register) object(ctx context.Context, in RegisterInput) (migrate.Object, error) {
	key := BlobKey(in.Tenant, in.Key)
	object, err := s.Blobs.HeadObject(ctx, key)
	if err != nil || in.Version == "" || object.Version == in.Version {
		return object, err
	}
	return migrate.Object{}, migrate.Errorf(migrate.NotFound, "registering a drop", "that version of the object is not the newest")
}

// describe makes the drop of an object, refused if no part of the migration can take it.
func (s *Register) describe(m migrate.Migration, parts keyParts, object migrate.Object) migrate.Drop {
	d := migrate.Drop{
		ID:         DropOf(object.Key, object.Version),
		Migration:  m.ID,
		Component:  migrate.ComponentName(parts.component),
		Collection: migrate.CollectionName(parts.collection),
		Origin:     migrate.OriginObject, Version: object.Version, Size: object.Size,
		State: migrate.DropRegistered, RegisteredAt: s.Now(),
	}
	var known bool
	d.Format, d.Encoding, known = FormatOf(parts.name)
	d.Problem = s.problem(m, parts, known)
	if d.Problem != nil {
		d.State, d.SettledAt = migrate.DropRefused, s.Now()
	}
	return d
}

func (s *Register) problem(m migrate.Migration, parts keyParts, formatKnown bool) *migrate.DropProblem {
	name := migrate.ComponentName(parts.component)
	component, ok := s.Catalog.Component(name)
	switch {
	case !ok:
		return &migrate.DropProblem{Code: "unknown-component", Detail: "the catalog has no component of this name"}
	case component.Generated:
		return &migrate.DropProblem{Code: "unknown-collection", Detail: "this component is generated and cannot be loaded"}
	}
	if _, ok := s.Catalog.Collection(name, migrate.CollectionName(parts.collection)); !ok {
		return &migrate.DropProblem{Code: "unknown-collection", Detail: "the component has no collection of this name"}
	}
	if _, ok := m.Component(name); !ok {
		return &migrate.DropProblem{Code: "component-not-in-migration", Detail: "the component takes no part in this migration"}
	}
	if !formatKnown {
		return &migrate.DropProblem{Code: "unknown-format", Detail: "the name does not end in .jsonl or .json-seq, optionally followed by .gz or .zst"}
	}
	return nil
}
