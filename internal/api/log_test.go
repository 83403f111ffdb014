package api_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"landfall/internal/api"
)

func TestLog_FiltersAndContinues(t *testing.T) {
	t.Parallel()
	s := open(t)
	m := s.create("Counterparties", "FinancingSolutions")
	s.load(s.peoplePath(m), person(1), `{"referenceId":"`+idOf(2)+`"}`)
	s.run(m, "validate-staging")
	path := assistance + "/migrations/" + m + "/logs/stream"
	all := lines[api.LogEntry](t, s.want(s.get(path), 200).text)
	if len(all) < 8 {
		t.Fatalf("log = %+v, want at least 8 entries", all)
	}
	middle := all[3]
	stamp, _ := middle.Timestamp.MarshalText()
	at := time.Time(middle.Timestamp)
	for query, keeps := range map[string]func(api.LogEntry) bool{
		"Components=financingsolutions":                    func(e api.LogEntry) bool { return e.Component == "FinancingSolutions" },
		"components=Counterparties,FinancingSolutions":     func(api.LogEntry) bool { return true },
		"Components=Counterparties&Components=Collaterals": func(e api.LogEntry) bool { return e.Component == "Counterparties" },
		"Actions=STAGEDENTITIES":                           func(e api.LogEntry) bool { return e.Action == "StagedEntities" },
		"Actions=Nothing":                                  func(api.LogEntry) bool { return false },
		"LogLevels=warn":                                   func(e api.LogEntry) bool { return e.Level == "WARN" },
		"LogLevels=WARN&Components=FinancingSolutions":     func(e api.LogEntry) bool { return e.Level == "WARN" && e.Component == "FinancingSolutions" },
		"EntityReferenceIds=" + strings.ToUpper(idOf(2)): func(e api.LogEntry) bool {
			return len(e.EntityReferenceIDs) == 1 && e.EntityReferenceIDs[0].String() == idOf(2)
		},
		"EntityReferenceIds=" + idOf(1):                            func(api.LogEntry) bool { return false },
		"After=" + string(stamp):                                   func(e api.LogEntry) bool { return time.Time(e.Timestamp).After(at) },
		"Before=" + string(stamp):                                  func(e api.LogEntry) bool { return time.Time(e.Timestamp).Before(at) },
		"After=2000-01-01T00:00:00+01:00":                          func(api.LogEntry) bool { return true },
		"Before=2000-01-01t00:00:00.5z":                            func(api.LogEntry) bool { return false },
		"After=&Before=" + url.QueryEscape("2100-01-01T00:00:00Z"): func(api.LogEntry) bool { return true },
	} {
		var want []string
		for _, e := range all {
			if keeps(e) {
				want = append(want, e.Message)
			}
		}
		for from := range len(want) + 2 {
			got := lines[api.LogEntry](t, s.want(s.get(path+"?"+query+"&continue-from="+strconv.Itoa(from)), 200).text)
			if wanted := want[min(from, len(want)):]; len(got) != len(wanted) || len(got) > 0 && got[0].Message != wanted[0] {
				t.Errorf("%s from %d = %+v, want %q", query, from, got, wanted)
			}
		}
	}
	for _, query := range []string{"Components=Nobody", "LogLevels=TRACE", "EntityReferenceIds=7", "After=yesterday", "continue-from=-1",
		"After=" + url.QueryEscape(string(stamp)) + "&After=x", "EntityReferenceIds=" + strings.Repeat(idOf(1)+",", 1001)} {
		s.wantProblem(s.get(path+"?"+query), 400, "invalid-parameter")
	}
}

func TestLog_HasExactlySixMembers(t *testing.T) {
	t.Parallel()
	s := open(t)
	m := s.create("Counterparties")
	a := s.want(s.do("GET", assistance+"/migrations/"+m+"/logs/stream", "", "Accept: application/json-seq"), 200)
	text, framed := strings.CutPrefix(a.text, "\x1e")
	entry := decode[map[string]any](t, text)
	if !framed || len(entry) != 6 || entry["action"] != "CreatedMigration" || entry["logLevel"] != "INFO" || len(entry["entityReferenceIds"].([]any)) != 0 {
		t.Errorf("entry = %q", a.text)
	}
	if stamp := entry["timestamp"].(string); len(stamp) != len("2026-03-07T21:04:11.352Z") || !strings.HasSuffix(stamp, "Z") {
		t.Errorf("timestamp = %q", stamp)
	}
}
