package generate

// The current accounts of a village are the agreements at these places.
const (
	firstAccount = 8
	numAccounts  = 5
)

func (p *portfolio) writeDebitMandate(r *record, index int64) {
	village, place := p.place(debitMandates, index)
	home, d := p.country(village), p.roll(debitMandates, index)
	a, _ := p.agreement(p.at(agreements, village, place))

	r.id("referenceId", p.id(debitMandates, index))
	r.id("agreementReferenceId", p.id(agreements, a.index))
	r.text("scheme", home.scheme)
	r.text("relationType", pick(&d, []string{"consumer", "consumer", "business"}))
	r.text("sequenceType", "recurring")
	r.text("status", "active")
	r.code("mandateReference", "M-", index, 12)
	signed := a.start.after(&d, 90)
	r.date("signedOn", signed)
	r.date("validFrom", signed)
	r.open("debtor", '{')
	r.id("counterpartyReferenceId", p.id(counterparties, a.applicant))
	p.name(r, "name", a.applicant)
	r.shut("}")
	p.account(r, "debtorAccount", a.applicant)
	r.money("amount", a.currency, a.currency.units(&d, 5, 2_500))
	r.text("frequency", "monthly")
	r.text("purpose", pick(&d, []string{"instalment", "insurance", "household", "leasing"}))
}

func (p *portfolio) writeAdditionalRepayment(r *record, index int64) {
	village, place := p.place(additionalRepayments, index)
	d := p.roll(additionalRepayments, index)
	a, _ := p.agreement(p.at(agreements, village, place))

	r.id("referenceId", p.id(additionalRepayments, index))
	r.id("agreementReferenceId", p.id(agreements, a.index))
	r.text("type", pick(&d, []string{"early-repayment", "early-repayment", "repayment-from-construction-deposit", "full-repayment"}))
	r.text("status", pick(&d, []string{"Draft", "Active", "Completed"}))
	requested := a.start.after(&d, 1500)
	r.date("requestReceivedDate", requested)
	r.date("effectiveDate", requested.after(&d, 30))
	if a.facilities == 0 {
		r.money("amount", a.currency, a.currency.units(&d, 100, 1_000))
	} else {
		p.writeParts(r, a, &d)
	}
	if d.chance(50) {
		r.money("administrationFee", a.currency, a.currency.units(&d, 0, 150))
	}
}

// writeParts writes what is repaid of each facility, and the repayment's amount, which is the sum of the parts.
func (p *portfolio) writeParts(r *record, a agreement, d *dice) {
	var sum int64
	r.open("facilities", '[')
	for i := range a.facilities {
		part := d.between(1, a.limits[i])
		sum += part
		r.openItem()
		r.id("facilityReferenceId", p.facilityID(a.index, i))
		r.money("amount", a.currency, part)
		r.shut("}")
	}
	r.shut("]")
	r.money("amount", a.currency, sum)
}

func (p *portfolio) writeTransaction(r *record, index int64) {
	village, place := p.place(transactions, index)
	d := p.roll(transactions, index)
	a, _ := p.agreement(p.at(agreements, village, firstAccount+place%numAccounts))

	r.id("referenceId", p.id(transactions, index))
	r.id("agreementReferenceId", p.id(agreements, a.index))
	r.date("bookingDate", a.start.after(&d, 3650))
	r.text("type", pick(&d, []string{"credit", "debit", "withdrawal"}))
	r.text("operation", pick(&d, []string{"transfer", "cash", "card"}))
	r.money("amount", a.currency, a.currency.units(&d, 1, 4_000))
	r.money("balanceAfter", a.currency, a.currency.units(&d, 0, 21_000)-a.currency.units(&d, 0, 1_000))
	r.text("purpose", pick(&d, []string{"rent", "salary", "groceries", "instalment", "insurance"}))
	if other := p.at(counterparties, village, d.below(persons)); d.chance(60) {
		p.account(r, "counterparty", other)
	}
}
