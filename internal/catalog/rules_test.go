package catalog_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
)

// ruleCase changes an example record. Each rule of the catalog needs a record that breaks only it and one that just
// keeps it.
type ruleCase struct {
	code       migrate.FaultCode
	collection migrate.CollectionName
	patch      string
	fields     []string // where the rule is broken; none: it is kept
}

const (
	other = `"1eff07b8-38be-4dcc-8d75-adc8466e3e45"`
	self  = `"F5EB4278-5015-454D-ABCA-BB0C4C6656EC"` // letter case does not matter
)

var ruleCases = []ruleCase{
	{"COUNTRY_NOT_CONFIGURED", "counterparties", `{"nationalities":["CZ","XX"]}`, []string{"nationalities[1]"}},
	{"COUNTRY_NOT_CONFIGURED", "counterparties", `{"addresses":[{"countryCode":"CZ"},{"countryCode":"ZZ"}]}`,
		[]string{"addresses[1].countryCode"}},
	{"COUNTRY_NOT_CONFIGURED", "collateral-objects", `{"address":{"countryCode":"XK"}}`, []string{"address.countryCode"}},
	{"COUNTRY_NOT_CONFIGURED", "counterparties", `{"nationalities":["AF","ZW"]}`, nil},

	{"CURRENCY_UNKNOWN", "counterparties", `{"income":{"currency":"HRK"}}`, []string{"income.currency"}},
	{"CURRENCY_UNKNOWN", "debit-mandates", `{"amount":{"currency":"ZZZ"}}`, []string{"amount.currency"}},
	{"CURRENCY_UNKNOWN", "debit-mandates", `{"amount":{"currency":"ZWG"}}`, nil},

	{"AMOUNT_NOT_POSITIVE", "debit-mandates", `{"amount":{"amount":0}}`, []string{"amount.amount"}},
	{"AMOUNT_NOT_POSITIVE", "transactions", `{"amount":{"amount":-0.01}}`, []string{"amount.amount"}},
	{"AMOUNT_NOT_POSITIVE", "collaterals", `{"coverAmount":{"amount":-0}}`, []string{"coverAmount.amount"}},
	{"AMOUNT_NOT_POSITIVE", "collateral-objects",
		`{"valuations":[{"valuedOn":"2024-11-05","amount":{"amount":0,"currency":"EUR"}}]}`, []string{"valuations[0].amount.amount"}},
	{"AMOUNT_NOT_POSITIVE", "agreements", `{"type":"currentAccount","facilities":null,"amount":{"amount":0}}`, []string{"amount.amount"}},
	{"AMOUNT_NOT_POSITIVE", "agreements", `{"amount":null,"facilities":[{"referenceId":` + other +
		`,"amountLimit":{"amount":-1,"currency":"EUR"},"paymentAmount":{"amount":0,"currency":"EUR"}}]}`,
		[]string{"facilities[0].amountLimit.amount", "facilities[0].paymentAmount.amount"}},
	{"AMOUNT_NOT_POSITIVE", "additional-repayments", `{"facilities":null,"amount":{"amount":0}}`, []string{"amount.amount"}},
	{"AMOUNT_NOT_POSITIVE", "additional-repayments", `{"facilities":[
		{"facilityReferenceId":` + self + `,"amount":{"amount":0.4,"currency":"EUR"}},
		{"facilityReferenceId":` + other + `,"amount":{"amount":-0.1,"currency":"EUR"}}]}`, []string{"facilities[1].amount.amount"}},
	{"AMOUNT_NOT_POSITIVE", "debit-mandates", `{"amount":{"amount":0.01}}`, nil},

	{"AMOUNT_NEGATIVE", "counterparties", `{"income":{"amount":-1}}`, []string{"income.amount"}},
	{"AMOUNT_NEGATIVE", "agreements", `{"fees":[{"type":"a","amount":{"amount":-0.01,"currency":"EUR"}}]}`, []string{"fees[0].amount.amount"}},
	{"AMOUNT_NEGATIVE", "additional-repayments", `{"administrationFee":{"amount":-5}}`, []string{"administrationFee.amount"}},
	{"AMOUNT_NEGATIVE", "agreements", `{"amount":null,"facilities":[{"referenceId":` + other +
		`,"amountLimit":{"amount":1,"currency":"EUR"},"balance":{"amount":-0.01,"currency":"EUR"}}]}`, []string{"facilities[0].balance.amount"}},
	{"AMOUNT_NEGATIVE", "counterparties", `{"income":{"amount":0}}`, nil},

	{"AMOUNT_PRECISION", "transactions", `{"balanceAfter":{"amount":1.001}}`, []string{"balanceAfter.amount"}},
	{"AMOUNT_PRECISION", "counterparties", `{"income":{"amount":0.1,"currency":"JPY"}}`, []string{"income.amount"}},
	{"AMOUNT_PRECISION", "transactions", `{"balanceAfter":{"amount":1.010,"currency":"EUR"}}`, nil},
	{"AMOUNT_PRECISION", "transactions", `{"balanceAfter":{"amount":1.001,"currency":"TND"}}`, nil},

	{"DATE_ORDER", "counterparties", `{"dateOfDeath":"1980-02-28"}`, []string{"dateOfDeath"}},
	{"DATE_ORDER", "counterparties", `{"dateOfDeath":"1980-02-29"}`, nil},
	{"DATE_ORDER", "counterparties", `{"relations":[{"to":` + other + `,"type":"a","startDate":"2020-01-02","endDate":"2020-01-01"}]}`,
		[]string{"relations[0].endDate"}},
	{"DATE_ORDER", "counterparties", `{"relations":[{"to":` + other + `,"type":"a","endDate":"2020-01-01"}]}`, nil},
	{"DATE_ORDER", "counterparties",
		`{"identificationDocuments":[{"type":"a","number":"1","issuedOn":"2020-01-02","expiresOn":"2020-01-01"}]}`,
		[]string{"identificationDocuments[0].expiresOn"}},
	{"DATE_ORDER", "collaterals", `{"endDate":"2015-03-31"}`, []string{"endDate"}},
	{"DATE_ORDER", "agreements", `{"endDate":"2015-03-31"}`, []string{"endDate"}},
	{"DATE_ORDER", "agreements", `{"maturityDate":"2015-03-31"}`, []string{"maturityDate"}},
	{"DATE_ORDER", "agreements", `{"amount":null,"facilities":[{"referenceId":` + other +
		`,"amountLimit":{"amount":1,"currency":"EUR"},"startDate":"2020-01-02","maturityDate":"2020-01-01"}]}`, []string{"facilities[0].maturityDate"}},
	{"DATE_ORDER", "additional-repayments", `{"effectiveDate":"2026-01-31"}`, []string{"effectiveDate"}},
	{"DATE_ORDER", "additional-repayments", `{"effectiveDate":"2026-02-01"}`, nil},
	{"DATE_ORDER", "debit-mandates", `{"validTo":"2015-03-31"}`, []string{"validTo"}},

	{"DATE_IN_FUTURE", "counterparties", `{"dateOfBirth":"2026-03-08","dateOfDeath":null}`, []string{"dateOfBirth"}},
	{"DATE_IN_FUTURE", "counterparties", `{"dateOfDeath":"2026-03-08"}`, []string{"dateOfDeath"}},
	{"DATE_IN_FUTURE", "counterparties", `{"identificationDocuments":[{"type":"a","number":"1","issuedOn":"2026-03-08"}]}`,
		[]string{"identificationDocuments[0].issuedOn"}},
	{"DATE_IN_FUTURE", "collaterals", `{"deed":{"signedOn":"2026-03-08"}}`, []string{"deed.signedOn"}},
	{"DATE_IN_FUTURE", "collateral-objects", `{"valuations":[{"valuedOn":"2026-03-08","amount":{"amount":1,"currency":"EUR"}}]}`,
		[]string{"valuations[0].valuedOn"}},
	{"DATE_IN_FUTURE", "agreements", `{"signedOn":"2026-03-08"}`, []string{"signedOn"}},
	{"DATE_IN_FUTURE", "debit-mandates", `{"signedOn":"2026-03-08"}`, []string{"signedOn"}},
	{"DATE_IN_FUTURE", "transactions", `{"bookingDate":"2026-03-08"}`, []string{"bookingDate"}},
	{"DATE_IN_FUTURE", "transactions", `{"bookingDate":"2026-03-07"}`, nil},

	{"DATE_IMPLAUSIBLE", "counterparties", `{"dateOfBirth":"1896-03-06"}`, []string{"dateOfBirth"}},
	{"DATE_IMPLAUSIBLE", "counterparties", `{"dateOfBirth":"1896-03-07"}`, nil},

	{"RELATION_TO_SELF", "counterparties", `{"relations":[{"to":` + self + `,"type":"isParentOf"}]}`, []string{"relations[0].to"}},
	{"RELATION_TO_SELF", "counterparties", `{"associatedParties":[{"counterpartyReferenceId":` + self + `,"role":"director"}]}`,
		[]string{"associatedParties[0].counterpartyReferenceId"}},
	{"RELATION_TO_SELF", "counterparties", `{"relations":[{"to":` + other + `,"type":"isParentOf"}]}`, nil},

	{"DUPLICATE_ITEM", "collaterals", `{"agreementReferenceIds":[` + self + `,` + other + `,"f5eb4278-5015-454d-abca-bb0c4c6656ec"]}`,
		[]string{"agreementReferenceIds[2]"}},
	{"DUPLICATE_ITEM", "collaterals", `{"counterpartyReferenceIds":[` + other + `,` + other + `,` + other + `]}`,
		[]string{"counterpartyReferenceIds[1]", "counterpartyReferenceIds[2]"}},
	{"DUPLICATE_ITEM", "collateral-objects", `{"ownerReferenceIds":[` + other + `,` + other + `]}`, []string{"ownerReferenceIds[1]"}},
	{"DUPLICATE_ITEM", "counterparties", `{"relations":[{"to":` + other + `,"type":"a"},{"to":` + other + `,"type":"a"}]}`,
		[]string{"relations[1]"}},
	{"DUPLICATE_ITEM", "counterparties", `{"relations":[{"to":` + other + `,"type":"a"},{"to":` + other + `,"type":"b"}]}`, nil},
	{"DUPLICATE_ITEM", "agreements", `{"applicants":[{"counterpartyReferenceId":` + other + `,"role":"mainApplicant"},
		{"counterpartyReferenceId":` + other + `,"role":"guarantor"}]}`, []string{"applicants[1]"}},
	{"DUPLICATE_ITEM", "agreements", `{"amount":null,"facilities":[{"referenceId":` + other + `,"amountLimit":{"amount":1,"currency":"EUR"}},
		{"referenceId":` + other + `,"amountLimit":{"amount":1,"currency":"EUR"}}]}`, []string{"facilities[1]"}},
	{"DUPLICATE_ITEM", "additional-repayments", `{"amount":null,"facilities":[
		{"facilityReferenceId":` + other + `,"amount":{"amount":1,"currency":"EUR"}},
		{"facilityReferenceId":` + other + `,"amount":{"amount":1,"currency":"EUR"}}]}`, []string{"facilities[1]"}},

	{"MAIN_ADDRESS_REPEATED", "counterparties",
		`{"addresses":[{"type":"main","countryCode":"CZ"},{"type":"previous","countryCode":"CZ"},{"type":"main","countryCode":"NL"}]}`,
		[]string{"addresses[2]"}},
	{"MAIN_ADDRESS_REPEATED", "counterparties",
		`{"addresses":[{"type":"previous","countryCode":"CZ"},{"type":"previous","countryCode":"CZ"},{"countryCode":"CZ"},{"countryCode":"CZ"}]}`, nil},

	{"LEI_INVALID", "counterparties", `{"legalEntityIdentifier":"5493001KJTIIGC8Y1R13"}`, []string{"legalEntityIdentifier"}},
	{"LEI_INVALID", "counterparties", `{"legalEntityIdentifier":"7LTWFZYICNSX8D621K86"}`, nil},

	{"MORTGAGE_WITHOUT_ENTRY", "collaterals", `{"registeredMortgageEntries":null}`, []string{"registeredMortgageEntries"}},
	{"MORTGAGE_WITHOUT_ENTRY", "collaterals", `{"registeredMortgageEntries":[]}`, []string{"registeredMortgageEntries"}},
	{"MORTGAGE_WITHOUT_ENTRY", "collaterals", `{"type":"guarantee","registeredMortgageEntries":[]}`, nil},

	{"MAIN_APPLICANT_COUNT", "agreements", `{"applicants":[{"counterpartyReferenceId":` + other + `,"role":"guarantor"}]}`, []string{"applicants"}},
	{"MAIN_APPLICANT_COUNT", "agreements", `{"applicants":[{"counterpartyReferenceId":` + other + `,"role":"mainApplicant"},
		{"counterpartyReferenceId":` + self + `,"role":"mainApplicant"}]}`, []string{"applicants"}},
	{"MAIN_APPLICANT_COUNT", "agreements", `{"applicants":[{"counterpartyReferenceId":` + other + `,"role":"mainApplicant"}]}`, nil},

	{"FACILITY_MISSING", "agreements", `{"facilities":null}`, []string{"facilities"}},
	{"FACILITY_MISSING", "agreements", `{"type":"lease","facilities":[]}`, []string{"facilities"}},
	{"FACILITY_MISSING", "agreements", `{"type":"currentAccount","facilities":[]}`, nil},

	{"FACILITY_SUM_MISMATCH", "agreements", `{"amount":{"amount":200000.31}}`, []string{"amount"}},
	{"FACILITY_SUM_MISMATCH", "agreements", `{"amount":{"amount":200000.3}}`, nil},
	{"FACILITY_SUM_MISMATCH", "agreements", `{"amount":null}`, nil},

	{"CURRENCY_MISMATCH", "agreements", `{"facilities":[{"referenceId":` + other + `,"amountLimit":{"amount":5,"currency":"USD"},
		"balance":{"amount":1,"currency":"EUR"},"paymentAmount":{"amount":1,"currency":"EUR"}}]}`, []string{"facilities[0].amountLimit.currency"}},
	{"CURRENCY_MISMATCH", "agreements", `{"amount":null,"facilities":[{"referenceId":` + other + `,"amountLimit":{"amount":5,"currency":"USD"},
		"balance":{"amount":9,"currency":"EUR"},"paymentAmount":{"amount":1,"currency":"EUR"}}]}`,
		[]string{"facilities[0].balance.currency", "facilities[0].paymentAmount.currency"}},
	{"CURRENCY_MISMATCH", "additional-repayments", `{"facilities":[{"facilityReferenceId":` + other + `,"amount":{"amount":1,"currency":"USD"}}]}`,
		[]string{"facilities[0].amount.currency"}},
	{"CURRENCY_MISMATCH", "agreements", `{"amount":{"amount":5,"currency":"USD"},"facilities":[{"referenceId":` + other +
		`,"amountLimit":{"amount":5,"currency":"USD"}}]}`, nil},

	{"BALANCE_ABOVE_LIMIT", "agreements", `{"amount":{"amount":5},"facilities":[{"referenceId":` + other + `,"amountLimit":{"amount":5,"currency":"EUR"},
		"balance":{"amount":5.01,"currency":"EUR"}}]}`, []string{"facilities[0].balance.amount"}},
	{"BALANCE_ABOVE_LIMIT", "agreements", `{"amount":{"amount":5},"facilities":[{"referenceId":` + other + `,"amountLimit":{"amount":5,"currency":"EUR"},
		"balance":{"amount":5.00,"currency":"EUR"}}]}`, nil},

	{"REPAYMENT_SUM_MISMATCH", "additional-repayments", `{"amount":{"amount":0.31}}`, []string{"amount"}},
	{"REPAYMENT_SUM_MISMATCH", "additional-repayments", `{"amount":{"amount":0.30}}`, nil},

	{"IBAN_INVALID", "debit-mandates", `{"debtorAccount":{"iban":"NL91ABNA0417164301"}}`, []string{"debtorAccount.iban"}},
	{"IBAN_INVALID", "agreements", `{"paymentAccount":{"iban":"NL91ABNA041716430"}}`, []string{"paymentAccount.iban"}},
	{"IBAN_INVALID", "transactions", `{"counterparty":{"iban":"XX91ABNA0417164300"}}`, []string{"counterparty.iban"}},
	{"IBAN_INVALID", "debit-mandates", `{"creditorAccount":{"iban":"GB29NWBK60161331926819"}}`, nil},

	{"MANDATE_ACCOUNT_MISSING", "debit-mandates", `{"debtorAccount":null}`, []string{"debtorAccount.iban"}},
	{"MANDATE_ACCOUNT_MISSING", "debit-mandates", `{"scheme":"ach","debtorAccount":{"bank":null,"account":null}}`,
		[]string{"debtorAccount.account", "debtorAccount.bank"}},
	{"MANDATE_ACCOUNT_MISSING", "debit-mandates", `{"scheme":"ach","debtorAccount":{"iban":null,"bic":null}}`, nil},
	{"MANDATE_ACCOUNT_MISSING", "debit-mandates", `{"scheme":"domestic","debtorAccount":null}`, nil},

	{"MANDATE_UNSIGNED", "debit-mandates", `{"mandateReference":null}`, []string{"mandateReference"}},
	{"MANDATE_UNSIGNED", "debit-mandates", `{"signedOn":null}`, []string{"signedOn"}},
	{"MANDATE_UNSIGNED", "debit-mandates", `{"scheme":"ach","signedOn":null,"mandateReference":null}`, nil},
}

