package generate

// Places of the counterparties of a village.
const (
	couples = 6  // places 0 to 5 are three couples
	persons = 26 // then persons alone; the rest are organisations
)

func (p *portfolio) isPerson(counterparty int64) bool {
	_, place := p.place(counterparties, counterparty)
	return place < persons
}

func (p *portfolio) writeCounterparty(r *record, index int64) {
	r.id("referenceId", p.id(counterparties, index))
	if p.isPerson(index) {
		p.writePerson(r, index)
	} else {
		p.writeOrganisation(r, index)
	}
}

func (p *portfolio) writePerson(r *record, index int64) {
	village, place := p.place(counterparties, index)
	home := p.country(village)
	r.text("type", "person")
	d := p.name(r, "surname", index)
	first := pick(&d, firsts)
	r.text("initials", first[:1]+".")
	r.text("firstName", first+pick(&d, lasts))
	r.text("gender", pick(&d, []string{"female", "male", "female", "male", "other"}))
	r.date("dateOfBirth", firstOf(1940, 1)+date(d.below(50*365)))
	r.open("nationalities", '[')
	r.comma()
	r.b = append(append(append(r.b, '"'), home.code...), '"')
	r.shut("]")
	r.open("income", '{')
	r.decimal("amount", home.currency.units(&d, 12_000, 120_000), home.currency.decimals)
	r.text("currency", home.currency.code)
	r.text("frequency", "annual")
	r.shut("}")
	p.writeContact(r, index, home, &d)
	if partner := index ^ 1; place < couples && partner < p.count[counterparties] {
		r.open("relations", '[')
		r.openItem()
		r.id("to", p.id(counterparties, partner))
		r.text("type", "isSignificantOtherOf")
		r.shut("}]")
	}
}

func (p *portfolio) writeOrganisation(r *record, index int64) {
	village, _ := p.place(counterparties, index)
	home := p.country(village)
	r.text("type", "organisation")
	d := p.name(r, "name", index)
	r.text("legalForm", pick(&d, forms))
	r.code("registrationNumber", "", index, 10)
	r.member("legalEntityIdentifier")
	r.b = append(r.b, '"')
	r.b = appendLEI(r.b, index)
	r.b = append(r.b, '"')
	r.date("establishedOn", firstOf(1950, 1)+date(d.below(50*365)))
	r.money("annualTurnover", home.currency, home.currency.units(&d, 100_000, 50_000_000))
	p.writeContact(r, index, home, &d)
	director := p.at(counterparties, village, d.below(persons))
	r.open("associatedParties", '[')
	r.openItem()
	r.id("counterpartyReferenceId", p.id(counterparties, director))
	r.text("role", "shareholder")
	r.decimal("sharePercentage", d.between(500, 9000), 2)
	r.shut("}]")
}

// writeContact writes what persons and organisations have in common. Neighbours share an address, so couples do.
func (p *portfolio) writeContact(r *record, index int64, home *country, d *dice) {
	r.open("externalReferences", '[')
	r.openItem()
	r.text("type", "legacyKey")
	r.code("value", "C-", index, 9)
	r.shut("}]")

	house := p.roll(households, index/2)
	r.open("addresses", '[')
	r.openItem()
	r.text("type", "main")
	r.code("addressLine1", pick(&house, streets)+" ", house.between(1, 240), 1)
	r.code("postalCode", "", house.below(100_000), 5)
	r.text("locality", pick(&house, onsets)+pick(&house, towns))
	r.text("countryCode", home.code)
	r.shut("}]")

	if d.chance(60) {
		r.open("telephoneNumbers", '[')
		r.openItem()
		r.text("type", "mobile")
		r.code("number", "+"+home.phone+" 00 ", d.below(1e7), 7)
		r.shut("}]")
	}
	if d.chance(25) {
		r.open("emailAddresses", '[')
		r.openItem()
		r.text("type", "main")
		r.code("address", "c", index, 9)
		r.b = append(r.b[:len(r.b)-1], "@example.org\""...)
		r.shut("}]")
	}
	if d.chance(30) {
		r.open("ratings", '[')
		r.openItem()
		r.text("type", "internal")
		r.text("value", pick(d, []string{"A", "A-", "B+", "B", "C"}))
		r.date("ratedOn", firstOf(2023, 1).after(d, 700))
		r.shut("}]")
	}
}

// appendLEI writes a legal entity identifier with its check digits; no issuer has the prefix 9999.
func appendLEI(b []byte, index int64) []byte {
	start := len(b)
	b = append(b, "999900LF"...)
	b = appendPadded(b, index%1e10, 10)
	rest := mod97(mod97(0, b[start:]), []byte("00"))
	return appendPadded(b, int64(98-rest), 2)
}
