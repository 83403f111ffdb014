package catalog_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

func add(t testing.TB, tally *catalog.Tallier, component migrate.ComponentName, name migrate.CollectionName, records ...string) {
	t.Helper()
	for _, r := range records {
		if err := tally.Add(component, name, []byte(r)); err != nil {
			t.Fatal(err)
		}
	}
}

func tables(c *catalog.Catalog, staged, imported *catalog.Tally, components ...migrate.ComponentName) map[string]migrate.CountTable {
	byType := map[string]migrate.CountTable{}
	for _, table := range c.CountTables(components, staged, imported) {
		byType[table.Type] = table
	}
	return byType
}

// TestLending_CountTypes holds the catalog's counts to CONTRACT 8.
func TestLending_CountTypes(t *testing.T) {
	t.Parallel()
	c := openLending(t)
	var all []migrate.ComponentName
	for _, p := range c.Components {
		all = append(all, p.Name)
	}
	got := []string{}
	for _, table := range c.CountTables(all, &catalog.Tally{}, &catalog.Tally{}) {
		got = append(got, fmt.Sprint(table.Type, table.Headers))
	}
	want := []string{
		"TotalEntity[EntityType Count]", "TotalCounterparties[Type Count]", "TotalCollaterals[Type Count]",
		"TotalCollateralObjects[Type Count]", "TotalAgreements[Type Status Count]", "TotalAdditionalRepayments[Type Status Count]",
		"AgreementAmounts[Currency Count Amount]", "FacilityLimits[Currency Count Amount]", "TotalDebitMandates[Scheme Count]",
		"TotalTransactions[Type Currency Count Amount]", "TotalPaymentAdministrations[SourceEntityType Count]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CountTables (-want +got):\n%s", diff)
	}
	if got := c.CountTables([]migrate.ComponentName{"Counterparties"}, &catalog.Tally{}, &catalog.Tally{}); len(got) != 2 {
		t.Errorf("CountTables of one component = %v, want TotalEntity and TotalCounterparties", got)
	}
}

func TestCatalog_CountTables(t *testing.T) {
	t.Parallel()
	c := openLending(t)
	staged, imported := c.NewTallier(), c.NewTallier()
	const agreement = `{"type":"loan","amount":{"amount":%s,"currency":"EUR"}}`
	add(t, staged, "FinancingSolutions", "agreements", fmt.Sprintf(agreement, "0.1"), fmt.Sprintf(agreement, "0.2"),
		fmt.Sprintf(agreement, "999999999999999999.0000000001"), `{"type":"lease","status":"ended"}`)
	add(t, imported, "FinancingSolutions", "agreements", fmt.Sprintf(agreement, "0.30"), fmt.Sprintf(agreement, "1e2"))
	got := tables(c, staged.Tally(), imported.Tally(), "FinancingSolutions")
	for _, want := range []migrate.CountTable{
		{Type: "TotalEntity", Headers: []string{"EntityType", "Count"},
			StagedRows: [][]string{{"Agreement", "4"}}, ImportedRows: [][]string{{"Agreement", "2"}}},
		{Type: "TotalAgreements", Headers: []string{"Type", "Status", "Count"},
			StagedRows:   [][]string{{"lease", "ended", "1"}, {"loan", "(none)", "3"}},
			ImportedRows: [][]string{{"lease", "ended", "0"}, {"loan", "(none)", "2"}}},
		{Type: "AgreementAmounts", Headers: []string{"Currency", "Count", "Amount"},
			StagedRows:   [][]string{{"(none)", "1", "0"}, {"EUR", "3", "999999999999999999.3000000001"}},
			ImportedRows: [][]string{{"(none)", "0", "0"}, {"EUR", "2", "100.3"}}},
	} {
		if diff := cmp.Diff(want, got[want.Type]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Type, diff)
		}
	}
	total := []migrate.ControlTotal{
		{Component: "FinancingSolutions", Name: "amountByCurrency", Key: "EUR", Staged: "999999999999999999.3000000001", Imported: "100.3"},
	}
	if diff := cmp.Diff(total, c.ControlTotals([]migrate.ComponentName{"FinancingSolutions"}, staged.Tally(), imported.Tally())); diff != "" {
		t.Errorf("ControlTotals (-want +got):\n%s", diff)
	}
}

