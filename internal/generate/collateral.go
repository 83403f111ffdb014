package generate

// Places of a village's collaterals and their objects. The collateral of a place secures the agreement of that place.
const (
	mortgages  = 4 // collaterals 0 to 3 are mortgages: two on object 0, two on object 1
	perObject  = 2
	properties = 2 // objects 0 and 1
)

func (p *portfolio) writeCollateral(r *record, index int64) {
	village, place := p.place(collaterals, index)
	d := p.roll(collaterals, index)
	a, _ := p.agreement(p.at(agreements, village, place))
	object := village*p.share[collateralObjects] + place/perObject
	mortgage := place < mortgages && object < p.count[collateralObjects]

	r.id("referenceId", p.id(collaterals, index))
	if mortgage {
		r.text("type", "mortgage")
	} else {
		r.text("type", pick(&d, []string{"nonRegisteredCollateral", "registeredCollateral", "guarantee"}))
	}
	r.ids("agreementReferenceIds", p.id(agreements, a.index))
	r.ids("counterpartyReferenceIds", p.id(counterparties, a.applicant))
	r.code("collateralDefinitionCode", "D", place+1, 2)
	r.boolean("isPerfect", true)
	r.date("startDate", a.start)
	r.money("coverAmount", a.currency, max(a.currency.round(1), a.limits[0]))
	if mortgage {
		r.open("registeredMortgageEntries", '[')
		r.openItem()
		r.id("collateralObjectReferenceId", p.id(collateralObjects, object))
		r.integer("rank", 1+place%perObject)
		r.boolean("isAlreadyPledged", place%perObject > 0)
		r.shut("}]")
		r.open("deed", '{')
		r.code("number", "N-", index, 9)
		r.date("signedOn", a.start)
		r.shut("}")
	}
}

func (p *portfolio) writeCollateralObject(r *record, index int64) {
	village, place := p.place(collateralObjects, index)
	home, d := p.country(village), p.roll(collateralObjects, index)
	a, _ := p.agreement(p.at(agreements, village, place*perObject))

	r.id("referenceId", p.id(collateralObjects, index))
	if place < properties {
		r.text("type", pick(&d, []string{"residentialProperty", "residentialProperty", "commercialProperty", "land"}))
		p.writeSite(r, a, home, &d)
	} else {
		r.text("type", pick(&d, []string{"vehicle", "securities", "deposit"}))
	}
	r.ids("ownerReferenceIds", p.id(counterparties, a.applicant))
	r.open("valuations", '[')
	r.openItem()
	r.date("valuedOn", a.start.after(&d, 400))
	r.text("type", "market")
	r.money("amount", home.currency, home.currency.round(home.currency.units(&d, 5_000, 900_000)))
	r.shut("}]")
}

// writeSite writes where a property stands: at the address of those who mortgage it.
func (p *portfolio) writeSite(r *record, a agreement, home *country, d *dice) {
	house := p.roll(households, a.applicant/2)
	r.open("address", '{')
	r.code("addressLine1", pick(&house, streets)+" ", house.between(1, 240), 1)
	r.code("postalCode", "", house.below(100_000), 5)
	r.text("locality", pick(&house, onsets)+pick(&house, towns))
	r.text("countryCode", home.code)
	r.shut("}")
	r.integer("constructionYear", d.between(1890, 2010))
	r.decimal("floorArea", d.between(300, 4000), 1)
}
