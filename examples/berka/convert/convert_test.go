package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

const source = "../data"

// cutLine is the last line of trans.asc, as it is passed on.
const cutLine = `3526882;11021;940331;"PRIJE`

func TestConvert(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := convert(source, dir, writeBank, io.Discard); err != nil {
		t.Fatal(err)
	}
	drops := readAll(t, dir)
	records := map[string][]reader{}
	for name, content := range drops {
		records[name] = decode(t, content)
	}

	t.Run("Counts", func(t *testing.T) { t.Parallel(); testCounts(t, records) })
	t.Run("PassesTheCutLineOn", func(t *testing.T) { t.Parallel(); testCutLine(t, drops[transactionsDrop]) })
	t.Run("KeepsEveryAmount", func(t *testing.T) { t.Parallel(); testAmounts(t, records) })
	t.Run("IDsAreUnique", func(t *testing.T) { t.Parallel(); testIDs(t, records) })
	t.Run("ReferencesHold", func(t *testing.T) { t.Parallel(); testReferences(t, records) })
	t.Run("IsRepeatable", func(t *testing.T) { t.Parallel(); testRepeat(t, dir, drops) })
}

func testCounts(t *testing.T, records map[string][]reader) {
	want := map[string]int{
		clientsDrop:      5369,
		accountsDrop:     4500,
		loansDrop:        682,
		pledgesDrop:      682,
		ordersDrop:       6471,
		repaymentsDrop:   123,
		transactionsDrop: 49102,
	}
	got := map[string]int{}
	for name, list := range records {
		got[name] = len(list)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("whole lines of the drops (-want +got):\n%s", diff)
	}
}

func testCutLine(t *testing.T, content string) {
	const line, offset = 49103, 18177499 // as the README says
	whole := content[:strings.LastIndexByte(content, '\n')+1]
	if got := content[len(whole):]; got != cutLine {
		t.Errorf("last line = %q, want %q", got, cutLine)
	}
	if got := 1 + strings.Count(whole, "\n"); got != line {
		t.Errorf("it is line %d, want %d", got, line)
	}
	if len(whole) != offset {
		t.Errorf("it is at byte %d, want %d", len(whole), offset)
	}
}

// The source is read here a second time, without the converter's code, and sums are compared as exact fractions.
func testAmounts(t *testing.T, records map[string][]reader) {
	for _, test := range []struct {
		table, column, drop string
		member              func(reader) money
	}{
		{"loan.asc", "amount", loansDrop, func(r reader) money { return r.Amount }},
		{"loan.asc", "amount", loansDrop, func(r reader) money { return r.Facilities[0].AmountLimit }},
		{"loan.asc", "payments", loansDrop, func(r reader) money { return r.Facilities[0].PaymentAmount }},
		{"loan.asc", "amount", pledgesDrop, func(r reader) money { return r.CoverAmount }},
		{"order.asc", "amount", ordersDrop, func(r reader) money { return r.Amount }},
		{"trans.asc", "amount", transactionsDrop, func(r reader) money { return r.Amount }},
		{"trans.asc", "balance", transactionsDrop, func(r reader) money { return r.BalanceAfter }},
	} {
		var got []string
		for _, r := range records[test.drop] {
			got = append(got, string(test.member(r).Amount))
		}
		want := columnOf(t, test.table, test.column)
		if !slices.Equal(want, got) {
			t.Errorf("%s of %s has other digits in %s", test.column, test.table, test.drop)
		}
		if w, g := sum(t, want), sum(t, got); w.Cmp(g) != 0 {
			t.Errorf("%s of %s adds up to %s, want %s", test.column, test.drop, g.FloatString(2), w.FloatString(2))
		}
	}
}

