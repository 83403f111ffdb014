package main

const ordersDrop = "FinancingExecutions/debit-mandates/orders.jsonl"

// orderPurposes spells out what an order pays for. A blank, which stays out, is a quarter of them.
var orderPurposes = map[string]string{
	"":         "",
	"SIPO":     "household payment",
	"UVER":     "loan payment",
	"POJISTNE": "insurance payment",
	"LEASING":  "leasing payment",
}

type debitMandate struct {
	ReferenceID          string              `json:"referenceId"`
	ExternalReferences   []externalReference `json:"externalReferences"`
	AgreementReferenceID string              `json:"agreementReferenceId"`
	MandateReference     string              `json:"mandateReference"`
	Scheme               string              `json:"scheme"`
	Status               string              `json:"status"`
	RelationType         string              `json:"relationType"`
	SequenceType         string              `json:"sequenceType"`
	Frequency            string              `json:"frequency"`
	Amount               money               `json:"amount"`
	Purpose              string              `json:"purpose,omitempty"`
	CreditorAccount      bankAccount         `json:"creditorAccount"`
}

// order, a standing payment, becomes a debit mandate on the account's agreement.
func (b *bank) order(r *row) {
	key := r.key("order_id")
	b.out.put(ordersDrop, debitMandate{
		ReferenceID:          id("order", key),
		ExternalReferences:   legacy("orderId", key),
		AgreementReferenceID: id("account", r.key("account_id")),
		MandateReference:     "O-" + key,
		Scheme:               "domestic",
		Status:               "active",
		RelationType:         "consumer",
		SequenceType:         "recurring",
		Frequency:            "monthly",
		Amount:               czk(r.amount("amount")),
		Purpose:              r.code("k_symbol", orderPurposes),
		CreditorAccount:      bankAccount{Bank: r.text("bank_to"), Account: r.text("account_to")},
	})
}
