package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/api"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// offer puts an object into the staging bucket, waits until it is staged and gives the path of its drop.
func (s *service) offer(m, name, content string) string {
	s.Helper()
	key := m + "/Counterparties/counterparties/" + name
	if _, err := s.Blobs.PutObject(s.Context(), pipeline.BlobKey(migrate.LocalTenant, key), strings.NewReader(content)); err != nil {
		s.Fatal(err)
	}
	out, err := s.Register.Run(s.Context(), pipeline.RegisterInput{Tenant: migrate.LocalTenant, Key: key})
	if err != nil {
		s.Fatal(err)
	}
	<-s.Ended(string(out.Drop.ID))
	return assistance + "/migrations/" + m + "/drops/" + string(out.Drop.ID)
}

// TestRejected_HaveTheirOriginalText reads faulty records back from objects, wherever they lie.
func TestRejected_HaveTheirOriginalText(t *testing.T) {
	t.Parallel()
	s := open(t)
	m := s.create("Counterparties")
	content := "\ufeff<first>\n\n" + person(1) + "\n{\"a\":\"\xff\"}\n" + strings.Repeat("x", 1<<20+1) + "\n[1,2]\n"
	for name, content := range map[string]string{"a.jsonl": content, "b.jsonl.gz": gzipped(content), "c.jsonl.zst": zstdEncoded(content)} {
		path := s.offer(m, name, content)
		stream := s.want(s.get(path+"/results/rejected/stream"), 200).text
		if !strings.Contains(stream, `"record":"<first>"`) {
			t.Errorf("%s: the first record is not shown as it is", name)
		}
		rejected := lines[api.RejectedRecord](t, stream)
		if len(rejected) != 4 {
			t.Fatalf("%s: %d rejected, want 4", name, len(rejected))
		}
		var got []string
		for _, r := range rejected {
			got = append(got, r.Record[:min(len(r.Record), 9)]+string(r.Base64)+" "+string(r.Errors[0].Message))
		}
		want := []string{"<first> INVALID_JSON", "{\"a\":\"\xff\"} INVALID_JSON", "xxxxxxxxx RECORD_TOO_LARGE", "[1,2] INVALID_TYPE"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if r := rejected[0]; r.Line != 1 || r.Offset != 3 || r.Length != 7 {
			t.Errorf("%s: first = %+v", name, r)
		}
		if r := rejected[2]; !r.Truncated || r.Line != 5 || r.Length != 1<<20+1 || len(r.Record) != 1<<20 {
			t.Errorf("%s: too long = line %d, %d of %d bytes", name, r.Line, len(r.Record), r.Length)
		}
		last := lines[api.RejectedRecord](t, s.get(path+"/results/rejected/stream?continue-from=3").text)
		if len(last) != 1 || last[0].Record != "[1,2]" {
			t.Errorf("%s: last = %+v", name, last)
		}
	}
}

func TestDrop_HasTheShapeOfTheContract(t *testing.T) {
	t.Parallel()
	s := open(t)
	m := s.create("Counterparties")
	content := person(1) + "\n\n" + person(1) + "\n{}\n"
	got := decode[map[string]any](t, s.want(s.get(s.offer(m, "a.jsonl", content)), 200).text)
	for _, volatile := range []string{"dropId", "version", "registeredAt", "settledAt"} {
		if text, ok := got[volatile].(string); !ok || text == "" {
			t.Errorf("%s = %v", volatile, got[volatile])
		}
		delete(got, volatile)
	}
	text, _ := json.Marshal(got)
	sameJSON(t, string(text), `{"seq":1,"component":"Counterparties","collection":"counterparties","origin":"object",
		"key":"`+m+`/Counterparties/counterparties/a.jsonl","format":"jsonl","encoding":"identity","state":"Settled",
		"bytes":`+jsonNumber(len(content))+`,"chunks":{"planned":1,"committed":1},"blankLines":1,"lines":3,"accepted":2,"rejected":1,
		"duplicates":1,"staged":1,"problem":null,"outcomes":{"new":1,"replaced":0,"superseded":0,"replayed":1}}`)

	refused := decode[map[string]any](t, s.get(s.offer(m, "b.csv", "a,b")).text)
	if refused["state"] != "Refused" || refused["problem"].(map[string]any)["code"] != "unknown-format" {
		t.Errorf("refused = %v", refused)
	}
	s.wantProblem(s.get(assistance+"/migrations/"+m+"/drops/"+refused["dropId"].(string)+"/results/rejected/stream"), 422, "drop-not-settled")
	s.wantProblem(s.get(assistance+"/migrations/"+m+"/drops?state=Lost"), 400, "invalid-parameter")

	s.want(s.do("PUT", assistance+"/migrations/"+m+"/cancel", ""), 204)
	other := s.create("Counterparties")
	s.wantProblem(s.get(assistance+"/migrations/"+other+"/drops/"+refused["dropId"].(string)), 404, "drop-not-found")
}

func jsonNumber(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}
