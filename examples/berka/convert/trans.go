package main

const (
	transactionsDrop = "FinancingExecutions/transactions/transactions.jsonl"
	repaymentsDrop   = "FinancingExecutions/additional-repayments/repayments.jsonl"
)

var transactionTypes = map[string]string{
	"PRIJEM": "credit",
	"VYDAJ":  "debit",
	"VYBER":  "withdrawal",
}

var operations = map[string]string{
	"":               "", // interest has none
	"VKLAD":          "cashDeposit",
	"VYBER":          "cashWithdrawal",
	"VYBER KARTOU":   "cardWithdrawal",
	"PREVOD Z UCTU":  "collectionFromOtherBank",
	"PREVOD NA UCET": "remittanceToOtherBank",
}

const loanRepayment = "UVER"

var transactionPurposes = map[string]string{
	"":            "",
	"UROK":        "interest credited",
	"SANKC. UROK": "interest on a negative balance",
	"SLUZBY":      "payment for a statement",
	"SIPO":        "household payment",
	"DUCHOD":      "old-age pension",
	"POJISTNE":    "insurance payment",
	loanRepayment: "loan payment",
}

type transaction struct {
	ReferenceID          string              `json:"referenceId"`
	ExternalReferences   []externalReference `json:"externalReferences"`
	AgreementReferenceID string              `json:"agreementReferenceId"`
	BookingDate          string              `json:"bookingDate"`
	Type                 string              `json:"type"`
	Operation            string              `json:"operation,omitempty"`
	Amount               money               `json:"amount"`
	BalanceAfter         money               `json:"balanceAfter"`
	Purpose              string              `json:"purpose,omitempty"`
	Counterparty         bankAccount         `json:"counterparty,omitzero"`
}

type additionalRepayment struct {
	ReferenceID          string              `json:"referenceId"`
	ExternalReferences   []externalReference `json:"externalReferences"`
	AgreementReferenceID string              `json:"agreementReferenceId"`
	Type                 string              `json:"type"`
	Status               string              `json:"status"`
	EffectiveDate        string              `json:"effectiveDate"`
	Amount               money               `json:"amount"`
}

// transaction becomes a transaction on the account's agreement, and an additional repayment if it paid off a loan.
func (b *bank) transaction(r *row) {
	booked := transaction{
		ReferenceID:          id("trans", r.key("trans_id")),
		ExternalReferences:   legacy("transactionId", r.key("trans_id")),
		AgreementReferenceID: id("account", r.key("account_id")),
		BookingDate:          isoDate(r.date("date")),
		Type:                 r.code("type", transactionTypes),
		Operation:            r.code("operation", operations),
		Amount:               czk(r.amount("amount")),
		BalanceAfter:         czk(r.amount("balance")),
		Purpose:              r.code("k_symbol", transactionPurposes),
		Counterparty:         bankAccount{Bank: r.text("bank"), Account: r.text("account")},
	}
	b.out.put(transactionsDrop, booked)
	if r.text("k_symbol") == loanRepayment {
		b.out.put(repaymentsDrop, b.repayment(r, booked))
	}
}

// repayment belongs to the loan on the account, or to the account where there is none: the payment is then for a loan
// of another bank.
func (b *bank) repayment(r *row, booked transaction) additionalRepayment {
	agreement := booked.AgreementReferenceID
	if loan, ok := b.loans[r.key("account_id")]; ok {
		agreement = id("loan", loan)
	}
	return additionalRepayment{
		ReferenceID:          id("repayment", r.key("trans_id")),
		ExternalReferences:   booked.ExternalReferences,
		AgreementReferenceID: agreement,
		Type:                 "early-repayment",
		Status:               "Completed",
		EffectiveDate:        booked.BookingDate,
		Amount:               booked.Amount,
	}
}

// cutTransaction passes on the line the extract broke off in. What it meant is not for a converter to guess: it will
// be rejected, and reported as the last line of its drop.
func (b *bank) cutTransaction(line []byte) { b.out.putRaw(transactionsDrop, line) }
