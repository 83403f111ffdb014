package generate

import (
	"fmt"

	"landfall/internal/migrate"
)

// village is how many entities a village has.
const village = 100

// kind says what an id or a throw of the dice is for. The first ones are the collections, in the order of the table.
type kind int

const (
	counterparties kind = iota
	collaterals
	collateralObjects
	agreements
	debitMandates
	additionalRepayments
	transactions
	numCollections

	facilities // of agreements; index is agreement × maxFacilities + place
	households // counterparties who share an address; index is counterparty / 2
	accounts   // of counterparties
	countries  // of villages
)

// collections describes the collections: how many entities of each a village has, and how one is written.
var collections = [numCollections]struct {
	component migrate.ComponentName
	name      migrate.CollectionName
	share     int64
	write     func(p *portfolio, r *record, index int64)
}{
	counterparties:       {"Counterparties", "counterparties", 30, (*portfolio).writeCounterparty},
	collaterals:          {"Collaterals", "collaterals", 8, (*portfolio).writeCollateral},
	collateralObjects:    {"Collaterals", "collateral-objects", 4, (*portfolio).writeCollateralObject},
	agreements:           {"FinancingSolutions", "agreements", 15, (*portfolio).writeAgreement},
	debitMandates:        {"FinancingExecutions", "debit-mandates", 13, (*portfolio).writeDebitMandate},
	additionalRepayments: {"FinancingExecutions", "additional-repayments", 5, (*portfolio).writeAdditionalRepayment},
	transactions:         {"FinancingExecutions", "transactions", 25, (*portfolio).writeTransaction},
}

// portfolio is what every entity can be computed from.
type portfolio struct {
	seed  uint64
	share [numCollections]int64 // of a village
	count [numCollections]int64
}

func newPortfolio(o Options) (*portfolio, error) {
	if o.Entities < 0 || o.Entities > 1<<50 {
		return nil, fmt.Errorf("a portfolio of %d entities cannot be generated", o.Entities)
	}
	p := &portfolio{seed: o.Seed}
	for c := range collections {
		p.share[c] = collections[c].share
	}
	if o.Collection == "" {
		p.settle(o.Entities)
		return p, nil
	}
	for c := range collections {
		if collections[c].name == o.Collection {
			p.settle((o.Entities + p.share[c] - 1) / p.share[c] * village)
			p.count[c] = o.Entities
			return p, nil
		}
	}
	return nil, fmt.Errorf("no collection %q can be generated", o.Collection)
}

// settle populates the villages of a portfolio of n entities. Everything but counterparties needs an agreement.
func (p *portfolio) settle(n int64) {
	rest := n
	for c := range p.count {
		if kind(c) != counterparties && n >= village/p.share[agreements]+1 {
			p.count[c] = n/village*p.share[c] + n%village*p.share[c]/village
			rest -= p.count[c]
		}
	}
	p.count[counterparties] = rest
}

// written is how many entities are written.
func (p *portfolio) written(only migrate.CollectionName) int64 {
	var n int64
	for c := range collections {
		if only == "" || only == collections[c].name {
			n += p.count[c]
		}
	}
	return n
}

// place splits the index of an entity into its village and its place there.
func (p *portfolio) place(k kind, index int64) (village, place int64) {
	return index / p.share[k], index % p.share[k]
}

// at is the index of the entity at a place of a village. In the village that is cut short another entity stands in
// for one that is not there.
func (p *portfolio) at(k kind, village, place int64) int64 {
	index := village*p.share[k] + place
	if index >= p.count[k] {
		index %= p.count[k]
	}
	return index
}