func TestInspect_Rules(t *testing.T) {
	t.Parallel()
	c := openLending(t)
	for _, tc := range ruleCases {
		n := collection(t, c, tc.collection)
		record := example(t, tc.collection, tc.patch)
		if faults := n.NewChecker().Check(record, true).Faults; len(faults) > 0 {
			t.Errorf("%s: %s is refused at load: %v", tc.code, tc.patch, faults)
		}
		got, err := n.NewInspector().Inspect(record, today)
		if err != nil {
			t.Fatalf("%s: %v", tc.code, err)
		}
		want := []string{}
		for _, f := range tc.fields {
			want = append(want, f+" "+string(tc.code))
		}
		if diff := cmp.Diff(want, at(got.Faults)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tc.code, tc.patch, diff)
		}
	}
}

// claimRules are the rules that no record breaks alone; TestInspect_Claims has their cases.
var claimRules = []migrate.FaultCode{"RANK_NOT_UNIQUE", "AGREEMENT_NUMBER_NOT_UNIQUE"}

func TestInspect_EveryRuleHasBothCases(t *testing.T) {
	t.Parallel()
	for _, r := range openLending(t).Rules {
		broken := slices.ContainsFunc(ruleCases, func(c ruleCase) bool { return c.code == r.Code && len(c.fields) > 0 })
		kept := slices.ContainsFunc(ruleCases, func(c ruleCase) bool { return c.code == r.Code && len(c.fields) == 0 })
		if !slices.Contains(claimRules, r.Code) && !(broken && kept) {
			t.Errorf("%s: has a case that breaks it: %v, that keeps it: %v", r.Code, broken, kept)
		}
	}
}
