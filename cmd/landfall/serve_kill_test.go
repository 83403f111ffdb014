package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"landfall/internal/generate"
	"landfall/internal/migrate"
)

// serveKills is how often TestServe_SurvivesKill kills the process.
const serveKills = 8

// batch is how many records of a load may be staged that are not answered yet.
const batch = 500

// TestServe_SurvivesKill moves a portfolio over HTTP, as somebody else's program would who has read the contract: creates
// a migration, loads several collections at once, starts the jobs one after the other, and whenever the connection breaks
// off, because the process was killed, asks again. A load goes on at the first record that was not answered. In the end
// each record is in the live data exactly once.
func TestServe_SurvivesKill(t *testing.T) {
	t.Parallel()
	random := newRandom(t)
	drops := filepath.Join(t.TempDir(), "drops")
	if _, err := generate.Write(t.Context(), drops, generate.Options{Entities: 12_000, Seed: 5}); err != nil {
		t.Fatal(err)
	}
	want := offeredLines(t, drops, 0)
	calm, kills, rounds := move(t, want, 0, nil, 0), 0, 0
	for ; kills < serveKills; rounds++ {
		kills += move(t, want, serveKills-kills, random, calm.took).kills
	}
	t.Logf("%d kills over %d data folders, undisturbed %v", kills, rounds, calm.took)
}

// mover moves a portfolio against a service that may be killed at any moment.
type mover struct {
	t         *testing.T
	landfall  string
	data      string
	migration string
	took      time.Duration
	kills     int

	mu      sync.Mutex
	process *serving
	left    int           // answers until a kill
	due     chan struct{} // closed when there are none left
	failed  error         // the first error that is not the end of a process
}

// move does all of it and checks what is left. It kills the process so many times, at any moments of a time that long.
func move(t *testing.T, records map[string][]string, times int, random *rand.Rand, length time.Duration) *mover {
	t.Helper()
	m := &mover{t: t, landfall: program(t), data: t.TempDir(), due: make(chan struct{})}
	m.process = serve(t, m.landfall, m.data)
	began, done := time.Now(), make(chan struct{})
	go func() {
		defer close(done)
		m.moveAll(records)
	}()
	for m.kills < times {
		after, answers := moment(random, length), 0
		if m.kills%2 == 0 {
			after, answers = patience, 1+random.IntN(3000)
		}
		if !m.kill(done, after, answers) {
			break
		}
		m.kills++
	}
	<-done
	m.took = time.Since(began)
	if m.failed != nil {
		t.Fatalf("after %d kills: %v\n%s", m.kills, m.failed, m.process.text())
	}
	m.check(records)
	return m
}

// kill kills the process after a while, or after so many answers if that is not 0, and starts another; it reports
// whether there was still something to do.
func (m *mover) kill(done <-chan struct{}, after time.Duration, answers int) bool {
	m.mu.Lock()
	m.left, m.due = answers, make(chan struct{})
	due := m.due
	m.mu.Unlock()
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-done:
		return false
	case <-timer.C:
	case <-due:
	}
	m.process.end(m.t, os.Kill)
	next := serve(m.t, m.landfall, m.data)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.process = next
	return true
}

// service gives the process to ask now.
func (m *mover) service() *serving {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.process
}

// answered counts an answer.
func (m *mover) answered() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left--; m.left == 0 {
		close(m.due)
	}
}

// insist calls f until it succeeds. An answer that refuses is final; no answer, or one that breaks off, is the end of a
// process, and the next one is asked.
func (m *mover) insist(f func(*serving) error) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); ; <-tick.C {
		err := f(m.service())
		var refused *refusal
		switch {
		case err == nil:
			return
		case errors.As(err, &refused) && refused.status != http.StatusServiceUnavailable, time.Since(began) > patience:
			m.mu.Lock()
			m.failed = errors.Join(m.failed, err)
			m.mu.Unlock()
			return
		}
	}
}

func (m *mover) hasFailed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failed != nil
}

func (m *mover) moveAll(records map[string][]string) {
	m.create()
	var loads sync.WaitGroup
	for name, lines := range records {
		loads.Go(func() { m.load(name, lines) })
	}
	loads.Wait()
	for _, job := range []string{"validate-staging", "import", "counts"} {
		if !m.hasFailed() {
			m.run(job)
		}
	}
}

