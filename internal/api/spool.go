package api

import (
	"errors"
	"io"
	"os"
	"sync"
)

// spoolMemory is how many bytes wait in memory; more go to a temporary file.
const spoolMemory = 256 << 10

// spool is a queue of bytes between a load, which must not wait for its client, and a client that may send its whole body
// before it reads a single result. Writing never waits for the client; a goroutine hands on what there is. Memory stays
// bounded: what the client does not take goes to a file that has no name.
type spool struct {
	send func([]byte) error // hands bytes to the client; an empty slice says that nothing more waits for now

	mu     sync.Mutex
	change sync.Cond
	head   []byte   // the oldest bytes
	file   *os.File // those after them: [read, wrote)
	read   int64
	wrote  int64
	closed bool
	err    error // what ended the spool early
	done   chan struct{}
}

func newSpool(send func([]byte) error) *spool {
	s := &spool{send: send, done: make(chan struct{})}
	s.change.L = &s.mu
	go s.drain()
	return s
}

// Write queues p. It fails once the client is gone.
func (s *spool) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.change.Signal()
	if s.err != nil {
		return 0, s.err
	}
	if s.wrote == s.read && len(s.head)+len(p) <= spoolMemory {
		s.head = append(s.head, p...)
		return len(p), nil
	}
	if err := s.spill(p); err != nil {
		s.err = err
		return 0, err
	}
	return len(p), nil
}

func (s *spool) spill(p []byte) (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp("", "landfall-results-*"); err != nil {
			return err
		}
		os.Remove(s.file.Name())
	}
	n, err := s.file.WriteAt(p, s.wrote)
	s.wrote += int64(n)
	return err
}

// Close waits until the client has everything, or is gone.
func (s *spool) Close() error {
	s.mu.Lock()
	s.closed = true
	s.change.Signal()
	s.mu.Unlock()
	<-s.done
	if s.file != nil {
		s.file.Close()
	}
	return s.err
}

// drain hands on what is queued until the spool is closed and empty.
func (s *spool) drain() {
	defer close(s.done)
	for buf := make([]byte, 0, 64<<10); ; {
		var last bool
		var err error
		if buf, last, err = s.next(buf[:0]); err == nil && len(buf) == 0 {
			return
		}
		if err == nil {
			err = s.send(buf)
		}
		if err == nil && last {
			err = s.send(nil)
		}
		if err != nil {
			s.fail(err)
			return
		}
	}
}

// next waits for bytes and takes the oldest; last says that none are left. It takes nothing at the end.
func (s *spool) next(buf []byte) (_ []byte, last bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.head) == 0 && s.read == s.wrote && !s.closed && s.err == nil {
		s.change.Wait()
	}
	switch {
	case len(s.head) > 0:
		buf = append(buf, s.head...)
		s.head = s.head[:0]
	case s.read < s.wrote:
		n, err := s.file.ReadAt(buf[:min(int64(cap(buf)), s.wrote-s.read)], s.read)
		if err != nil && !errors.Is(err, io.EOF) {
			return buf, false, err
		}
		buf = buf[:n]
		s.read += int64(n)
	}
	if s.read == s.wrote {
		s.read, s.wrote = 0, 0 // the file is used anew from its beginning
	}
	return buf, s.wrote == 0, s.err
}

func (s *spool) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}
