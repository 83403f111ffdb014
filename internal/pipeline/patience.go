package pipeline

import (
	"io"
	"time"
)

// patience is what a reader does while its source has nothing to give.
type patience struct {
	left  func() (time.Duration, bool) // how long to wait before spent is due; false: as long as it takes
	spent func() error
}

// patientReader reads ahead in the background and calls spent, on the reader's own goroutine, when the source pauses
// for too long. The scanner above it needs no clock.
type patientReader struct {
	patience
	chunks chan []byte
	free   chan []byte
	done   chan struct{}
	err    error // of the source; valid once chunks is closed
	rest   []byte
	whole  []byte
}

func newPatientReader(r io.Reader, p patience) *patientReader {
	pr := &patientReader{patience: p, chunks: make(chan []byte, 4), free: make(chan []byte, 6), done: make(chan struct{})}
	for range 6 {
		pr.free <- make([]byte, 64<<10)
	}
	go pr.pump(r)
	return pr
}

func (p *patientReader) pump(r io.Reader) {
	defer close(p.chunks)
	for {
		var buf []byte
		select {
		case buf = <-p.free:
		case <-p.done:
			return
		}
		n, err := r.Read(buf)
		if n > 0 {
			select {
			case p.chunks <- buf[:n]:
			case <-p.done:
				return
			}
		}
		if err != nil {
			p.err = err
			return
		}
		if n == 0 {
			p.free <- buf
		}
	}
}

// Read gives what the source gave, or waits for it.
func (p *patientReader) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.whole != nil {
			p.free <- p.whole[:cap(p.whole)]
			p.whole = nil
		}
		chunk, ok, err := p.wait()
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, p.err
		}
		p.whole, p.rest = chunk, chunk
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (p *patientReader) wait() ([]byte, bool, error) {
	for {
		select {
		case chunk, ok := <-p.chunks:
			return chunk, ok, nil
		default:
		}
		left, limited := p.left()
		if !limited {
			chunk, ok := <-p.chunks
			return chunk, ok, nil
		}
		timer := time.NewTimer(max(left, 0))
		select {
		case chunk, ok := <-p.chunks:
			timer.Stop()
			return chunk, ok, nil
		case <-timer.C:
			if err := p.spent(); err != nil {
				return nil, false, err
			}
		}
	}
}

func (p *patientReader) stop() { close(p.done) }
