package migrate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"landfall/internal/migrate"
)

const (
	anID    = "8f14e45f-ceea-467f-9b3a-3f1b2c4d5e6f"
	otherID = "00000000-0000-4000-8000-000000000001"
)

func TestReferenceIDOf(t *testing.T) {
	t.Parallel()
	found := []string{
		`{"referenceId":"` + anID + `"}`,
		" {\t\"referenceId\" :\r\n \"" + anID + "\" } ",
		`{"referenceId":"` + strings.ToUpper(anID) + `","a":1}`,
		`{"a":1,"referenceId":"` + anID + `"}`,
		`{"a":null,"b":-1.50e+7,"c":true ,"referenceId":"` + anID + `"}`,
		`{"a":"\\","referenceId":"` + anID + `"}`,
		`{"a":"\"referenceId\":\"","b":"\\\"","referenceId":"` + anID + `"}`,
		`{"a":{"referenceId":"` + otherID + `"},"referenceId":"` + anID + `"}`,
		`{"a":[{"referenceId":"` + otherID + `"},"]}",[[]]],"b":{},"c":[],"referenceId":"` + anID + `"}`,
		`{"referenceid":"` + otherID + `","":"","reference\u0049d":"` + anID + `"}`,
		`{"\u0072\u0065\u0066\u0065\u0072\u0065\u006e\u0063\u0065\u0049\u0064":"` + anID + `"}`,
		`{"referenceId":"\u0038` + anID[1:] + `"}`,
		`{"referenceId":"` + anID + `","cut off`,
	}
	for _, body := range found {
		if got, ok := migrate.ReferenceIDOf([]byte(body)); !ok || got.String() != anID {
			t.Errorf("ReferenceIDOf(%s) = %v, %v, want %s", body, got, ok, anID)
		}
	}
	absent := []string{
		``, ` `, `{`, `{}`, `{"`, `[]`, `"referenceId"`, `{"referenceId"`, `{"referenceId":`, `{"referenceId":7}`,
		`{"referenceId":null,"a":"` + anID + `"}`,
		`{"referenceId":"` + anID,
		`{"referenceId":"` + anID + `\"}`,
		`{"referenceId":"` + anID[1:] + `"}`,
		`{"referenceId":"\u0138` + anID[1:] + `"}`,
		`{"referenceId":"00000000-0000-0000-0000-000000000000"}`,
		`{"a":1}"referenceId":"` + anID + `"}`,
		`{"a":1},"referenceId":"` + anID + `"}`,
		`{"a":{"referenceId":"` + anID + `"}}`,
		`{"a":[1,"referenceId","` + anID + `"]}`,
		`[{"referenceId":"` + anID + `"}]`,
		`{"referenceId\u0000":"` + anID + `"}`,
	}
	for _, body := range absent {
		if got, ok := migrate.ReferenceIDOf([]byte(body)); ok {
			t.Errorf("ReferenceIDOf(%s) = %v, want none", body, got)
		}
	}
}

func TestReferenceIDOf_DoesNotAllocate(t *testing.T) {
	body := []byte(`{"a":"` + strings.Repeat("x", 500) + `","reference\u0049d":"` + anID + `"}`)
	if n := testing.AllocsPerRun(100, func() { migrate.ReferenceIDOf(body) }); n != 0 {
		t.Errorf("ReferenceIDOf allocates %v times, want 0", n)
	}
}

// FuzzReferenceIDOf compares it with the decoder of the standard library on every object that is valid JSON.
func FuzzReferenceIDOf(f *testing.F) {
	f.Add([]byte(`{"referenceId":"` + anID + `"}`))
	f.Add([]byte(`{"a":{"b":["\"",{}]},"reference\u0049d":"` + anID + `","c":1}`))
	f.Add([]byte(`{"a":1.50,"b":"\\","referenceId":"\u0038` + anID[1:] + `"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, ok := migrate.ReferenceIDOf(body)
		if !json.Valid(body) {
			return
		}
		want, wantOK := decodeReferenceID(body)
		if got != want || ok != wantOK {
			t.Errorf("ReferenceIDOf(%q) = %v, %v, want %v, %v", body, got, ok, want, wantOK)
		}
	})
}

func decodeReferenceID(body []byte) (migrate.ReferenceID, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	if first, _ := d.Token(); first != json.Delim('{') {
		return migrate.ReferenceID{}, false
	}
	for d.More() {
		name, _ := d.Token()
		var value any
		if err := d.Decode(&value); err != nil {
			return migrate.ReferenceID{}, false
		}
		if name == "referenceId" {
			text, _ := value.(string)
			return migrate.ParseReferenceID(text)
		}
	}
	return migrate.ReferenceID{}, false
}

func BenchmarkReferenceIDOf(b *testing.B) {
	filler := fmt.Sprintf(`"type":"person","addresses":[{"street":"%s","houseNumber":12}],"note":"%s"`,
		strings.Repeat("s", 40), strings.Repeat("n", 300))
	for name, body := range map[string]string{
		"first": `{"referenceId":"` + anID + `",` + filler + `}`,
		"last":  `{` + filler + `,"referenceId":"` + anID + `"}`,
	} {
		b.Run(name, func(b *testing.B) {
			line := []byte(body)
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				migrate.ReferenceIDOf(line)
			}
		})
	}
}
