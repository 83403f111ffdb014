package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// drops writes the files of one conversion. They stay hidden, under names that begin with a dot, until publish
// renames them: a reader sees a whole drop or none. The first error sticks and is returned by publish.
type drops struct {
	dir   string
	files []*dropFile // in the order of their first lines
	err   error
}

type dropFile struct {
	name   string // below the folder, with slashes
	temp   *os.File
	buffer *bufio.Writer
	lines  int
	open   bool // the last line is not ended
}

func newDrops(dir string) *drops { return &drops{dir: dir} }

// put appends a record as one line.
func (d *drops) put(name string, record any) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line) // ends the record with LF
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(record); err != nil {
		d.fail(fmt.Errorf("encoding a record of %s: %w", name, err))
		return
	}
	d.putRaw(name, line.Bytes())
}

// putRaw appends bytes as they are.
func (d *drops) putRaw(name string, raw []byte) {
	file := d.file(name)
	if d.err != nil {
		return
	}
	file.lines += bytes.Count(raw, []byte("\n"))
	file.open = !bytes.HasSuffix(raw, []byte("\n"))
	_, err := file.buffer.Write(raw)
	d.fail(err)
}

// file returns the file of that name, opened when it is first asked for.
func (d *drops) file(name string) *dropFile {
	for _, file := range d.files {
		if file.name == name {
			return file
		}
	}
	path := filepath.Join(d.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.fail(err)
		return nil
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		d.fail(err)
		return nil
	}
	file := &dropFile{name: name, temp: temp, buffer: bufio.NewWriterSize(temp, 1<<16)}
	d.files = append(d.files, file)
	return file
}

func (d *drops) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// publish gives the files their names and reports each of them. A file with the same content as before stays
// untouched, so that whoever watches the folder sees nothing new.
func (d *drops) publish(report io.Writer) error {
	for _, file := range d.files {
		d.fail(file.buffer.Flush())
	}
	if d.err != nil {
		return d.err
	}
	for _, file := range d.files {
		path := filepath.Join(d.dir, filepath.FromSlash(file.name))
		before, err := digest(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		now, err := digest(file.temp.Name())
		if err != nil {
			return err
		}
		if now != before {
			if err := file.rename(path); err != nil {
				return err
			}
		}
		fmt.Fprintf(report, "%-64s %s\n", file.name, file.summary(now == before))
	}
	return nil
}

func (f *dropFile) rename(path string) error {
	if err := f.temp.Chmod(0o644); err != nil {
		return err
	}
	if err := f.temp.Close(); err != nil {
		return err
	}
	return os.Rename(f.temp.Name(), path)
}

func (f *dropFile) summary(unchanged bool) string {
	text := fmt.Sprintf("%6d lines", f.lines)
	if f.open {
		text = fmt.Sprintf("%6d lines, the last one not ended", f.lines+1)
	}
	if unchanged {
		text += " (unchanged)"
	}
	return text
}

// discard removes what publish has not renamed.
func (d *drops) discard() {
	for _, file := range d.files {
		file.temp.Close()
		os.Remove(file.temp.Name())
	}
}

// digest returns the SHA-256 of a file.
func digest(path string) (sum [sha256.Size]byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return sum, err
	}
	return [sha256.Size]byte(hash.Sum(nil)), nil
}
