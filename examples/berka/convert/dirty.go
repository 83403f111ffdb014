package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// writeDirty writes a slice of the bank with faults in it: what goes wrong in real extracts, one specimen of each.
func writeDirty(source string, out *drops) error {
	files, err := dirtyFiles(source)
	if err != nil {
		return err
	}
	for _, file := range files {
		for _, s := range file.specimens {
			out.putRaw(file.name, []byte(s.lead+s.text+s.end))
		}
	}
	return nil
}

type dirtyFile struct {
	name      string
	specimens []specimen
}

// dirtyFiles makes the dirty drops, in byte order of their names, from a clean conversion.
func dirtyFiles(source string) ([]dirtyFile, error) {
	dir, err := os.MkdirTemp("", "berka-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := convert(source, dir, writeBank, io.Discard); err != nil {
		return nil, err
	}

	p := &picker{lines: map[string][]string{}}
	for _, name := range []string{
		clientsDrop, accountsDrop, loansDrop, pledgesDrop, ordersDrop, transactionsDrop, repaymentsDrop,
	} {
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		p.lines[name] = strings.Split(string(content), "\n")
	}
	files := specimens(p)
	return files, p.err
}
