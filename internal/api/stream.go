package api

import (
	"errors"
	"io"
	"net/http"

	"landfall/internal/migrate"
	"landfall/internal/records"
)

// streamBuffer is how many bytes of objects are sent at once.
const streamBuffer = 32 << 10

// stream sends objects one by one, framed as the client wants them.
type stream struct {
	w      io.Writer
	format records.Format
	skip   int64 // objects still to be left out
	buf    []byte
}

// openStream begins an answer of objects that leaves the first ones out. Nothing is sent before the first object, so that
// until then a failure can still be told.
func (c *call) openStream(skip int64) *stream {
	c.w.Header().Set("Content-Type", "application/"+c.format.String())
	return &stream{w: c.w, format: c.format, skip: skip}
}

// skips reports whether the next object is one to leave out. Who asks before making it saves the work.
func (s *stream) skips() bool {
	if s.skip == 0 {
		return false
	}
	s.skip--
	return true
}

// send adds an object.
func (s *stream) send(v any) error {
	text, err := encode(v)
	if err != nil {
		return migrate.Wrap(migrate.Internal, "encoding an object", err)
	}
	return s.sendText(text)
}

// sendText adds an object that is JSON already, on one line.
func (s *stream) sendText(text []byte) error {
	s.buf = s.format.Append(s.buf, text)
	if len(s.buf) < streamBuffer {
		return nil
	}
	return s.flush()
}

func (s *stream) flush() error {
	_, err := s.w.Write(s.buf)
	s.buf = s.buf[:0]
	return err
}

// close sends what is left. A stream without objects is an answer without bytes.
func (s *stream) close() error { return s.flush() }

// flushNow hands everything written to the client.
func flushNow(w http.ResponseWriter) error {
	err := http.NewResponseController(w).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}
