package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// patience is how long a test waits for something that should come at once.
const patience = 60 * time.Second

// serving is a landfall serve under way.
type serving struct {
	base string // http://HOST:PORT
	cmd  *exec.Cmd

	mu   sync.Mutex
	said strings.Builder
	read chan struct{} // closed at the end of standard error
}

// serve starts landfall serve on a free port and waits until it says where it listens.
func serve(t *testing.T, landfall, data string) *serving {
	t.Helper()
	s := &serving{cmd: exec.CommandContext(t.Context(), landfall, "serve", "--addr", "127.0.0.1:0", "--data", data), read: make(chan struct{})}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		<-s.read
		s.cmd.Wait()
	})
	address := make(chan string, 1)
	go s.listen(stderr, address)
	select {
	case s.base = <-address:
	case <-s.read:
		t.Fatalf("landfall serve ended:\n%s", s.text())
	case <-time.After(patience):
		t.Fatalf("landfall serve does not say where it listens:\n%s", s.text())
	}
	return s
}

// listen keeps what the process says and gives the address it names.
func (s *serving) listen(stderr io.Reader, address chan<- string) {
	defer close(s.read)
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		s.mu.Lock()
		s.said.WriteString(lines.Text() + "\n")
		s.mu.Unlock()
		if base, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			address <- base
		}
	}
}

func (s *serving) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// end sends a signal and gives the exit code, -1 if the signal ended the process.
func (s *serving) end(t *testing.T, signal os.Signal) int {
	t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.read:
	case <-time.After(patience):
		t.Fatalf("landfall serve does not end at %v:\n%s", signal, s.text())
	}
	err := s.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return s.cmd.ProcessState.ExitCode()
}

// client takes no proxy and keeps no connection to a process that may be killed.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// ask sends a request and decodes the answer, which must be a success.
func (s *serving) ask(method, path string, body io.Reader, answer any) error {
	r, err := http.NewRequest(method, s.base+path, body)
	if err != nil {
		return err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return &refusal{resp.StatusCode, fmt.Sprintf("%s %s: %s %s", method, path, resp.Status, content)}
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(content, answer)
}

// refusal is an answer that is no success.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

// linesOf gives the objects of a stream.
func linesOf[T any](t *testing.T, s *serving, path string) []T {
	t.Helper()
	resp, err := client.Get(s.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", path, resp.Status)
	}
	var list []T
	for d := json.NewDecoder(resp.Body); ; {
		var v T
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatalf("GET %s: %v", path, err)
		}
		list = append(list, v)
	}
}

func TestServe_EndsCleanlyAtASignal(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		s := serve(t, "landfall", t.TempDir())
		if !strings.HasPrefix(s.base, "http://127.0.0.1:") || strings.HasSuffix(s.base, ":0") {
			t.Errorf("listening on %s, want a port of 127.0.0.1", s.base)
		}
		if err := s.ask(http.MethodGet, "/healthz", nil, nil); err != nil {
			t.Error(err)
		}
		if code := s.end(t, signal); code != 0 {
			t.Errorf("exit code %d at %v, want 0:\n%s", code, signal, s.text())
		}
		if _, err := client.Get(s.base + "/healthz"); err == nil {
			t.Errorf("still answering after %v", signal)
		}
	}
}

func TestServe_HoldsItsFolder(t *testing.T) {
	t.Parallel()
	data, drops := t.TempDir(), t.TempDir()
	if err := copyTree(dirtyDrops, drops, func(path string) bool { return filepath.Base(path) == "clean.jsonl" }); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "landfall", data)
	want := fmt.Sprintf("landfall: opening the data folder %s: it is in use by process %d; stop that one, or choose another folder with --data\n",
		data, s.cmd.Process.Pid)
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0", "--data", data}, {"run", "--data", data, drops}} {
		stderr := new(bytes.Buffer)
		c := exec.Command("landfall", args...)
		c.Stderr = stderr
		if c.Run(); c.ProcessState.ExitCode() != exitUsage || stderr.String() != want {
			t.Errorf("landfall %s: exit code %d, said %q, want 1 and %q", args[0], c.ProcessState.ExitCode(), stderr, want)
		}
	}
	// The lock goes with the process, however it ends.
	s.end(t, os.Kill)
	c := exec.Command("landfall", "run", "--data", data, drops)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("landfall run after the other was killed: %v\n%s", err, out)
	}
}

// A service that is started on the folder of a finished run tells of it what the run told.
func TestServe_TellsWhatARunHasDone(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	out, err := exec.Command("landfall", "run", "--json", "--data", data, dirtyDrops).Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitInvalid {
		t.Fatalf("landfall run: %v, want exit code %d", err, exitInvalid)
	}
	p := mustDocument(t, out)
	s := serve(t, "landfall", data)
	one := "/migration-assistance/migrations/" + string(p.Books.Migration)
	var told struct {
		Migration, Books any
		Drops, Jobs      []any
	}
	if err := json.Unmarshal(out, &told); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{one: told.Migration, one + "/books": told.Books}
	for i, j := range p.Jobs {
		want["/migration-assistance/jobs/"+textOf(j, "referenceId")] = told.Jobs[i]
	}
	for i, d := range p.Drops {
		want[one+"/drops/"+textOf(d, "dropId")] = told.Drops[i]
	}
	moment := cmpopts.IgnoreMapEntries(func(name string, _ any) bool { return name == "asOf" })
	for path, told := range want {
		var got any
		if err := s.ask(http.MethodGet, path, nil, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(told, got, moment); diff != "" {
			t.Errorf("GET %s (-run +serve):\n%s", path, diff)
		}
	}
}
