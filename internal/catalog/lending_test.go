package catalog_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

func TestCheck_LendingHasNoProblems(t *testing.T) {
	t.Parallel()
	for _, p := range catalog.Check(lendingFS()) {
		t.Error(p)
	}
}

func TestLending_ExamplesAreGood(t *testing.T) {
	t.Parallel()
	for _, n := range collections(openLending(t)) {
		record := example(t, n.Name, `{}`)
		if r := n.NewChecker().Check(record, true); len(r.Faults) > 0 {
			t.Errorf("%s: load: %v", n.Name, r.Faults)
		}
		got, err := n.NewInspector().Inspect(record, today)
		if err != nil || len(got.Faults) > 0 {
			t.Errorf("%s: validation: %v, %v", n.Name, got.Faults, err)
		}
	}
}

func TestLending_ExamplesHaveEveryField(t *testing.T) {
	t.Parallel()
	for _, n := range collections(openLending(t)) {
		for _, path := range missing(n.Record(), []any{parse(t, example(t, n.Name, `{}`))}, "") {
			t.Errorf("%s: the example has no %s", n.Name, path)
		}
	}
}

// missing lists the fields of a type that none of the values has. An account in use has an iban or a bank.
func missing(typ *catalog.Type, values []any, at string) []string {
	if len(values) == 0 {
		return []string{at}
	}
	var list []string
	for _, f := range typ.Fields {
		var inner []any
		for _, v := range values {
			switch v := v.(map[string]any)[f.Name].(type) {
			case nil:
			case []any:
				inner = append(inner, v...)
			default:
				inner = append(inner, v)
			}
		}
		next := f.Type
		if f.Type.Items != nil {
			next = f.Type.Items.Type
		}
		if next.Name != "account" && next.Name != "address" && next.Name != "externalReferences[]" || len(inner) == 0 {
			list = append(list, missing(next, inner, at+"."+f.Name)...)
		}
	}
	return list
}

