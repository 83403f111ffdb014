package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

func TestInspect_Mentions(t *testing.T) {
	t.Parallel()
	n := collection(t, openLending(t), "collaterals")
	got, err := n.NewInspector().Inspect(example(t, "collaterals", `{"agreementReferenceIds":["A4C5FCBD-4A2B-4F0C-9DFC-5CC1C9F6A001"]}`), today)
	if err != nil {
		t.Fatal(err)
	}
	mention := func(field, component, name, label, id string) catalog.Mention {
		ref, _ := migrate.ParseReferenceID(id)
		return catalog.Mention{
			Field: field, To: catalog.Ref{Component: migrate.ComponentName(component), Collection: migrate.CollectionName(name)}, ID: ref,
			Message: "Referenced " + label + " does not exist in staging or live data",
		}
	}
	want := []catalog.Mention{
		mention("agreementReferenceIds[0]", "FinancingSolutions", "agreements", "agreement", "a4c5fcbd-4a2b-4f0c-9dfc-5cc1c9f6a001"),
		mention("counterpartyReferenceIds[0]", "Counterparties", "counterparties", "counterparty", "f5eb4278-5015-454d-abca-bb0c4c6656ec"),
		mention("counterpartyReferenceIds[1]", "Counterparties", "counterparties", "counterparty", "1eff07b8-38be-4dcc-8d75-adc8466e3e45"),
		mention("registeredMortgageEntries[0].collateralObjectReferenceId", "Collaterals", "collateral-objects", "collateral object",
			"c01f57e2-6a43-4f3b-8a53-1b39b0a2e001"),
	}
	if diff := cmp.Diff(want, got.Mentions); diff != "" {
		t.Errorf("Mentions (-want +got):\n%s", diff)
	}
}

// TestLending_References holds the catalog's references to CONTRACT 5.7.
func TestLending_References(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"counterparties.relations[].to":                                       "Counterparties/counterparties",
		"counterparties.associatedParties[].counterpartyReferenceId":          "Counterparties/counterparties",
		"collaterals.counterpartyReferenceIds[]":                              "Counterparties/counterparties",
		"collateral-objects.ownerReferenceIds[]":                              "Counterparties/counterparties",
		"agreements.applicants[].counterpartyReferenceId":                     "Counterparties/counterparties",
		"debit-mandates.debtor.counterpartyReferenceId":                       "Counterparties/counterparties",
		"collaterals.agreementReferenceIds[]":                                 "FinancingSolutions/agreements",
		"additional-repayments.agreementReferenceId":                          "FinancingSolutions/agreements",
		"debit-mandates.agreementReferenceId":                                 "FinancingSolutions/agreements",
		"transactions.agreementReferenceId":                                   "FinancingSolutions/agreements",
		"collaterals.registeredMortgageEntries[].collateralObjectReferenceId": "Collaterals/collateral-objects",
	}
	got := map[string]string{}
	for _, n := range collections(openLending(t)) {
		for _, r := range n.References {
			got[string(n.Name)+"."+r.Field] = string(r.To.Component) + "/" + string(r.To.Collection)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("References (-want +got):\n%s", diff)
	}
}

// TestInspect_Claims: equal keys mean that the value is held twice, whichever record holds it and however it is written.
func TestInspect_Claims(t *testing.T) {
	t.Parallel()
	c := openLending(t)
	entry := func(id, rank string) string {
		return `{"registeredMortgageEntries":[{"collateralObjectReferenceId":"` + id + `","rank":` + rank + `}]}`
	}
	const object = "c01f57e2-6a43-4f3b-8a53-1b39b0a2e001"
	for _, tc := range []struct {
		collection migrate.CollectionName
		a, b       string
		same       bool
		field      string
		code       migrate.FaultCode
	}{
		{"collaterals", entry(object, "1"), entry(strings.ToUpper(object), "1.0"), true, "registeredMortgageEntries[0].rank", "RANK_NOT_UNIQUE"},
		{"collaterals", entry(object, "1"), entry(object, "2"), false, "registeredMortgageEntries[0].rank", "RANK_NOT_UNIQUE"},
		{"collaterals", entry(object, "1"), entry("1eff07b8-38be-4dcc-8d75-adc8466e3e45", "1"), false, "registeredMortgageEntries[0].rank", "RANK_NOT_UNIQUE"},
		{"agreements", `{"agreementNumber":"A-1"}`, `{"agreementNumber":"A-1"}`, true, "agreementNumber", "AGREEMENT_NUMBER_NOT_UNIQUE"},
		{"agreements", `{"agreementNumber":"A-1"}`, `{"agreementNumber":"a-1"}`, false, "agreementNumber", "AGREEMENT_NUMBER_NOT_UNIQUE"},
	} {
		claim := func(patch string) catalog.Claim {
			got, err := collection(t, c, tc.collection).NewInspector().Inspect(example(t, tc.collection, patch), today)
			if err != nil || len(got.Claims) != 1 {
				t.Fatalf("%s %s: %v, %v", tc.collection, patch, got.Claims, err)
			}
			return got.Claims[0]
		}
		a, b := claim(tc.a), claim(tc.b)
		if (a.Key == b.Key) != tc.same || a.Field != tc.field || a.Rule != tc.code || a.Message == "" {
			t.Errorf("%s and %s: claims %+v and %+v, want the same key: %v", tc.a, tc.b, a, b, tc.same)
		}
	}
}