func testIDs(t *testing.T, records map[string][]reader) {
	ids, numbers := map[string]bool{}, map[string]bool{}
	for name, list := range records {
		for _, r := range list {
			if parsed, err := uuid.Parse(r.ReferenceID); err != nil || parsed.Version() != 5 {
				t.Errorf("%s: %q is no UUID of version 5", name, r.ReferenceID)
			}
			if ids[r.ReferenceID] {
				t.Errorf("%s: %s occurs twice", name, r.ReferenceID)
			}
			if numbers[r.AgreementNumber] {
				t.Errorf("%s: agreement number %q occurs twice", name, r.AgreementNumber)
			}
			ids[r.ReferenceID], numbers[r.AgreementNumber] = true, r.AgreementNumber != ""
		}
	}
}

func testReferences(t *testing.T, records map[string][]reader) {
	counterparties, agreements := map[string]bool{}, map[string]bool{}
	for _, r := range records[clientsDrop] {
		counterparties[r.ReferenceID] = true
	}
	for _, r := range slices.Concat(records[accountsDrop], records[loansDrop]) {
		agreements[r.ReferenceID] = true
	}
	for name, list := range records {
		for _, r := range list {
			for _, to := range r.counterparties() {
				if !counterparties[to] {
					t.Errorf("%s: %s refers to counterparty %s, which is in no drop", name, r.ReferenceID, to)
				}
			}
			for _, to := range r.agreements() {
				if !agreements[to] {
					t.Errorf("%s: %s refers to agreement %s, which is in no drop", name, r.ReferenceID, to)
				}
			}
		}
	}
}

func testRepeat(t *testing.T, dir string, drops map[string]string) {
	again := t.TempDir()
	if err := convert(source, again, writeBank, io.Discard); err != nil {
		t.Fatal(err)
	}
	for name, content := range readAll(t, again) {
		if content != drops[name] {
			t.Errorf("%s differs in a second conversion", name)
		}
	}

	before := stat(t, dir, clientsDrop)
	var report bytes.Buffer
	if err := convert(source, dir, writeBank, &report); err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, stat(t, dir, clientsDrop)) {
		t.Errorf("%s was replaced by an equal file", clientsDrop)
	}
	if got := strings.Count(report.String(), "(unchanged)"); got != len(drops) {
		t.Errorf("%d of %d files are reported as unchanged:\n%s", got, len(drops), &report)
	}
}

func TestConvert_FaultsOfTheSource(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, table, old, new, want string }{
		{"UnknownCode", "account.asc", "MESICNE", "ROCNE", `account.asc:2: frequency: unknown code "POPLATEK ROCNE"`},
		{"NoDate", "account.asc", "930101", "931301", "account.asc:2: date: not a date"},
		{"NoAmount", "order.asc", "2452.00", "2452,00", "order.asc:2: amount: not an amount"},
		{"NoKey", "client.asc", "\n1;", "\n;", "client.asc:2: client_id: not a key"},
		{"NoBirthNumber", "client.asc", "706213", "709913", "client.asc:2: birth_number: not a date of birth"},
		{"NoDistrict", "client.asc", `"706213";18`, `"706213";99`, "client.asc:2: district_id: refers to nothing"},
		{"NoOwner", "disp.asc", "1;1;1;", "1;1;9;", "disp.asc:13: account_id: has an owner already"},
		{"NoColumn", "loan.asc", "payments", "payment", "loan.asc:2: payments: no such column"},
		{"FewColumns", "loan.asc", `;"B"`, "", "loan.asc: record on line 2: wrong number of fields"},
		{"CutOff", "loan.asc", "6748;8645;981208;240900;60;4015.00;\"C\"\r\n", "6748",
			"loan.asc:683: the last line is cut off"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			from, to := t.TempDir(), t.TempDir()
			if err := os.CopyFS(from, os.DirFS(source)); err != nil {
				t.Fatal(err)
			}
			edit(t, filepath.Join(from, test.table), test.old, test.new)

			err := convert(from, to, writeBank, io.Discard)
			if err == nil || err.Error() != test.want {
				t.Errorf("convert() = %v, want %s", err, test.want)
			}
			if left := readAll(t, to); len(left) > 0 {
				t.Errorf("a failed conversion left %d files", len(left))
			}
		})
	}
}