// TestTally_PartsAddUp: however records are spread over units, stored and read back, the sum is that of the whole.
func TestTally_PartsAddUp(t *testing.T) {
	t.Parallel()
	c := openLending(t)
	random := rand.New(rand.NewPCG(1, 2))
	whole, parts := c.NewTallier(), []*catalog.Tallier{c.NewTallier(), c.NewTallier(), c.NewTallier()}
	for range 2_000 {
		record := fmt.Sprintf(`{"type":"t%d","amount":{"amount":%d.%010d,"currency":"C%d"}}`,
			random.IntN(3), random.IntN(1_000_000_000), random.IntN(1_000_000_000), random.IntN(4))
		add(t, whole, "FinancingExecutions", "transactions", record)
		add(t, parts[random.IntN(3)], "FinancingExecutions", "transactions", record)
	}
	var sum catalog.Tally
	for _, p := range parts {
		stored, err := json.Marshal(p.Tally())
		if err != nil {
			t.Fatal(err)
		}
		var read catalog.Tally
		if err := json.Unmarshal(stored, &read); err != nil {
			t.Fatal(err)
		}
		if err := sum.Merge(&read); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(tables(c, whole.Tally(), whole.Tally()), tables(c, &sum, whole.Tally())); diff != "" {
		t.Errorf("whole and sum of parts (-whole +sum):\n%s", diff)
	}
}

func TestGenerate_Record(t *testing.T) {
	t.Parallel()
	c := openLending(t)
	n := collection(t, c, "payment-administrations")
	for _, tc := range []struct{ entityType, source, id, want string }{
		{"Agreement",
			`{"referenceId":"A4C5FCBD-4A2B-4F0C-9DFC-5CC1C9F6A001","startDate":"2015-04-01","amount": {"amount": 200000.30, "currency":"EUR"}}`,
			"6ab96c62-b010-52d1-a538-d98db1389312", `"source":{"component":"FinancingSolutions","entityType":"Agreement","referenceId":"a4c5fcbd-4a2b-4f0c-9dfc-5cc1c9f6a001"},` +
				`"agreementReferenceId":"a4c5fcbd-4a2b-4f0c-9dfc-5cc1c9f6a001","date":"2015-04-01","amount":{"amount":200000.30,"currency":"EUR"}}`},
		{"DebitMandate", `{"referenceId":"deb17000-0000-4000-8000-000000000001","agreementReferenceId":"a4c5fcbd-4a2b-4f0c-9dfc-5cc1c9f6a001"}`,
			"b645beb4-109b-5e76-9edc-065a147796f9", `"source":{"component":"FinancingExecutions","entityType":"DebitMandate","referenceId":"deb17000-0000-4000-8000-000000000001"},` +
				`"agreementReferenceId":"a4c5fcbd-4a2b-4f0c-9dfc-5cc1c9f6a001"}`},
	} {
		id, body, err := n.Generate.Record(tc.entityType, []byte(tc.source))
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"referenceId":"` + tc.id + `",` + tc.want; string(body) != want || id.String() != tc.id {
			t.Errorf("Record = %s, want %s", body, want)
		}
		if faults := n.NewChecker().Check(body, true).Faults; len(faults) > 0 {
			t.Errorf("Record does not fit its schema: %v", faults)
		}
	}
	if _, _, err := n.Generate.Record("Counterparty", []byte(`{}`)); migrate.CodeOf(err) != migrate.Invalid {
		t.Errorf("Record of no source: %v", err)
	}
	if _, _, err := n.Generate.Record("Agreement", []byte(`{}`)); migrate.CodeOf(err) != migrate.Invalid {
		t.Errorf("Record of a source without id: %v", err)
	}
}