// TestLending_LoadFaults has one record per kind of field that does not fit its type.
func TestLending_LoadFaults(t *testing.T) {
	t.Parallel()
	c := openLending(t)
	for _, tc := range []struct {
		collection  migrate.CollectionName
		patch, want string // "": the record is good
	}{
		{"counterparties", `{"referenceId":"f5eb4278"}`, "referenceId INVALID_REFERENCE_ID"},
		{"counterparties", `{"type":"robot"}`, "type INVALID_VALUE"},
		{"counterparties", `{"type":"person","surname":null}`, "surname MISSING_REQUIRED_FIELD"},
		{"counterparties", `{"type":"person","initials":null}`, "initials MISSING_REQUIRED_FIELD"},
		{"counterparties", `{"type":"person","name":null}`, ""},
		{"counterparties", `{"type":"organisation","name":null}`, "name MISSING_REQUIRED_FIELD"},
		{"counterparties", `{"type":"organisation","surname":null,"initials":null}`, ""},
		{"counterparties", `{"isActive":"yes"}`, "isActive INVALID_TYPE"},
		{"counterparties", `{"addresses":[{"type":"holiday-2","countryCode":"CZ"}]}`, ""},
		{"counterparties", `{"addresses":[{"type":"2nd","countryCode":"CZ"}]}`, "addresses[0].type INVALID_FORMAT"},
		{"counterparties", `{"addresses":[{}]}`, "addresses[0].countryCode MISSING_REQUIRED_FIELD"},
		{"counterparties", `{"addresses":[{"countryCode":"cz"}]}`, "addresses[0].countryCode INVALID_FORMAT"},
		{"counterparties", `{"addresses":[{"countryCode":"CZ","postalCode":"12345678901234567"}]}`, "addresses[0].postalCode INVALID_VALUE"},
		{"counterparties", `{"emailAddresses":[{"address":"nobody"}]}`, "emailAddresses[0].address INVALID_FORMAT"},
		{"counterparties", `{"telephoneNumbers":[{"type":"mobile"}]}`, "telephoneNumbers[0].number MISSING_REQUIRED_FIELD"},
		{"counterparties", `{"associatedParties":[{"counterpartyReferenceId":"1eff07b8-38be-4dcc-8d75-adc8466e3e45","role":"director","sharePercentage":100.1}]}`,
			"associatedParties[0].sharePercentage INVALID_VALUE"},
		{"counterparties", `{"surname":""}`, "surname INVALID_VALUE"},
		{"counterparties", `{"dateOfBirth":"1980-02-30"}`, "dateOfBirth INVALID_FORMAT"},
		{"counterparties", `{"income":{"amount":"1"}}`, "income.amount INVALID_TYPE"},
		{"counterparties", `{"income":{"frequency":null}}`, "income.frequency MISSING_REQUIRED_FIELD"},
		{"counterparties", `{"legalEntityIdentifier":"5493001KJTIIGC8Y1RXX"}`, "legalEntityIdentifier INVALID_FORMAT"},
		{"counterparties", `{"preferredLanguage":"Czech"}`, "preferredLanguage INVALID_FORMAT"},
		{"counterparties", `{"colour":"red"}`, "colour UNKNOWN_FIELD"},
		{"collaterals", `{"agreementReferenceIds":[]}`, "agreementReferenceIds INVALID_VALUE"},
		{"collaterals", `{"counterpartyReferenceIds":[]}`, "counterpartyReferenceIds INVALID_VALUE"},
		{"collaterals", `{"counterpartyReferenceIds":["1"]}`, "counterpartyReferenceIds[0] INVALID_FORMAT"},
		{"collaterals", `{"registeredMortgageEntries":[{"collateralObjectReferenceId":"1eff07b8-38be-4dcc-8d75-adc8466e3e45","rank":0}]}`,
			"registeredMortgageEntries[0].rank INVALID_VALUE"},
		{"collaterals", `{"coverAmount":{"amount":1234567890123456789}}`, "coverAmount.amount INVALID_VALUE"},
		{"collaterals", `{"coverAmount":{"amount":123456789012345678.0123456789}}`, ""},
		{"collateral-objects", `{"constructionYear":2201}`, "constructionYear INVALID_VALUE"},
		{"collateral-objects", `{"constructionYear":1901.5}`, "constructionYear INVALID_TYPE"},
		{"collateral-objects", `{"floorArea":0}`, "floorArea INVALID_VALUE"},
		{"agreements", `{"applicants":[]}`, "applicants INVALID_VALUE"},
		{"agreements", `{"applicants":[{"counterpartyReferenceId":"1eff07b8-38be-4dcc-8d75-adc8466e3e45","role":"owner"}]}`, "applicants[0].role INVALID_VALUE"},
		{"agreements", `{"amount":{"currency":"euro"}}`, "amount.currency INVALID_FORMAT"},
		{"agreements", `{"paymentAccount":{"iban":"nl91"}}`, "paymentAccount.iban INVALID_FORMAT"},
		{"agreements", `{"paymentAccount":{"bic":"ABNANL2"}}`, "paymentAccount.bic INVALID_FORMAT"},
		{"additional-repayments", `{"type":"repayment-from-construction-deposit","status":"Draft"}`, ""},
		{"additional-repayments", `{"effectiveDate":null}`, "effectiveDate MISSING_REQUIRED_FIELD"},
		{"debit-mandates", `{"mandateReference":"a#b"}`, "mandateReference INVALID_FORMAT"},
		{"debit-mandates", `{"creditorIdentifier":"123456789012345678901234567890123456"}`, "creditorIdentifier INVALID_VALUE"},
		{"transactions", `{"bookingDate":null}`, "bookingDate MISSING_REQUIRED_FIELD"},
		{"transactions", `{"amount":{"amount":null}}`, "amount.amount MISSING_REQUIRED_FIELD"},
	} {
		record := example(t, tc.collection, tc.patch)
		want := []string{}
		if tc.want != "" {
			want = append(want, tc.want)
		}
		got := at(collection(t, c, tc.collection).NewChecker().Check(record, true).Faults)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", tc.collection, tc.patch, diff)
		}
	}
}

