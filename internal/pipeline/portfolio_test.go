package pipeline_test

import (
	"fmt"

	"github.com/google/uuid"

	"landfall/internal/migrate"
)

// The components and collections of the lending catalog.
const (
	counterparties = migrate.ComponentName("Counterparties")
	collaterals    = migrate.ComponentName("Collaterals")
	solutions      = migrate.ComponentName("FinancingSolutions")
	executions     = migrate.ComponentName("FinancingExecutions")
	administrate   = migrate.ComponentName("Administrate")
)

// everything is every component, in an order that is not that of their waves.
var everything = []migrate.ComponentName{administrate, executions, collaterals, solutions, counterparties}

// id gives the reference id of the nth entity of a kind.
func id(kind byte, n int) string { return fmt.Sprintf("%02x000000-0000-4000-8000-%012x", kind, n) }

func refID(kind byte, n int) migrate.ReferenceID {
	parsed, _ := migrate.ParseReferenceID(id(kind, n))
	return parsed
}

// The kinds of entities.
const (
	kindPerson = 0xc0 + iota
	kindAgreement
	kindRepayment
	kindMandate
	kindObject
	kindCollateral
	kindTransaction
)

// Each of these gives the nth good record of a collection; more is further members, with a leading comma.

func person(n int, more string) string {
	return fmt.Sprintf(`{"referenceId":"%s","type":"person","surname":"S%d","initials":"I"%s}`, id(kindPerson, n), n, more)
}

func agreement(n, applicant int, more string) string {
	return fmt.Sprintf(`{"referenceId":"%s","type":"currentAccount","startDate":"2020-01-01",`+
		`"applicants":[{"counterpartyReferenceId":"%s","role":"mainApplicant"}],"amount":{"amount":%d.50,"currency":"EUR"}%s}`,
		id(kindAgreement, n), id(kindPerson, applicant), n+1, more)
}

func repayment(n, agreement int) string {
	return fmt.Sprintf(`{"referenceId":"%s","agreementReferenceId":"%s","effectiveDate":"2026-04-01","type":"early-repayment"}`,
		id(kindRepayment, n), id(kindAgreement, agreement))
}

func mandate(n, agreement int) string {
	return fmt.Sprintf(`{"referenceId":"%s","agreementReferenceId":"%s","scheme":"domestic"}`, id(kindMandate, n), id(kindAgreement, agreement))
}

func transaction(n, agreement int) string {
	return fmt.Sprintf(`{"referenceId":"%s","agreementReferenceId":"%s","bookingDate":"2025-01-01","type":"credit","amount":{"amount":1,"currency":"EUR"}}`,
		id(kindTransaction, n), id(kindAgreement, agreement))
}

func object(n, owner int) string {
	return fmt.Sprintf(`{"referenceId":"%s","type":"land","ownerReferenceIds":["%s"]}`, id(kindObject, n), id(kindPerson, owner))
}

// collateral is a mortgage on an object, with a rank.
func collateral(n, agreement, owner, object, rank int) string {
	return fmt.Sprintf(`{"referenceId":"%s","type":"mortgage","agreementReferenceIds":["%s"],"counterpartyReferenceIds":["%s"],`+
		`"registeredMortgageEntries":[{"collateralObjectReferenceId":"%s","rank":%d}]}`,
		id(kindCollateral, n), id(kindAgreement, agreement), id(kindPerson, owner), id(kindObject, object), rank)
}

// stagePortfolio stages n good entities of each collection, which refer to each other across components.
func (w *world) stagePortfolio(n int) {
	w.t.Helper()
	lines := map[string][]string{}
	for i := range n {
		lines["Counterparties/counterparties"] = append(lines["Counterparties/counterparties"], person(i, ""))
		lines["FinancingSolutions/agreements"] = append(lines["FinancingSolutions/agreements"], agreement(i, i, ""))
		lines["FinancingExecutions/additional-repayments"] = append(lines["FinancingExecutions/additional-repayments"], repayment(i, i))
		lines["FinancingExecutions/debit-mandates"] = append(lines["FinancingExecutions/debit-mandates"], mandate(i, i))
		lines["FinancingExecutions/transactions"] = append(lines["FinancingExecutions/transactions"], transaction(i, i))
		lines["Collaterals/collateral-objects"] = append(lines["Collaterals/collateral-objects"], object(i, i))
		lines["Collaterals/collaterals"] = append(lines["Collaterals/collaterals"], collateral(i, i, i, i, 1))
	}
	for _, place := range [][2]string{{"Collaterals", "collaterals"}, {"Collaterals", "collateral-objects"},
		{"FinancingExecutions", "debit-mandates"}, {"FinancingExecutions", "additional-repayments"},
		{"FinancingExecutions", "transactions"}, {"FinancingSolutions", "agreements"}, {"Counterparties", "counterparties"}} {
		if m := w.row(); func() bool { _, ok := m.Component(migrate.ComponentName(place[0])); return ok }() {
			w.stageFile(place[0], place[1], lines[place[0]+"/"+place[1]]...)
		}
	}
}

// administrationID gives the id of what is generated from an entity: {entityType}/{referenceId} (CONTRACT 5.6).
func administrationID(name string) string {
	return uuid.NewSHA1(uuid.MustParse("659d8b4c-5a56-4e49-9256-3dc10cc88378"), []byte(name)).String()
}
