package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"landfall/internal/migrate"
)

// printed is what run --json prints, as a program of somebody else reads it.
type printed struct {
	Migration json.RawMessage              `json:"migration"`
	Drops     []map[string]json.RawMessage `json:"drops"`
	Jobs      []map[string]json.RawMessage `json:"jobs"`
	Books     migrate.Books                `json:"books"`

	text []byte
}

// parseDocument reads exactly one JSON document with exactly the four members.
func parseDocument(text []byte) (printed, error) {
	p := printed{text: text}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("standard output is no document: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return p, errors.New("there is more than one document on standard output")
	}
	if p.Migration == nil || p.Drops == nil || p.Jobs == nil || p.Books.Migration == "" {
		return p, errors.New("a member is missing: migration, drops, jobs, books")
	}
	return p, nil
}

// textOf gives a member of an object that is a string.
func textOf(object map[string]json.RawMessage, name string) string {
	var s string
	if json.Unmarshal(object[name], &s) != nil {
		return ""
	}
	return s
}

// file gives the path of a drop below the drops folder.
func (p printed) file(drop map[string]json.RawMessage) string {
	return strings.TrimPrefix(textOf(drop, "key"), string(p.Books.Migration)+"/")
}

// files gives the file of each drop.
func (p printed) files() map[migrate.DropID]string {
	files := map[migrate.DropID]string{}
	for _, d := range p.Drops {
		files[migrate.DropID(textOf(d, "dropId"))] = p.file(d)
	}
	return files
}

// normal gives the document with the same text for the same outcome: ids have the names of what they stand for, moments
// are gone.
func (p printed) normal() string {
	names := []string{string(p.Books.Migration), "MIGRATION"}
	for id, file := range p.files() {
		names = append(names, string(id), "DROP "+file)
	}
	for _, j := range p.Jobs {
		names = append(names, textOf(j, "referenceId"), "JOB "+textOf(j, "jobType"))
	}
	var v any
	d := json.NewDecoder(strings.NewReader(strings.NewReplacer(names...).Replace(string(p.text))))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		panic(err) // it was read before
	}
	forget(v)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return b.String()
}

// forget replaces moments, which end in At or are asOf.
func forget(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			forget(e)
		}
	case map[string]any:
		for name, e := range v {
			if _, ok := e.(string); ok && (strings.HasSuffix(name, "At") || name == "asOf") {
				v[name] = "TIME"
			}
			forget(e)
		}
	}
}

// books gives the books as they must be whatever the history. First-source credit decides which of two drops is credited
// with an entity that both hold, and it goes to the one that was staged first (CONTRACT 10.3): of drops that share a
// collection, only the sum of duplicates and staged is the same in every history. Sums of components always are.
func (p printed) books() migrate.Books {
	b := p.Books
	b.AsOf, b.Migration = time.Time{}, "MIGRATION"
	files, sharing := p.files(), map[string]int{}
	for _, f := range files {
		sharing[filepath.Dir(f)]++
	}
	b.Drops = slices.Clone(b.Drops)
	for i, d := range b.Drops {
		file := files[d.Drop]
		b.Drops[i].Drop = migrate.DropID(file)
		if sharing[filepath.Dir(file)] > 1 {
			intake := d.Equations[0]
			b.Drops[i].Equations = []migrate.Equation{migrate.NewEquation("intake", intake.Left, map[string]int64{
				"rejected": intake.Right["rejected"], "accepted": intake.Right["duplicates"] + intake.Right["staged"]})}
		}
	}
	return b
}

// readLive gives the lines of live data in byte order, by component and collection.
func readLive(dir string) (map[string][]string, error) {
	data := map[string][]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".jsonl" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.HasSuffix(content, []byte("\n")) {
			return fmt.Errorf("%s: the last line is not ended", path)
		}
		relative, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		parts := strings.Split(filepath.ToSlash(relative), "/")
		if len(parts) < 3 {
			return fmt.Errorf("%s lies outside <Component>/<collection>/", path)
		}
		name := parts[0] + "/" + parts[1]
		data[name] = append(data[name], strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")...)
		return nil
	})
	for name := range data {
		slices.Sort(data[name])
	}
	return data, err
}

func mustDocument(t *testing.T, text []byte) printed {
	t.Helper()
	p, err := parseDocument(text)
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	return p
}