func TestCatalog_Names(t *testing.T) {
	t.Parallel()
	c := openLending(t)
	if p, ok := c.ByPathGroup("financing-execution"); !ok || p.Name != "FinancingExecutions" || p.Generated {
		t.Errorf("ByPathGroup = %v, %v", p, ok)
	}
	if n, ok := c.Collection("Collaterals", "collateral-objects"); !ok || n.EntityType != "CollateralObject" || n.Index != 1 {
		t.Errorf("Collection = %v, %v", n, ok)
	}
	if _, ok := c.Collection("Counterparties", "collateral-objects"); ok {
		t.Error("a collection was found in another component")
	}
	p, _ := c.Component("Administrate")
	want := []migrate.ComponentName{"FinancingSolutions", "FinancingExecutions"}
	if diff := cmp.Diff(want, p.Sources()); !p.Generated || diff != "" {
		t.Errorf("Generated = %v; Sources (-want +got):\n%s", p.Generated, diff)
	}
}

func TestCollection_Personal(t *testing.T) {
	t.Parallel()
	want := []catalog.PersonalField{
		{"description", "free-text"}, {"address", "location"}, {"valuations[]", "financial"},
	}
	if diff := cmp.Diff(want, collection(t, openLending(t), "collateral-objects").Personal()); diff != "" {
		t.Errorf("Personal (-want +got):\n%s", diff)
	}
}

func TestCatalog_Waves(t *testing.T) {
	t.Parallel()
	all := []migrate.ComponentName{"Administrate", "FinancingExecutions", "Collaterals", "FinancingSolutions", "Counterparties"}
	for _, tc := range []struct {
		components []migrate.ComponentName
		want       string
	}{
		{all, `[[{"Component":"Counterparties","Collections":["counterparties"]}],` +
			`[{"Component":"Collaterals","Collections":["collateral-objects"]},{"Component":"FinancingSolutions","Collections":["agreements"]}],` +
			`[{"Component":"Collaterals","Collections":["collaterals"]},` +
			`{"Component":"FinancingExecutions","Collections":["additional-repayments","debit-mandates","transactions"]}],` +
			`[{"Component":"Administrate","Collections":["payment-administrations"]}]]`},
		{all[:3], `[[{"Component":"Collaterals","Collections":["collateral-objects"]},` +
			`{"Component":"FinancingExecutions","Collections":["additional-repayments","debit-mandates","transactions"]}],` +
			`[{"Component":"Collaterals","Collections":["collaterals"]}],[{"Component":"Administrate","Collections":["payment-administrations"]}]]`},
		{[]migrate.ComponentName{"Administrate"}, `[[{"Component":"Administrate","Collections":["payment-administrations"]}]]`},
		{[]migrate.ComponentName{"Nobody"}, `[]`},
	} {
		got, err := json.Marshal(openLending(t).Waves(tc.components))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, string(got)); diff != "" {
			t.Errorf("Waves(%v) (-want +got):\n%s", tc.components, diff)
		}
	}
}

func TestCatalog_WavesOfACycle(t *testing.T) {
	t.Parallel()
	fsys := broken(t, checkCase{"cycle", "catalog.yaml", "schema: box.schema.json",
		"schema: box.schema.json\n        references:\n          - {field: referenceId, to: Things/things}"})
	c, err := catalog.Open(fsys)
	if err != nil {
		t.Fatal(err)
	}
	want := []catalog.Wave{
		{{"Things", []migrate.CollectionName{"things"}}, {"Boxes", []migrate.CollectionName{"boxes"}}},
		{{"Labels", []migrate.CollectionName{"labels"}}},
	}
	if diff := cmp.Diff(want, c.Waves([]migrate.ComponentName{"Boxes", "Labels", "Things"})); diff != "" {
		t.Errorf("Waves (-want +got):\n%s", diff)
	}
}
