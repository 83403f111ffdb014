package embedded_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"landfall/internal/migrate"
	"landfall/internal/store/embedded"
)

const benchRecord = 540 // bytes, as a counterparty has

// BenchmarkCommit stages parts of 16 MiB with two writers; one operation is one part. "new" stages ids that are not
// there; "again" offers the same records in a later drop.
func BenchmarkCommit(b *testing.B) {
	b.Run("new", func(b *testing.B) { benchCommit(b, benchLoad{part: 16 << 20, writers: 2}, false) })
	b.Run("again", func(b *testing.B) { benchCommit(b, benchLoad{part: 16 << 20, writers: 2}, true) })
}

// BenchmarkPart compares the two ways of a part, by its size: Options.SmallPart is where they cross.
func BenchmarkPart(b *testing.B) {
	for _, size := range []int64{256 << 10, 1 << 20, 4 << 20} {
		for way, small := range map[string]int{"batch": 1 << 30, "tables": 1} {
			b.Run(fmt.Sprintf("%dKiB/%s", size>>10, way), func(b *testing.B) {
				benchCommit(b, benchLoad{part: size, writers: 2, options: embedded.Options{SmallPart: small}}, false)
			})
		}
	}
}

// BenchmarkOneRecord stages parts of one record with 64 writers, as loads over HTTP may.
func BenchmarkOneRecord(b *testing.B) {
	benchCommit(b, benchLoad{part: benchRecord, writers: 64}, false)
}

// benchLoad says how b.N parts are staged.
type benchLoad struct {
	part    int64 // bytes
	writers int
	options embedded.Options
}

func benchCommit(b *testing.B, l benchLoad, again bool) {
	s := mustOpen(b, b.TempDir(), l.options)
	m := mustCreate(b, s)
	if again {
		l.stage(b, s, m, 1, b.N)
	}
	b.ResetTimer()
	start, before, cpu := time.Now(), benchProc("/proc/self/io", "write_bytes:"), benchCPU()
	l.stage(b, s, m, 2, b.N)
	seconds, bytes := time.Since(start).Seconds(), float64(b.N)*float64(l.part)
	b.ReportMetric(bytes/benchRecord/seconds, "records/s")
	b.ReportMetric(bytes/1e6/seconds, "MB/s")
	b.ReportMetric((benchProc("/proc/self/io", "write_bytes:")-before)/bytes, "written/byte")
	b.ReportMetric(benchProc("/proc/self/status", "VmHWM:")/1e3, "peakRSS-MB")
	b.ReportMetric((benchCPU()-cpu)/(bytes/benchRecord)*1e6, "cpu-s/1e6")
	b.ReportMetric(0, "ns/op")
	tally, err := s.DropTally(b.Context(), tenant, m.ID, dropID(2))
	if want := int64(b.N) * (l.part / benchRecord); err != nil || tally.Lines != want {
		b.Fatalf("DropTally = %+v, %v; want %d lines", tally, err, want)
	}
}

func (l benchLoad) stage(b *testing.B, s *embedded.Store, m migrate.Migration, seq uint32, parts int) {
	var next atomic.Int64
	var writers sync.WaitGroup
	for range l.writers {
		writers.Go(func() {
			for n := next.Add(1) - 1; n < int64(parts); n = next.Add(1) - 1 {
				l.write(b, s, m, seq, n)
			}
		})
	}
	writers.Wait()
}

func (l benchLoad) write(b *testing.B, s *embedded.Store, m migrate.Migration, seq uint32, part int64) {
	ids := rand.New(rand.NewPCG(uint64(part), 1))
	body := []byte(benchBody)
	from := part * l.part
	w, err := s.BeginChunk(b.Context(), tenant, chunkRef(m, seq, from))
	for i := int64(0); i < l.part/benchRecord && err == nil; i++ {
		var r migrate.StagedRecord
		binary.BigEndian.PutUint64(r.ID[:], ids.Uint64())
		binary.BigEndian.PutUint64(r.ID[8:], ids.Uint64())
		binary.BigEndian.PutUint64(r.Hash[:], ids.Uint64())
		binary.BigEndian.PutUint64(r.Hash[8:], ids.Uint64())
		r.Offset, r.Line, r.Body = from+i*benchRecord, i, body
		for at := 20; at < len(body)-40; at += 60 { // values differ, member names do not
			copy(body[at:], strconv.FormatUint(ids.Uint64(), 36))
		}
		err = w.Add(r)
	}
	if err == nil {
		_, err = w.Commit(b.Context(), from+l.part, migrate.PartRead{})
	}
	if err != nil {
		b.Error(err)
	}
}

// BenchmarkWalkBucket reads back 64 parts, two buckets at a time; one operation is the whole component.
func BenchmarkWalkBucket(b *testing.B) {
	s := mustOpen(b, b.TempDir(), embedded.Options{})
	m := mustCreate(b, s)
	l := benchLoad{part: 16 << 20, writers: 2}
	const parts = 64
	l.stage(b, s, m, 1, parts)
	want := parts * (l.part / benchRecord)
	b.SetBytes(want * benchRecord)
	for b.Loop() {
		var next, entities atomic.Int64
		var readers sync.WaitGroup
		for range 2 {
			readers.Go(func() {
				for bucket := next.Add(1) - 1; bucket < int64(m.Buckets); bucket = next.Add(1) - 1 {
					q := migrate.BucketQuery{Component: component, Bucket: int(bucket)}
					err := s.WalkBucket(b.Context(), tenant, m.ID, q, func(*migrate.Entity) error { entities.Add(1); return nil })
					if err != nil {
						b.Error(err)
					}
				}
			})
		}
		readers.Wait()
		if entities.Load() != want {
			b.Fatalf("walked %d entities, want %d", entities.Load(), want)
		}
	}
}

// benchCPU gives the seconds of processor time that the process has used; unlike the clock it does not mind neighbours.
func benchCPU() float64 {
	raw, _ := os.ReadFile("/proc/self/stat")
	f := strings.Fields(string(raw))
	if len(f) < 15 {
		return 0
	}
	user, _ := strconv.ParseFloat(f[13], 64)
	system, _ := strconv.ParseFloat(f[14], 64)
	return (user + system) / 100
}

// benchProc reads a number that Linux keeps of the process; 0 elsewhere.
func benchProc(file, name string) float64 {
	raw, _ := os.ReadFile(file)
	_, rest, _ := strings.Cut(string(raw), name)
	n := 0.0
	if f := strings.Fields(rest); len(f) > 0 {
		n, _ = strconv.ParseFloat(f[0], 64)
	}
	return n
}

var benchBody = strings.Repeat(`{"referenceMember":"---------------------------------------"}`, 9)[:benchRecord]