// create makes the migration. If no answer came it may be there.
func (m *mover) create() {
	var created struct{ ReferenceID string }
	body := `{"components":["Counterparties","Collaterals","FinancingSolutions","FinancingExecutions"]}`
	m.insist(func(s *serving) error {
		var refused *refusal
		err := s.ask(http.MethodGet, "/migration-assistance/migrations/current", nil, &created)
		if errors.As(err, &refused) && refused.status == http.StatusNotFound {
			err = s.ask(http.MethodPost, "/migration-assistance/migrations", strings.NewReader(body), &created)
		}
		return err
	})
	m.migration = created.ReferenceID
}

// load sends the records of a collection, as often as the connection breaks off from the first unanswered one.
func (m *mover) load(name string, lines []string) {
	group := map[string]string{"Counterparties": "counterparty-management", "Collaterals": "collateral-management",
		"FinancingSolutions": "financing-solution", "FinancingExecutions": "financing-execution"}
	component, collection, _ := strings.Cut(name, "/")
	path := fmt.Sprintf("/%s/migrations/%s/staging/%s", group[component], m.migration, collection)
	answered := 0
	m.insist(func(s *serving) error {
		n, err := s.load(path, lines[answered:], m.answered)
		answered += n
		if err == nil && answered < len(lines) {
			return fmt.Errorf("%s: %d of %d records were answered", name, answered, len(lines))
		}
		return err
	})
}

// load sends records and gives how many were answered; each is called with every answer. A record that is not staged is
// an error of the test.
func (s *serving) load(path string, lines []string, each func()) (answered int, err error) {
	r, err := http.NewRequest(http.MethodPut, s.base+path, strings.NewReader(strings.Join(lines, "\n")+"\n"))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/jsonl")
	resp, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		content, _ := io.ReadAll(resp.Body)
		return 0, &refusal{resp.StatusCode, fmt.Sprintf("PUT %s: %s %s", path, resp.Status, content)}
	}
	for d := json.NewDecoder(resp.Body); ; answered++ {
		var result struct {
			ReferenceID  string
			IsSuccessful bool
		}
		if err := d.Decode(&result); errors.Is(err, io.EOF) {
			return answered, nil
		} else if err != nil {
			return answered, err
		}
		if !result.IsSuccessful || !strings.Contains(lines[answered], result.ReferenceID) {
			return answered, &refusal{resp.StatusCode, fmt.Sprintf("PUT %s: result %d is %+v of %s", path, answered, result, lines[answered])}
		}
		each()
	}
}

// run starts a job and waits for its end. If no answer came it may be under way, or over.
func (m *mover) run(job string) {
	types := map[string]string{"validate-staging": "ValidateStaging", "import": "Import", "counts": "Counts"}
	m.insist(func(s *serving) error {
		var list struct {
			Items []struct{ ReferenceID, JobType, Status string }
		}
		one := "/migration-assistance/migrations/" + m.migration
		if err := s.ask(http.MethodGet, one+"/jobs", nil, &list); err != nil {
			return err
		}
		if len(list.Items) == 0 || list.Items[0].JobType != types[job] {
			return errors.Join(s.ask(http.MethodPut, one+"/jobs/"+job, nil, nil), errStarted)
		}
		switch list.Items[0].Status {
		case "InProgress":
			return errStarted
		case "Completed":
			return nil
		}
		return &refusal{http.StatusOK, fmt.Sprintf("the job %s is %s", job, list.Items[0].Status)}
	})
}

// errStarted means: ask again.
var errStarted = errors.New("the job is under way")

// check compares the live data, and the books that the service shows, with what was sent.
func (m *mover) check(records map[string][]string) {
	m.t.Helper()
	live, err := readLive(filepath.Join(m.data, "live"))
	if err != nil {
		m.t.Fatal(err)
	}
	sameLive(m.t, live, records)
	var books migrate.Books
	if err := m.process.ask(http.MethodGet, "/migration-assistance/migrations/"+m.migration+"/books", nil, &books); err != nil {
		m.t.Fatal(err)
	}
	entities := 0
	for _, lines := range records {
		entities += len(lines)
	}
	whole := books.Whole.Equations
	if again, most := whole[0].Right["duplicates"], int64(m.kills*len(records)*batch); again > most {
		m.t.Errorf("%d records were staged and not answered, at most %d may be after %d kills", again, most, m.kills)
	}
	if !books.Balanced || len(books.Checks) < 4 || whole[0].Right["staged"] != int64(entities) || whole[1].Right["imported"] != int64(entities) {
		text, _ := json.MarshalIndent(books, "", " ")
		m.t.Errorf("the books of %d entities do not show them: %s", entities, bytes.TrimSpace(text))
	}
}
