package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// Plan cuts a drop into chunks, or a job into units, and writes the manifests that the maps of the machine go through.
// Planning again gives the same manifests; units that are there keep their progress.
type Plan struct {
	Store     Store
	Blobs     migrate.Blobs
	Catalog   *catalog.Catalog
	Lifecycle *Lifecycle
	Limits    Limits
}

// Limits bounds the pieces that work is cut into.
type Limits struct {
	ChunkBytes  int64 // size of a chunk; 0 derives it from the size of the drop and Workers
	Workers     int   // how many tasks run at once
	PartBytes   int   // a chunk is committed in parts of about this many bytes of records at most
	PartRejects int   // … and of this many rejected records
	UnitSize    int64 // entities of a unit, roughly, at most
	MaxRecord   int   // bytes of one record
	BatchBytes  int   // a load is answered in batches of this many bytes,
	BatchCount  int   // … this many records,
	BatchWait   time.Duration
}

// DefaultLimits are measured on two cores; a chunk of Lambda is 64 MiB.
func DefaultLimits(workers int) Limits {
	return Limits{
		Workers: workers, PartBytes: 32 << 20, PartRejects: 20_000, UnitSize: 50_000, MaxRecord: 1 << 20,
		BatchBytes: 1 << 20, BatchCount: 500, BatchWait: 200 * time.Millisecond,
	}
}

// chunkBytes is clamp(size / (4 * workers), 8 MiB, 32 MiB): enough chunks for every worker, and a chunk's winners fit in
// memory beside those of its neighbours.
func (l Limits) chunkBytes(size int64) int64 {
	if l.ChunkBytes > 0 {
		return l.ChunkBytes
	}
	return min(max(size/int64(4*max(l.Workers, 1)), 8<<20), 32<<20)
}

// PlanInput and PlanOutput are the machine's whole state.
type (
	PlanInput  = MachineState
	PlanOutput = MachineState
)

// Run plans the drop or the job that the state names. In a hands-off run it begins the job of JobType first.
func (s *Plan) Run(ctx context.Context, in PlanInput) (PlanOutput, error) {
	if in.JobType == "" {
		return s.planDrop(ctx, in)
	}
	job, err := s.job(ctx, in)
	if err != nil {
		return in, err
	}
	return s.planJob(ctx, in, job)
}

func (s *Plan) planDrop(ctx context.Context, in PlanInput) (PlanOutput, error) {
	drop, err := s.Store.GetDrop(ctx, in.Tenant, in.Drop)
	if err != nil {
		return in, err
	}
	key := fmt.Sprintf("work/%s/drops/%s/chunks.json", in.Tenant, drop.ID)
	if drop.Chunks > 0 {
		// Parts may be committed: other chunks, for another number of workers, would overlap them.
		in.Manifest = s.manifest(key)
		return in, s.begin(ctx, in.Tenant, drop, drop.Chunks)
	}
	work := s.chunks(in, drop)
	if in.Manifest, err = s.writeManifest(ctx, key, work); err != nil {
		return in, err
	}
	return in, s.begin(ctx, in.Tenant, drop, len(work))
}

// begin notes that an open drop is being staged.
func (s *Plan) begin(ctx context.Context, t migrate.TenantID, drop migrate.Drop, chunks int) error {
	if !drop.State.IsOpen() || (drop.State == migrate.DropInProgress && drop.Chunks == chunks) {
		return nil
	}
	drop.State, drop.Chunks, drop.Problem = migrate.DropInProgress, chunks, nil
	_, err := s.Store.AdvanceDrop(ctx, t, drop)
	return err
}

func (s *Plan) chunks(in PlanInput, drop migrate.Drop) []any {
	work := []any{}
	add := func(from, to int64) {
		work = append(work, ChunkState{Tenant: in.Tenant, Migration: in.Migration, Epoch: in.Epoch, Drop: drop.ID, From: from, To: to})
	}
	if drop.Encoding != "identity" {
		add(0, EndOfDrop)
		return work
	}
	size := s.Limits.chunkBytes(drop.Size)
	for from := int64(0); from < drop.Size; from += size {
		add(from, min(from+size, drop.Size))
	}
	return work
}

// runNamespace is the UUID namespace of job ids that a hands-off run derives from its name.
var runNamespace = uuid.MustParse("c1c5f0f6-2f8e-5d0e-8d1b-7a4a5b9d3e21")

// job gives the job to plan. A hands-off run names none, or that of its phase before: its job is begun here.
func (s *Plan) job(ctx context.Context, in PlanInput) (migrate.Job, error) {
	if in.Job != "" {
		job, err := s.Store.GetJob(ctx, in.Tenant, in.Job)
		if err != nil || job.Type == in.JobType {
			return job, err
		}
	}
	id := jobOfRun(in.Run, in.JobType)
	job, err := s.Store.GetJob(ctx, in.Tenant, id)
	if migrate.CodeOf(err) == migrate.NotFound {
		return s.Lifecycle.BeginJob(ctx, in.Tenant, in.Migration, in.JobType, id)
	}
	return job, err
}

func (s *Plan) planJob(ctx context.Context, in PlanInput, job migrate.Job) (PlanOutput, error) {
	m, err := s.Store.GetMigration(ctx, in.Tenant, in.Migration)
	if err != nil {
		return in, err
	}
	sizes, err := s.sizes(ctx, in.Tenant, m)
	if err != nil {
		return in, err
	}
	stored, err := s.Store.ListUnits(ctx, in.Tenant, job.ID)
	if err != nil {
		return in, err
	}
	in.Job, in.Epoch, in.Components, in.Waves = job.ID, job.Epoch, []Manifest{}, []Wave{}
	units := s.units(job, m, widths(stored, sizes, m.Buckets, s.Limits.UnitSize))
	if err := s.Store.CreateUnits(ctx, in.Tenant, job.ID, units); err != nil {
		return in, migrate.Wrap(migrate.Unavailable, "storing units", err)
	}
	return s.manifests(ctx, in, job, units)
}

