package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"landfall/catalogs"
	"landfall/internal/api"
	"landfall/internal/catalog"
	"landfall/internal/local"
)

const (
	assistance     = "/migration-assistance"
	counterparties = "/counterparty-management"
	solutions      = "/financing-solution"
)

// service is the whole thing behind a real server, with one client.
type service struct {
	*testing.T
	*local.Service
	url string
}

// open starts a service on a folder of its own, with its own handler or a changed one.
func open(t *testing.T, changes ...func(*api.Config)) *service {
	t.Helper()
	model := lending(t)
	s, err := local.Open(t.Context(), local.Config{Data: t.TempDir(), Catalog: model})
	if err != nil {
		t.Fatal(err)
	}
	handler := s.Handler()
	config := api.Config{Store: s.Store, Blobs: s.Blobs, Catalog: model, Lifecycle: s.Lifecycle, Load: s.Load, Books: s.Books,
		LoopbackOnly: true, Version: "1.2.3", NewID: uuid.NewString, Now: s.Now, Logger: s.Logger}
	for _, change := range changes {
		change(&config)
		handler = api.New(config)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &service{t, s, server.URL}
}

func lending(t *testing.T) *catalog.Catalog {
	t.Helper()
	folder, err := fs.Sub(catalogs.FS, "lending")
	if err != nil {
		t.Fatal(err)
	}
	model, err := catalog.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// answer is a response read to its end.
type answer struct {
	*http.Response
	text string
}

// do sends a request; headers are pairs of "Name: value".
func (s *service) do(method, path, body string, headers ...string) answer {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Add(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{response, string(text)}
}

func (s *service) get(path string) answer { s.Helper(); return s.do("GET", path, "") }

// want fails the test unless the answer has the status.
func (s *service) want(a answer, status int) answer {
	s.Helper()
	if a.StatusCode != status {
		s.Fatalf("%s %s = %d %s, want %d", a.Request.Method, a.Request.URL, a.StatusCode, a.text, status)
	}
	return a
}

// wantProblem fails the test unless the answer is a whole problem document with the code.
func (s *service) wantProblem(a answer, status int, code string) map[string]any {
	s.Helper()
	p := decode[map[string]any](s, s.want(a, status).text)
	if p["code"] != code || a.Header.Get("Content-Type") != "application/problem+json" {
		s.Errorf("%s %s = %s %s, want code %s", a.Request.Method, a.Request.URL, a.Header.Get("Content-Type"), a.text, code)
	}
	want := map[string]any{"type": "urn:landfall:problem:" + code, "status": float64(status), "instance": a.Request.URL.Path,
		"requestId": a.Header.Get("X-Request-Id")}
	for name, value := range want {
		if p[name] != value {
			s.Errorf("problem %s: %s = %v, want %v", code, name, p[name], value)
		}
	}
	if p["title"] == "" || p["detail"] == "" {
		s.Errorf("problem %s has no title or no detail: %s", code, a.text)
	}
	return p
}

func decode[T any](t testing.TB, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("decoding %q: %v", text, err)
	}
	return v
}

// lines decodes JSON Lines.
func lines[T any](t testing.TB, text string) []T {
	t.Helper()
	var list []T
	for line := range strings.Lines(text) {
		list = append(list, decode[T](t, line))
	}
	return list
}

// create begins a migration and gives its id.
func (s *service) create(components ...string) string {
	s.Helper()
	body, _ := json.Marshal(map[string]any{"components": components})
	a := s.want(s.do("POST", assistance+"/migrations", string(body), "Content-Type: application/json"), http.StatusCreated)
	return string(decode[api.Migration](s, a.text).ID)
}

// load puts JSON Lines into a collection and gives the results.
func (s *service) load(path string, records ...string) []api.LoadResult {
	s.Helper()
	a := s.want(s.do("PUT", path, strings.Join(records, "\n"), "Content-Type: application/jsonl"), http.StatusOK)
	return lines[api.LoadResult](s, a.text)
}

// run starts a job, waits for its end and gives its id and result.
func (s *service) run(migration, job string) (id, result string) {
	s.Helper()
	a := s.want(s.do("PUT", assistance+"/migrations/"+migration+"/jobs/"+job, ""), http.StatusOK)
	id = decode[string](s, a.text)
	if got, want := a.Header.Get("Location"), assistance+"/jobs/"+id; got != want {
		s.Errorf("Location = %q, want %q", got, want)
	}
	<-s.Ended(id)
	return id, s.want(s.get(assistance+"/jobs/"+id), http.StatusOK).text
}

// idOf gives reference ids that sort like n.
func idOf(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

func person(n int) string {
	return fmt.Sprintf(`{"referenceId":%q,"type":"person","surname":"Client %d","initials":"C.","x-amount":1.50}`, idOf(n), n)
}

func agreement(n, applicant int) string {
	return fmt.Sprintf(`{"referenceId":%q,"type":"currentAccount","startDate":"2020-01-31",`+
		`"applicants":[{"counterpartyReferenceId":%q,"role":"mainApplicant"}]}`, idOf(n), idOf(applicant))
}

// sameJSON compares documents whatever their order of members.
func sameJSON(t testing.TB, got, want string) {
	t.Helper()
	a, _ := json.Marshal(decode[any](t, got))
	b, _ := json.Marshal(decode[any](t, want))
	if !bytes.Equal(a, b) {
		t.Errorf("got  %s\nwant %s", a, b)
	}
}