func TestDecodeBirthNumber(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"450204": "1945-02-04 male",
		"706213": "1970-12-13 female",
		"875927": "1987-09-27 female",
		"120229": "1912-02-29 male",
	} {
		born, gender, err := decodeBirthNumber(number)
		if got := isoDate(born) + " " + gender; err != nil || got != want {
			t.Errorf("decodeBirthNumber(%q) = %s, %v, want %s", number, got, err, want)
		}
	}
	for _, number := range []string{"", "45020", "4502041", "450230", "451304", "455004", "456304", "45ab04"} {
		if born, _, err := decodeBirthNumber(number); err == nil {
			t.Errorf("decodeBirthNumber(%q) = %s, want an error", number, isoDate(born))
		}
	}
}

func TestAddMonths(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		start  string
		months int
		want   string
	}{
		{"930705", 12, "1994-07-05"},
		{"960229", 60, "2001-02-28"},
		{"960229", 48, "2000-02-29"},
		{"931231", 2, "1994-02-28"},
		{"931231", 1, "1994-01-31"},
	} {
		start, err := century20(test.start)
		if err != nil {
			t.Fatal(err)
		}
		if got := isoDate(addMonths(start, test.months)); got != test.want {
			t.Errorf("addMonths(%s, %d) = %s, want %s", test.start, test.months, got, test.want)
		}
	}
}

// reader is what these tests read of a record of any collection. Amounts keep their digits.
type reader struct {
	ReferenceID              string      `json:"referenceId"`
	AgreementNumber          string      `json:"agreementNumber"`
	AgreementReferenceID     string      `json:"agreementReferenceId"`
	AgreementReferenceIDs    []string    `json:"agreementReferenceIds"`
	CounterpartyReferenceIDs []string    `json:"counterpartyReferenceIds"`
	Applicants               []applicant `json:"applicants"`
	Relations                []relation  `json:"relations"`
	Amount                   money       `json:"amount"`
	BalanceAfter             money       `json:"balanceAfter"`
	CoverAmount              money       `json:"coverAmount"`
	Facilities               []facility  `json:"facilities"`
}

func (r reader) agreements() []string {
	if r.AgreementReferenceID != "" {
		return append(r.AgreementReferenceIDs, r.AgreementReferenceID)
	}
	return r.AgreementReferenceIDs
}

func (r reader) counterparties() []string {
	all := r.CounterpartyReferenceIDs
	for _, a := range r.Applicants {
		all = append(all, a.CounterpartyReferenceID)
	}
	for _, rel := range r.Relations {
		all = append(all, rel.To)
	}
	return all
}

// readAll returns the content of every file below a folder, hidden ones included, by its name.
func readAll(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	fsys := os.DirFS(dir)
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(fsys, name)
		files[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func stat(t *testing.T, dir, name string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// edit changes the first occurrence of old in a file.
func edit(t *testing.T, path, old, new string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(content, []byte(old)) {
		t.Fatalf("%s has no %q", path, old)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(content, []byte(old), []byte(new), 1), 0o644); err != nil {
		t.Fatal(err)
	}
}

// columnOf returns a column of a source table, without a line that is cut off.
func columnOf(t *testing.T, table, column string) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(source, table))
	if err != nil {
		t.Fatal(err)
	}
	values := csv.NewReader(bytes.NewReader(bytes.TrimSuffix(content, []byte(cutLine))))
	values.Comma = ';'
	rows, err := values.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var at int
	for rows[0][at] != column {
		at++
	}
	var list []string
	for _, row := range rows[1:] {
		list = append(list, row[at])
	}
	return list
}

func sum(t *testing.T, amounts []string) *big.Rat {
	t.Helper()
	total := new(big.Rat)
	for _, amount := range amounts {
		value, ok := new(big.Rat).SetString(amount)
		if !ok {
			t.Fatalf("%q is no amount", amount)
		}
		total.Add(total, value)
	}
	return total
}

// decode reads the whole lines of a drop.
func decode(t *testing.T, drop string) []reader {
	t.Helper()
	var list []reader
	for line := range strings.Lines(drop) {
		if !strings.HasSuffix(line, "\n") {
			break
		}
		var r reader
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		list = append(list, r)
	}
	return list
}