// widths gives the number of buckets of a unit of each component that holds anything. Units that an earlier attempt
// stored decide: others would overlap them, and what is staged may have grown since.
func widths(stored []migrate.Unit, sizes map[migrate.ComponentName]int64, buckets int, unitSize int64) map[migrate.ComponentName]int {
	widths := map[migrate.ComponentName]int{}
	for name, size := range sizes {
		if size > 0 {
			widths[name] = unitWidth(size, buckets, unitSize)
		}
	}
	for _, u := range stored {
		widths[u.Component] = u.LastBucket - u.FirstBucket + 1
	}
	return widths
}

// manifests writes the units of each component and wave, and for counts all of them in one.
func (s *Plan) manifests(ctx context.Context, in PlanInput, job migrate.Job, units []migrate.Unit) (PlanOutput, error) {
	type place struct {
		wave      int
		component migrate.ComponentName
	}
	var places []place
	work := map[place][]any{}
	all := []any{}
	for _, u := range units {
		p := place{u.Wave, u.Component}
		if _, ok := work[p]; !ok {
			places = append(places, p)
		}
		state := UnitState{Tenant: in.Tenant, Migration: in.Migration, Epoch: job.Epoch, Job: job.ID, UnitKey: u.UnitKey}
		work[p] = append(work[p], state)
		all = append(all, state)
	}
	prefix := fmt.Sprintf("work/%s/jobs/%s/", in.Tenant, job.ID)
	var err error
	if job.Type == migrate.Counts {
		in.Manifest, err = s.writeManifest(ctx, prefix+"units.json", all)
		return in, err
	}
	for _, p := range places {
		manifest, err := s.writeManifest(ctx, fmt.Sprintf("%s%d-%s.json", prefix, p.wave, p.component), work[p])
		if err != nil {
			return in, err
		}
		in.Components = append(in.Components, manifest)
		for len(in.Waves) <= p.wave {
			in.Waves = append(in.Waves, Wave{Components: []Manifest{}})
		}
		in.Waves[p.wave].Components = append(in.Waves[p.wave].Components, manifest)
	}
	return in, nil
}

// units cuts the components of a job into ranges of hash buckets of about UnitSize entities. Import goes by waves, the
// other jobs take every component at once.
func (s *Plan) units(job migrate.Job, m migrate.Migration, widths map[migrate.ComponentName]int) []migrate.Unit {
	var units []migrate.Unit
	add := func(wave int, component migrate.ComponentName, collections []migrate.CollectionName) {
		width := widths[component]
		for first := 0; first < m.Buckets; first += width {
			units = append(units, migrate.Unit{
				UnitKey: migrate.UnitKey{Wave: wave, Component: component, FirstBucket: first},
				Job:     job.ID, LastBucket: first + width - 1, Collections: collections,
			})
		}
	}
	if job.Type != migrate.Import {
		for _, name := range job.Components {
			if c, ok := s.Catalog.Component(name); ok && widths[name] > 0 && (job.Type == migrate.Counts || !c.Generated) {
				add(0, name, nil)
			}
		}
		return units
	}
	for wave, w := range s.Catalog.Waves(job.Components) {
		for _, part := range w {
			if widths[part.Component] > 0 {
				add(wave, part.Component, part.Collections)
			}
		}
	}
	return units
}

// unitWidth is the largest power of two of buckets that holds about an eighth of the entities, between 2,000 and the
// unit size: a small component is one unit, a large one keeps every worker busy to the end.
func unitWidth(entities int64, buckets int, unitSize int64) int {
	target := min(max(entities/8, 2_000), unitSize)
	width := 1
	for width < buckets && entities*int64(width)*2/int64(buckets) <= target {
		width *= 2
	}
	return width
}

// sizes gives the number of entities per component; that of a generated component is the sum of its sources'.
func (s *Plan) sizes(ctx context.Context, t migrate.TenantID, m migrate.Migration) (map[migrate.ComponentName]int64, error) {
	tallies, err := s.Store.ComponentTallies(ctx, t, m.ID)
	if err != nil {
		return nil, err
	}
	sizes := map[migrate.ComponentName]int64{}
	for _, c := range m.Components {
		sizes[c.Name] = tallies[c.Name].Staged()
		for _, source := range s.sourcesOf(c.Name) {
			if _, takesPart := m.Component(source); takesPart {
				sizes[c.Name] += tallies[source].Staged()
			}
		}
	}
	return sizes, nil
}

// sourcesOf gives the components that a generated component is made from.
func (s *Plan) sourcesOf(name migrate.ComponentName) []migrate.ComponentName {
	c, ok := s.Catalog.Component(name)
	if !ok {
		return nil
	}
	return c.Sources()
}

// writeManifest stores the list of work as one JSON array.
func (s *Plan) writeManifest(ctx context.Context, key string, work []any) (Manifest, error) {
	body, err := json.Marshal(work)
	if err != nil {
		return Manifest{}, migrate.Wrap(migrate.Internal, "encoding a manifest", err)
	}
	if _, err := s.Blobs.PutObject(ctx, key, bytes.NewReader(body)); err != nil {
		return Manifest{}, migrate.Wrap(migrate.Unavailable, "writing a manifest", err)
	}
	return s.manifest(key), nil
}

func (s *Plan) manifest(key string) Manifest {
	return Manifest{Bucket: "work", Manifest: key, MaxConcurrency: max(s.Limits.Workers, 1)}
}
