package file

import (
	"bufio"
	"context"
	"errors"
	"io"

	"landfall/internal/migrate"
)

const bufferSize = 256 << 10

// lines reads the whole lines of a part. What stands after the last LF is none.
type lines struct {
	r      *bufio.Reader
	path   string // for messages
	offset int64  // of the line to come: at the end, the size of the whole lines
	long   []byte // holds a line that does not fit in the buffer
}

func newLines(ctx context.Context, r io.Reader, path string) *lines {
	return &lines{r: bufio.NewReaderSize(cancellable{ctx, r}, bufferSize), path: path}
}

// next gives the next line, without LF, and the id in it. The line is valid until the next call. It ends with io.EOF.
func (l *lines) next() (migrate.ReferenceID, []byte, error) {
	line, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.nextLong(line)
	}
	if err != nil {
		return migrate.ReferenceID{}, nil, err
	}
	id, ok := migrate.ReferenceIDOf(line)
	if !ok {
		return id, nil, damaged(l.path, l.offset, "a line without a reference id")
	}
	l.offset += int64(len(line))
	return id, line[:len(line)-1], nil
}

func (l *lines) nextLong(begun []byte) ([]byte, error) {
	l.long = append(l.long[:0], begun...)
	for {
		more, err := l.r.ReadSlice('\n')
		l.long = append(l.long, more...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.long, err
		}
	}
}

// cancellable is a reader that ends with the context's error.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// lineWriter writes bodies as lines. An error shows when it is flushed.
type lineWriter struct {
	*bufio.Writer
	size int64
}

func newLineWriter(w io.Writer) *lineWriter {
	return &lineWriter{Writer: bufio.NewWriterSize(w, bufferSize)}
}

func (w *lineWriter) write(body []byte) {
	w.Write(body)
	w.WriteByte('\n')
	w.size += int64(len(body)) + 1
}

// writeOr writes the body that replaces the entity's, if there is one.
func (w *lineWriter) writeOr(replaced map[migrate.ReferenceID][]byte, id migrate.ReferenceID, body []byte) {
	if other, ok := replaced[id]; ok {
		body = other
	}
	w.write(body)
}
