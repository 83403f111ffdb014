package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/api"
)

// TestWholeWay goes through a migration as a client would, from its creation to its books.
func TestWholeWay(t *testing.T) {
	t.Parallel()
	s := open(t)
	m := s.create("Counterparties", "FinancingSolutions")
	people, agreements := counterparties+"/migrations/"+m+"/staging/counterparties", solutions+"/migrations/"+m+"/staging/agreements"

	results := s.load(people, person(1), person(2), `{"referenceId":"`+idOf(3)+`","type":"person","surname":"S"}`, "nonsense", person(1), person(2)+" ")
	var verdicts []string
	for _, r := range results {
		verdict := "null"
		if r.ID != nil {
			verdict = r.ID.String()[34:]
		}
		for _, e := range r.Errors {
			verdict += " " + e.Field + " " + string(e.Message)
		}
		verdicts = append(verdicts, verdict)
	}
	want := []string{"01", "02", "03 initials MISSING_REQUIRED_FIELD", "null  INVALID_JSON", "01", "02"}
	if diff := cmp.Diff(want, verdicts); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	s.load(agreements, agreement(11, 1), agreement(12, 9))

	t.Log("validation finds the reference to nobody")
	_, text := s.run(m, "validate-staging")
	result := decode[api.ValidationResult](t, text)
	if result.IsValid || len(result.Errors) != 1 {
		t.Fatalf("validation = %s, want one error", text)
	}
	if e := result.Errors[0]; e.Component != "FinancingSolutions" || e.ID.String() != idOf(12) || e.Code != "REFERENCE_NOT_FOUND" ||
		e.Field != "applicants[0].counterpartyReferenceId" {
		t.Errorf("error = %+v", e)
	}
	p := s.wantProblem(s.do("PUT", assistance+"/migrations/"+m+"/jobs/import", ""), 422, "staging-not-completed")
	if diff := cmp.Diff([]any{"FinancingSolutions"}, p["components"]); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}

	t.Log("corrected, it passes")
	s.load(agreements, agreement(12, 2))
	validation, text := s.run(m, "validate-staging")
	sameJSON(t, text, `{"referenceId":"`+validation+`","jobType":"ValidateStaging","isValid":true,"errors":[]}`)

	imported, text := s.run(m, "import")
	sameJSON(t, text, `{"referenceId":"`+imported+`","jobType":"Import","status":"Completed","numberOfStagedEntities":4,
		"numberOfImportedEntities":4,"errors":[]}`)
	_, text = s.run(m, "counts")
	counts := decode[api.CountsResult](t, text)
	if len(counts.Counts) == 0 || counts.Counts[0].Type != "TotalEntity" ||
		!slices.EqualFunc(counts.Counts[0].StagedRows, counts.Counts[0].ImportedRows, slices.Equal) || strings.Contains(text, `"errors"`) {
		t.Errorf("counts = %s", text)
	}

	status := decode[api.Migration](t, s.want(s.get(assistance+"/migrations/"+m), 200).text)
	if status.Activity != "Completed" || status.Staged != 4 || status.Imported != 4 || status.StagingStatus != "Completed" {
		t.Errorf("migration = %+v", status)
	}
	s.wantProblem(s.get(assistance+"/migrations/current"), 404, "no-active-migration")
	s.checkBooks(m)
	s.checkDrops(m)
	s.checkLists(m)
	s.checkStaged(people)
}

// checkBooks expects balanced books of 9 lines: 2 rejected, 3 duplicates, 4 staged.
func (s *service) checkBooks(m string) {
	s.Helper()
	books := decode[api.Books](s, s.want(s.get(assistance+"/migrations/"+m+"/books"), 200).text)
	if !books.Balanced || len(books.Differences) > 0 {
		s.Errorf("books = %+v", books)
	}
	if got := books.Whole.Equations[0]; got.LeftTotal != 9 || got.Right["rejected"] != 2 || got.Right["duplicates"] != 3 {
		s.Errorf("intake = %+v", got)
	}
	if got := books.Whole.Equations[1]; got.Right["imported"] != 4 {
		s.Errorf("outcome = %+v", got)
	}
}

type drop struct {
	ID       string `json:"dropId"`
	Seq      int
	State    string
	Lines    int
	Accepted int
	Rejected int
	Outcomes map[string]int
}

