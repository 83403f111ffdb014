package main

import "time"

const (
	loansDrop   = "FinancingSolutions/agreements/loans.jsonl"
	pledgesDrop = "Collaterals/collaterals/pledges.jsonl"
)

var loanStatuses = map[string]string{
	"A": "ended",
	"B": "endedUnpaid",
	"C": "active",
	"D": "activeInArrears",
}

type collateral struct {
	ReferenceID              string   `json:"referenceId"`
	Type                     string   `json:"type"`
	AgreementReferenceIDs    []string `json:"agreementReferenceIds"`
	CounterpartyReferenceIDs []string `json:"counterpartyReferenceIds"`
	CoverAmount              money    `json:"coverAmount"`
	StartDate                string   `json:"startDate"`
	Description              string   `json:"description"`
	IsDerived                bool     `json:"isDerived"`
}

// loan becomes an agreement with one facility, paid from the account it was granted on, and a collateral: the source
// knows no collaterals, so the pledge of that account is marked as derived.
func (b *bank) loan(r *row) {
	key, account := r.key("loan_id"), r.key("account_id")
	owner := lookUp(r, "account_id", b.owners)
	granted, months := r.date("date"), r.number("duration")
	amount := czk(r.amount("amount"))
	if _, taken := b.loans[account]; taken {
		r.fail("account_id", "has a loan already")
	}
	b.loans[account] = key

	b.out.put(loansDrop, agreement{
		ReferenceID:        id("loan", key),
		ExternalReferences: legacy("loanId", key),
		Type:               "loan",
		AgreementNumber:    loanNumber(key),
		Status:             r.code("status", loanStatuses),
		StartDate:          isoDate(granted),
		MaturityDate:       isoDate(addMonths(granted, months)),
		Applicants:         mainApplicant(owner),
		Amount:             amount,
		Facilities: []facility{{
			ReferenceID:      id("facility", key),
			AmountLimit:      amount,
			DurationInMonths: months,
			PaymentAmount:    czk(r.amount("payments")),
			PaymentFrequency: "monthly",
		}},
		PaymentAccount: bankAccount{Bank: "own", Account: account},
	})
	b.out.put(pledgesDrop, collateral{
		ReferenceID:              id("pledge", key),
		Type:                     "nonRegisteredCollateral",
		AgreementReferenceIDs:    []string{id("loan", key)},
		CounterpartyReferenceIDs: []string{id("client", owner)},
		CoverAmount:              amount,
		StartDate:                isoDate(granted),
		Description:              "Pledge of account " + accountNumber(account),
		IsDerived:                true,
	})
}

// addMonths stays within the month it arrives in: 29 February 1996 and 60 months is 28 February 2001, not 1 March.
func addMonths(t time.Time, months int) time.Time {
	end := t.AddDate(0, months, 0)
	if end.Day() != t.Day() {
		end = end.AddDate(0, 0, -end.Day())
	}
	return end
}