func TestInspect_SkipsAbsentValues(t *testing.T) {
	t.Parallel()
	c := openLending(t)
	for _, n := range collections(c) {
		got, err := n.NewInspector().Inspect([]byte(`{"type":null,"addresses":[null],"applicants":[{}],"facilities":[{},null]}`), today)
		if n.Name == "agreements" { // no main applicant is there
			got.Faults = nil
		}
		if err != nil || len(got.Faults)+len(got.Mentions)+len(got.Claims) > 0 {
			t.Errorf("%s: %+v, %v", n.Name, got, err)
		}
	}
}

func TestInspect_TodayIsUTC(t *testing.T) {
	t.Parallel()
	i := collection(t, openLending(t), "transactions").NewInspector()
	record := example(t, "transactions", `{"bookingDate":"2026-03-08"}`)
	for _, tc := range []struct {
		today  time.Time
		faults int
	}{
		{time.Date(2026, 3, 8, 0, 30, 0, 0, time.FixedZone("", 3600)), 1}, // still the 7th in UTC
		{time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC), 0},
	} {
		if got, err := i.Inspect(record, tc.today); err != nil || len(got.Faults) != tc.faults {
			t.Errorf("on %v: %v, %v, want %d faults", tc.today, got.Faults, err, tc.faults)
		}
	}
}

func TestInspect_ReadsEscapedNamesAndValues(t *testing.T) {
	t.Parallel()
	got, err := collection(t, openLending(t), "transactions").NewInspector().Inspect(
		[]byte(` { "\u0061mount" : {"amount":-1.5e0,"currency":"E\u0055R"} , "x":{"amount":[{}]} } `), today)
	if diff := cmp.Diff([]string{"amount.amount AMOUNT_NOT_POSITIVE"}, at(got.Faults)); err != nil || diff != "" {
		t.Errorf("error %v; (-want +got):\n%s", err, diff)
	}
}

// FuzzInspect: whatever the bytes are, inspecting, counting and generating do not panic, and inspecting twice gives the
// same.
func FuzzInspect(f *testing.F) {
	c := openLending(f)
	for _, n := range collections(c) {
		f.Add(compact(f, example(f, n.Name, `{}`)))
	}
	for _, s := range []string{``, `{`, `{"a":`, `{"a":1,}`, `[]`, `{"type":"mortgage","registeredMortgageEntries":{}}`,
		`{"amount":{"amount":1e999999999,"currency":"EUR"}}`, `{"facilities":[[[]]]}`, `{"dateOfBirth":"x"}`, `{"legalEntityIdentifier":""}`} {
		f.Add([]byte(s))
	}
	administrate, _ := c.Collection("Administrate", "payment-administrations")
	f.Fuzz(func(t *testing.T, record []byte) {
		for _, n := range collections(c) {
			i := n.NewInspector()
			a, errA := i.Inspect(record, today)
			list := at(a.Faults)
			b, errB := i.Inspect(record, today)
			if (errA == nil) != (errB == nil) || !cmp.Equal(list, at(b.Faults)) {
				t.Fatalf("%s: %v, %v; then %v, %v", n.Name, list, errA, b.Faults, errB)
			}
			_ = c.NewTallier().Add(n.Component, n.Name, record)
			_, _, _ = administrate.Generate.Record(n.EntityType, record)
		}
	})
}
