package generate

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// parts is one collection on its way to disk: a row of files that are renamed when they are whole.
type parts struct {
	dir   string
	limit int64
	files []File
	temp  *os.File
	out   *bufio.Writer
	open  File // the file being written
}

func newParts(dir string, limit int64) *parts {
	if limit <= 0 {
		limit = DefaultPartSize
	}
	return &parts{dir: dir, limit: limit, out: bufio.NewWriterSize(nil, 1<<20)}
}

// path gives the name of the n-th file.
func (p *parts) path(n int) string { return filepath.Join(p.dir, fmt.Sprintf("part-%03d.jsonl", n)) }

// add appends a line to the open file, or to a new one if it would not fit.
func (p *parts) add(line []byte) error {
	if p.temp != nil && p.open.Bytes+int64(len(line)) > p.limit {
		if err := p.publish(); err != nil {
			return err
		}
	}
	if p.temp == nil {
		if err := p.begin(); err != nil {
			return err
		}
	}
	p.open.Records++
	p.open.Bytes += int64(len(line))
	_, err := p.out.Write(line)
	return err
}

// begin opens the next file under a hidden name, which watchers of a drop folder leave alone.
func (p *parts) begin() error {
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return err
	}
	p.open = File{Path: p.path(len(p.files))}
	temp, err := os.CreateTemp(p.dir, "."+filepath.Base(p.open.Path)+".*")
	if err != nil {
		return err
	}
	p.temp = temp
	p.out.Reset(temp)
	return nil
}

// publish makes the open file durable and gives it its name.
func (p *parts) publish() error {
	err := errors.Join(p.out.Flush(), p.temp.Chmod(0o644), p.temp.Sync(), p.temp.Close())
	if err == nil {
		err = os.Rename(p.temp.Name(), p.open.Path)
	}
	if err != nil {
		return err
	}
	p.temp = nil
	p.files = append(p.files, p.open)
	return nil
}

// finish publishes the last file and removes those that an earlier, larger portfolio left behind it.
func (p *parts) finish() ([]File, error) {
	if p.temp != nil {
		if err := p.publish(); err != nil {
			return p.files, err
		}
	}
	for n := len(p.files); ; n++ {
		switch err := os.Remove(p.path(n)); {
		case errors.Is(err, fs.ErrNotExist):
			return p.files, nil
		case err != nil:
			return p.files, err
		}
	}
}

// discard removes the file that was not finished, if there is one.
func (p *parts) discard() {
	if p.temp != nil {
		p.temp.Close()
		os.Remove(p.temp.Name())
	}
}
