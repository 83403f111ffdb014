package api_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"landfall/internal/api"
)

func (s *service) peoplePath(m string) string {
	return counterparties + "/migrations/" + m + "/staging/counterparties"
}

// slowLoad is a load whose client decides when to send what, and reads result by result.
type slowLoad struct {
	*service
	body     *io.PipeWriter
	response *http.Response
	results  *bufio.Reader
}

// beginLoad sends the first records and waits for the answer to begin.
func (s *service) beginLoad(m string, first string) *slowLoad {
	s.Helper()
	read, write := io.Pipe()
	s.Cleanup(func() { write.Close() })
	r, err := http.NewRequestWithContext(s.Context(), "PUT", s.url+s.peoplePath(m), read)
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/jsonl")
	go io.WriteString(write, first)
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { response.Body.Close() })
	return &slowLoad{s, write, response, bufio.NewReader(response.Body)}
}

// next reads one result.
func (l *slowLoad) next() api.LoadResult {
	l.Helper()
	line, err := l.results.ReadString('\n')
	if err != nil {
		l.Fatal(err)
	}
	return decode[api.LoadResult](l, line)
}

func TestLoad_AnswersWhileTheBodyIsStillArriving(t *testing.T) {
	t.Parallel()
	s := open(t)
	m := s.create("Counterparties")
	l := s.beginLoad(m, person(1)+"\n")
	for n := 1; n <= 3; n++ {
		if r := l.next(); !r.IsSuccessful || r.ID.String() != idOf(n) {
			t.Fatalf("result %d = %+v", n, r)
		}
		if n < 3 {
			fmt.Fprintln(l.body, person(n+1))
		}
	}
	fmt.Fprintln(l.body, "\nnonsense")
	l.next()
	l.body.Close()
	if rest, err := io.ReadAll(l.results); err != nil || len(rest) > 0 {
		t.Errorf("after the last result: %q, %v", rest, err)
	}
	path := assistance + "/migrations/" + m + "/drops/" + l.response.Header.Get("Drop-Id")
	if got := decode[drop](t, s.get(path).text); got.State != "Settled" || got.Lines != 4 {
		t.Errorf("drop = %+v, want it settled when the answer ends", got)
	}
	rejected := lines[api.RejectedRecord](t, s.get(path+"/results/rejected/stream").text)
	if len(rejected) != 1 || rejected[0].Line != 5 {
		t.Errorf("rejected = %+v, want one at line 5", rejected)
	}
}

func TestLoad_IsAnsweredAfterCancel(t *testing.T) {
	t.Parallel()
	s := open(t)
	m := s.create("Counterparties")
	l := s.beginLoad(m, person(1)+"\n")
	l.next()
	cancel := assistance + "/migrations/" + m + "/cancel"
	s.want(s.do("PUT", cancel, ""), http.StatusNoContent)
	for n := 2; n <= 3; n++ {
		fmt.Fprintln(l.body, person(n))
		if r := l.next(); r.IsSuccessful || len(r.Errors) != 1 || r.Errors[0].Message != "MIGRATION_CANCELLED" {
			t.Errorf("result %d = %+v", n, r)
		}
	}
	l.body.Close()
	io.Copy(io.Discard, l.results)
	s.want(s.do("PUT", cancel, ""), http.StatusNoContent)
	status := decode[api.Migration](t, s.get(assistance+"/migrations/"+m).text)
	if status.Activity != "Cancelled" || status.Staged != 1 {
		t.Errorf("migration = %+v", status)
	}
	s.wantProblem(s.do("PUT", s.peoplePath(m), "", "Content-Type: application/jsonl"), 422, "migration-cancelled")
}

// TestLoad_TakesAClientThatSendsEverythingFirst sends, and answers, more than sockets hold before the client reads a byte.
func TestLoad_TakesAClientThatSendsEverythingFirst(t *testing.T) {
	t.Parallel()
	s := open(t)
	const records = 60_000
	path := s.peoplePath(s.create("Counterparties"))
	connection, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	connection.(*net.TCPConn).SetReadBuffer(256 << 10)
	record := func(n int) string { return fmt.Sprintf("{\"referenceId\":%q,%500s\"type\":\"thing\"}\n", idOf(n), "") }
	fmt.Fprintf(connection, "PUT %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jsonl\r\nContent-Length: %d\r\n\r\n",
		path, records*len(record(0)))
	body := bufio.NewWriterSize(connection, 1<<20)
	for n := range records {
		body.WriteString(record(n))
	}
	body.Flush()
	request, _ := http.NewRequest("PUT", path, nil)
	response, err := http.ReadResponse(bufio.NewReader(connection), request)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for result := bufio.NewScanner(response.Body); result.Scan(); n++ {
		if want := `{"referenceId":"` + idOf(n); !strings.HasPrefix(result.Text(), want) {
			t.Fatalf("result %d = %s", n, result.Text())
		}
	}
	if n != records {
		t.Errorf("%d results, want %d", n, records)
	}
}