func (s *service) checkDrops(m string) {
	s.Helper()
	all := assistance + "/migrations/" + m + "/drops"
	list := decode[struct {
		Items []drop
		Total int
	}](s, s.want(s.get(all+"?Component=Counterparties&state=Settled&limit=1"), 200).text)
	if list.Total != 1 || len(list.Items) != 1 {
		s.Fatalf("drops = %+v, want one", list)
	}
	one := list.Items[0]
	want := drop{ID: one.ID, Seq: 1, State: "Settled", Lines: 6, Accepted: 4, Rejected: 2,
		Outcomes: map[string]int{"new": 2, "replaced": 0, "superseded": 0, "replayed": 2}}
	if diff := cmp.Diff(want, one); diff != "" {
		s.Errorf("drop (-want +got):\n%s", diff)
	}
	if again := s.want(s.get(all+"/"+strings.ToUpper(one.ID)), 200); decode[drop](s, again.text).ID != one.ID {
		s.Errorf("drop = %s", again.text)
	}

	rejected := lines[api.RejectedRecord](s, s.want(s.get(all+"/"+one.ID+"/results/rejected/stream"), 200).text)
	if len(rejected) != 2 || rejected[0].Line != 3 || rejected[1].Line != 4 || rejected[1].Errors[0].Message != "INVALID_JSON" {
		s.Errorf("rejected = %+v", rejected)
	}
	duplicates := lines[api.DuplicateRecord](s, s.want(s.get(all+"/"+one.ID+"/results/duplicates/stream?continue-from=1"), 200).text)
	if len(duplicates) != 1 || duplicates[0].Line != 6 || duplicates[0].ID.String() != idOf(2) || string(duplicates[0].Other.Drop) != one.ID {
		s.Errorf("duplicates = %+v", duplicates)
	}
}

// checkLists looks at the lists of migrations and jobs: newest first, in pages.
func (s *service) checkLists(m string) {
	s.Helper()
	type list struct {
		Items []struct {
			ID        string `json:"referenceId"`
			Type      string `json:"jobType"`
			Status    string
			CreatedAt string
			EndedAt   string
		}
		Total, Offset, Limit int
	}
	migrations := decode[list](s, s.want(s.get(assistance+"/migrations?activity=Completed"), 200).text)
	if migrations.Total != 1 || migrations.Limit != 50 || migrations.Items[0].ID != m || migrations.Items[0].EndedAt == "" {
		s.Errorf("migrations = %+v", migrations)
	}
	jobs := decode[list](s, s.want(s.get(assistance+"/migrations/"+m+"/jobs?limit=3"), 200).text)
	var types []string
	for _, j := range jobs.Items {
		types = append(types, j.Type+" "+j.Status)
	}
	if diff := cmp.Diff([]string{"Counts Completed", "Import Completed", "ValidateStaging Completed"}, types); diff != "" || jobs.Total != 4 {
		s.Errorf("jobs of %d (-want +got):\n%s", jobs.Total, diff)
	}
	if past := decode[list](s, s.want(s.get(assistance+"/migrations/"+m+"/jobs?offset=9"), 200).text); len(past.Items) != 0 || past.Total != 4 {
		s.Errorf("past the end = %+v", past)
	}
}

// checkStaged reads the two people back, as loaded.
func (s *service) checkStaged(people string) {
	s.Helper()
	all := s.want(s.get(people+"/stream"), 200)
	if got := strings.Count(all.text, "\n"); got != 2 || !strings.Contains(all.text, person(1)+"\n") || !strings.Contains(all.text, person(2)+"\n") {
		s.Errorf("staged = %q", all.text)
	}
	first, second, _ := strings.Cut(all.text, "\n")
	if rest := s.get(people + "/stream?continue-from=1"); rest.text != second {
		s.Errorf("continued = %q, want %q", rest.text, second)
	}
	sequence := s.do("GET", people+"/stream", "", "Accept: application/json-seq")
	if !strings.HasPrefix(sequence.text, "\x1e"+first+"\n\x1e") {
		s.Errorf("sequence = %q", sequence.text)
	}
	if one := s.want(s.get(people+"/"+idOf(1)), 200); strings.TrimSpace(one.text) != person(1) || one.Header.Get("Content-Type") != "application/json" {
		s.Errorf("one = %q", one.text)
	}
	s.wantProblem(s.get(people+"/"+idOf(3)), 404, "entity-not-found")
	s.wantProblem(s.do("PUT", people, person(5), "Content-Type: application/jsonl"), http.StatusUnprocessableEntity, "migration-completed")
}
