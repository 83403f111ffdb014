package generate

// maxFacilities is how many facilities an agreement has at most.
const maxFacilities = 3

// terms describes what stands at a place of a village's agreements.
var terms = [...]struct {
	kind      string
	applicant int64 // place of the main applicant among the counterparties; couples sign mortgages together
	low, high int64 // limit of a facility, in euros
	months    int64 // duration
}{
	{"mortgage", 0, 80_000, 600_000, 360},
	{"mortgage", 0, 20_000, 80_000, 240},
	{"mortgage", 2, 80_000, 600_000, 360},
	{"mortgage", 2, 20_000, 80_000, 240},
	{"loan", 4, 1_000, 75_000, 60},
	{"loan", 6, 1_000, 75_000, 48},
	{"loan", 8, 1_000, 75_000, 72},
	{"loan", 10, 1_000, 75_000, 120},
	{"currentAccount", 12, 0, 0, 0},
	{"currentAccount", 14, 0, 0, 0},
	{"currentAccount", 16, 0, 0, 0},
	{"currentAccount", 18, 0, 0, 0},
	{"currentAccount", 20, 0, 0, 0},
	{"revolvingCredit", 26, 10_000, 250_000, 60},
	{"lease", 27, 5_000, 90_000, 48},
}

// agreement is what others need to know of an agreement.
type agreement struct {
	index      int64
	place      int64
	applicant  int64
	currency   currency
	start      date
	facilities int
	limits     [maxFacilities]int64
}

// agreement gives what is known of the agreement of that index, and its dice for the rest.
func (p *portfolio) agreement(index int64) (agreement, dice) {
	village, place := p.place(agreements, index)
	d := p.roll(agreements, index)
	t := terms[place]
	a := agreement{
		index: index, place: place,
		applicant: p.at(counterparties, village, t.applicant),
		currency:  p.country(village).currency,
		start:     firstOf(2012, 1) + date(d.below(12*365)),
	}
	if t.months > 0 {
		a.facilities = 1 + int(d.below(maxFacilities)*d.below(2))
		for i := range a.facilities {
			a.limits[i] = a.currency.round(a.currency.units(&d, t.low, t.high))
		}
	}
	return a, d
}

func (p *portfolio) facilityID(agreement int64, place int) uuid {
	return p.id(facilities, agreement*maxFacilities+int64(place))
}

func (p *portfolio) writeAgreement(r *record, index int64) {
	a, d := p.agreement(index)
	t := terms[a.place]
	r.id("referenceId", p.id(agreements, index))
	r.text("type", t.kind)
	r.code("agreementNumber", "LF-", index, 10)
	r.code("productCode", "P", a.place+1, 2)
	r.date("signedOn", a.start-date(d.below(30)))
	r.date("startDate", a.start)
	if t.months > 0 {
		r.date("maturityDate", a.start.months(t.months))
	}
	ended := writeStatus(r, a, &d)
	r.open("applicants", '[')
	p.writeApplicant(r, a.applicant, "mainApplicant")
	if second := a.applicant ^ 1; t.kind == "mortgage" && second < p.count[counterparties] {
		p.writeApplicant(r, second, "secondApplicant")
	}
	r.shut("]")
	if a.facilities > 0 {
		p.writeFacilities(r, a, ended, &d)
	}
	if d.chance(40) {
		r.open("fees", '[')
		r.openItem()
		r.text("type", "arrangement")
		r.money("amount", a.currency, a.currency.units(&d, 0, 750))
		r.shut("}]")
	}
	p.account(r, "paymentAccount", a.applicant)
}

// writeStatus writes how the agreement stands, and says whether it has ended, as one of five has.
func writeStatus(r *record, a agreement, d *dice) (ended bool) {
	switch n := d.below(100); {
	case n < 20:
		r.date("endDate", a.start.after(d, 3000))
		r.text("status", "ended")
		ended = true
	case n < 26:
		r.text("status", "activeInArrears")
	default:
		r.text("status", "active")
	}
	return ended
}

func (p *portfolio) writeApplicant(r *record, counterparty int64, role string) {
	r.openItem()
	r.id("counterpartyReferenceId", p.id(counterparties, counterparty))
	r.text("role", role)
	r.shut("}")
}

// writeFacilities writes the facilities and the agreement's amount, which is the sum of their limits. Once the
// agreement has ended nothing is outstanding.
func (p *portfolio) writeFacilities(r *record, a agreement, ended bool, d *dice) {
	months := terms[a.place].months
	var sum int64
	r.open("facilities", '[')
	for i := range a.facilities {
		limit := a.limits[i]
		sum += limit
		balance := d.below(limit + 1)
		if ended {
			balance = 0
		}
		r.openItem()
		r.id("referenceId", p.facilityID(a.index, i))
		r.money("amountLimit", a.currency, limit)
		r.money("balance", a.currency, balance)
		r.integer("durationInMonths", months)
		r.date("startDate", a.start)
		r.date("maturityDate", a.start.months(months))
		r.text("repaymentType", pick(d, []string{"annuity", "annuity", "linear", "interestOnly"}))
		r.money("paymentAmount", a.currency, max(1, limit/months))
		r.text("paymentFrequency", "monthly")
		r.open("interestRate", '{')
		r.text("type", pick(d, []string{"fixed", "variable"}))
		r.decimal("percentage", d.between(90, 899), 2)
		r.shut("}}")
	}
	r.shut("]")
	r.money("amount", a.currency, sum)
}
