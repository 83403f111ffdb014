package main

const accountsDrop = "FinancingSolutions/agreements/accounts.jsonl"

// statementFrequencies says when a statement is issued: every month, every week, after a transaction.
var statementFrequencies = map[string]string{
	"POPLATEK MESICNE":   "monthly",
	"POPLATEK TYDNE":     "weekly",
	"POPLATEK PO OBRATU": "afterTransaction",
}

// account becomes an agreement of its owner.
func (b *bank) account(r *row) {
	key := r.key("account_id")
	b.out.put(accountsDrop, agreement{
		ReferenceID:        id("account", key),
		ExternalReferences: legacy("accountId", key),
		Type:               "currentAccount",
		AgreementNumber:    accountNumber(key),
		BranchCode:         r.key("district_id"),
		Status:             "active",
		StartDate:          isoDate(r.date("date")),
		Applicants:         mainApplicant(lookUp(r, "account_id", b.owners)),
		StatementFrequency: r.code("frequency", statementFrequencies),
	})
}