func TestLoad_ReadsEveryFramingAndEncoding(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := s.peoplePath(s.create("Counterparties"))
	for _, test := range []struct {
		name, typ, encoding, accept, body, want string
	}{
		{"lines", "jsonl", "", "", person(1) + "\r\n\n" + person(2), "application/jsonl"},
		{"sequence", "json-seq", "", "", "\x1e" + person(1) + "\n\x1e\x1e" + person(2) + "\n", "application/json-seq"},
		{"lines as a sequence", "jsonl", "", "application/json-seq", person(1) + "\n" + person(2), "application/json-seq"},
		{"sequence as JSON", "json-seq", "identity", "application/json", "\x1e" + person(1) + "\x1e" + person(2), "application/json-seq"},
		{"gzip", "jsonl", "gzip", "*/*", gzipped(person(1) + "\n" + person(2)), "application/jsonl"},
		{"zstd", "jsonl", "ZSTD", "", zstdEncoded(person(1) + "\n" + person(2)), "application/jsonl"},
	} {
		a := s.want(s.do("PUT", path, test.body, "Content-Type: application/"+test.typ, "Content-Encoding: "+test.encoding, "Accept: "+test.accept), 200)
		if got := a.Header.Get("Content-Type"); got != test.want || a.Header.Get("Drop-Id") == "" {
			t.Errorf("%s: headers = %v, want type %s", test.name, a.Header, test.want)
		}
		if got := strings.HasPrefix(a.text, "\x1e"); got != (test.want == "application/json-seq") {
			t.Errorf("%s: framing of %q", test.name, a.text)
		}
		results := lines[api.LoadResult](t, strings.ReplaceAll(a.text, "\x1e", ""))
		if len(results) != 2 || !results[0].IsSuccessful || results[1].ID.String() != idOf(2) {
			t.Errorf("%s: results = %q", test.name, a.text)
		}
	}
	strict := s.do("PUT", path+"?strict=true", person(3), "Content-Type: application/jsonl")
	sameJSON(t, strict.text, `{"referenceId":"`+idOf(3)+`","isSuccessful":false,"errors":[{"field":"x-amount","message":"UNKNOWN_FIELD"}]}`)
	if empty := s.want(s.do("PUT", path, "", "Content-Type: application/jsonl"), 200); empty.text != "" {
		t.Errorf("results of nothing = %q", empty.text)
	}
}

// TestLoad_LeavesABrokenBodyAccountedFor breaks off a body: what was answered is staged, the drop says so.
func TestLoad_LeavesABrokenBodyAccountedFor(t *testing.T) {
	t.Parallel()
	s := open(t)
	m := s.create("Counterparties")
	l := s.beginLoad(m, person(1)+"\n")
	l.next()
	l.body.CloseWithError(io.ErrUnexpectedEOF)
	if _, err := io.ReadAll(l.results); err == nil {
		t.Error("the answer to a broken body ended as if it were whole")
	}
	drop := decode[struct{ State string }](t, s.settled(m, l.response.Header.Get("Drop-Id")))
	if drop.State != "Interrupted" {
		t.Errorf("state = %s, want Interrupted", drop.State)
	}
	s.want(s.get(s.peoplePath(m)+"/"+idOf(1)), 200)
}

// settled asks for a drop until it is not open any more.
func (s *service) settled(m, drop string) string {
	s.Helper()
	for {
		text := s.want(s.get(assistance+"/migrations/"+m+"/drops/"+drop), 200).text
		if !strings.Contains(text, `"settledAt":null`) {
			return text
		}
	}
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func zstdEncoded(text string) string {
	w, _ := zstd.NewWriter(nil)
	return string(w.EncodeAll([]byte(text), nil))
}
