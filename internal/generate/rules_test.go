package generate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"landfall/internal/generate"
	"landfall/internal/migrate"
)

// TestWrite_KeepsEveryRule reads portfolios back and holds them against the rules of the lending catalog, written down
// here a second time and without any of the generator's code.
func TestWrite_KeepsEveryRule(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{0, 1, 4, 6, 7, 12, 13, 24, 25, 53, 99, 100, 101, 149, 1000, 8000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			all := readAll(t, write(t, t.TempDir(), generate.Options{Entities: n, Seed: uint64(n)}))
			a := &auditor{t: t, ids: map[string]bool{}, taken: map[string]bool{}}
			for _, c := range readers {
				a.collection = c.name
				if err := c.read(a, all[c.name]); err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
			}
			for _, r := range a.references {
				if !a.ids[r] {
					t.Errorf("reference to %s, which is not there", r)
				}
			}
			if int64(len(a.ids)) != n {
				t.Errorf("%d entities, want %d", len(a.ids), n)
			}
		})
	}
}

// TestWrite_CounterpartySize pins the size that figures per counterparty are quoted for.
func TestWrite_CounterpartySize(t *testing.T) {
	t.Parallel()
	f := write(t, t.TempDir(), generate.Options{Entities: 10_000, Collection: "counterparties"})[0]
	if mean := f.Bytes / f.Records; mean < 550 || mean > 600 {
		t.Errorf("a counterparty has %d bytes, want 550 to 600", mean)
	}
}

// readers reads each collection strictly: a member the auditor does not know is an error.
var readers = []struct {
	name migrate.CollectionName
	read func(*auditor, []byte) error
}{
	{"counterparties", each((*auditor).counterparty)},
	{"collaterals", each((*auditor).collateral)},
	{"collateral-objects", each((*auditor).object)},
	{"agreements", each((*auditor).agreement)},
	{"debit-mandates", each((*auditor).mandate)},
	{"additional-repayments", each((*auditor).repayment)},
	{"transactions", each((*auditor).transaction)},
}

func each[T any](audit func(*auditor, T)) func(*auditor, []byte) error {
	return func(a *auditor, body []byte) error {
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		for {
			var record T
			if err := d.Decode(&record); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			audit(a, record)
		}
	}
}

// auditor collects what must hold across records and reports what does not hold within one.
type auditor struct {
	t          *testing.T
	collection migrate.CollectionName
	ids        map[string]bool // <collection>/<id>
	references []string
	taken      map[string]bool // values that may occur once
}

func (a *auditor) check(ok bool, rule string, values ...any) {
	if !ok {
		a.t.Errorf("%s: %s: %v", a.collection, rule, values)
	}
}

func (a *auditor) once(kind string, value any) {
	key := fmt.Sprint(kind, "/", value)
	a.check(!a.taken[key], "occurs more than once", key)
	a.taken[key] = true
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func (a *auditor) entity(id string) {
	a.check(uuidForm.MatchString(id), "form of id", id)
	key := string(a.collection) + "/" + id
	a.check(!a.ids[key], "id repeated", id)
	a.ids[key] = true
}

func (a *auditor) reference(collection, id string) {
	a.references = append(a.references, collection+"/"+id)
}

type money struct {
	Amount   json.Number
	Currency string
}

// decimals of the currencies that occur; another one is a fault.
var decimals = map[string]int{"EUR": 2, "CZK": 2, "SEK": 2, "GBP": 2, "USD": 2, "JPY": 0, "KWD": 3}

// amount gives the exact value of m, which must be at least low and in the currency, if one is given.
func (a *auditor) amount(m money, low int64, currency string) *big.Rat {
	value, ok := new(big.Rat).SetString(m.Amount.String())
	want, known := decimals[m.Currency]
	_, fraction, _ := strings.Cut(m.Amount.String(), ".")
	a.check(ok && known && len(fraction) == want, "AMOUNT_PRECISION, CURRENCY_UNKNOWN", m)
	a.check(currency == "" || currency == m.Currency, "CURRENCY_MISMATCH", m, currency)
	a.check(low == negative || value.Sign() >= int(low), "AMOUNT_NOT_POSITIVE, AMOUNT_NEGATIVE", m)
	return value
}

// Lowest signs of an amount.
const (
	negative = -1
	zero     = 0
	positive = 1
)

var dateForm = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`)

// past holds dates to the order in which they are given, and to the end of the portfolio's past.
func (a *auditor) past(dates ...string) { a.order(append(dates, "2024-12-31")...) }

func (a *auditor) order(dates ...string) {
	last := ""
	for _, d := range dates {
		if d == "" {
			continue
		}
		a.check(dateForm.MatchString(d) && d >= last, "DATE_ORDER, DATE_IN_FUTURE", dates)
		last = d
	}
}

type account struct{ IBAN, Bank, Account string }

// ibanLengths are those of the IBAN registry for the countries that occur.
var ibanLengths = map[string]int{"NL": 18, "DE": 22, "BE": 16, "FR": 27, "CZ": 24, "SE": 24, "GB": 22, "KW": 30}

func (a *auditor) account(c account) {
	if c.IBAN == "" {
		a.check(c.Bank != "" && c.Account != "", "account incomplete", c)
		return
	}
	a.check(len(c.IBAN) == ibanLengths[c.IBAN[:2]], "IBAN_INVALID: length", c.IBAN)
	a.check(checkNumber(c.IBAN[4:]+c.IBAN[:4]) == 1, "IBAN_INVALID: check digits", c.IBAN)
}

// checkNumber gives the remainder of ISO 7064 MOD 97-10.
func checkNumber(s string) int64 {
	var digits strings.Builder
	for _, c := range s {
		if c >= 'A' {
			fmt.Fprint(&digits, int(c-'A')+10)
		} else {
			digits.WriteRune(c)
		}
	}
	n, _ := new(big.Int).SetString(digits.String(), 10)
	return n.Mod(n, big.NewInt(97)).Int64()
}

type address struct{ Type, AddressLine1, PostalCode, Locality, CountryCode string }

func (a *auditor) address(d address) {
	a.check(regexp.MustCompile(`^(NL|DE|BE|FR|CZ|SE|GB|US|JP|KW)$`).MatchString(d.CountryCode), "COUNTRY_NOT_CONFIGURED", d)
	a.check(d.AddressLine1 != "" && len(d.PostalCode) <= 16, "address", d)
}

type counterparty struct {
	ReferenceID                                        string
	Type                                               string
	Surname, Initials, FirstName, Gender, DateOfBirth  string
	Nationalities                                      []string
	Name, LegalForm, RegistrationNumber, EstablishedOn string
	LegalEntityIdentifier                              string
	AnnualTurnover                                     *money
	Income                                             *struct {
		money
		Frequency string
	}
	ExternalReferences []struct{ Type, Value string }
	Addresses          []address
	TelephoneNumbers   []struct{ Type, Number string }
	EmailAddresses     []struct{ Type, Address string }
	Ratings            []struct{ Type, Value, RatedOn string }
	Relations          []struct{ To, Type string }
	AssociatedParties  []struct {
		CounterpartyReferenceID, Role string
		SharePercentage               float64
	}
}

func (a *auditor) counterparty(c counterparty) {
	a.entity(c.ReferenceID)
	switch c.Type {
	case "person":
		a.check(c.Surname != "" && c.Initials != "", "MISSING_REQUIRED_FIELD", c)
		a.order("1930-01-01", c.DateOfBirth, "2000-01-01")
		a.amount(c.Income.money, zero, "")
	case "organisation":
		a.check(c.Name != "", "MISSING_REQUIRED_FIELD", c)
		a.past(c.EstablishedOn)
		a.amount(*c.AnnualTurnover, positive, "")
		a.check(len(c.LegalEntityIdentifier) == 20 && checkNumber(c.LegalEntityIdentifier) == 1, "LEI_INVALID", c)
		a.once("lei", c.LegalEntityIdentifier)
	default:
		a.check(false, "INVALID_VALUE", c.Type)
	}
	a.check(len(c.Addresses) == 1 && c.Addresses[0].Type == "main", "MAIN_ADDRESS_REPEATED", c.Addresses)
	a.address(c.Addresses[0])
	for _, r := range c.Ratings {
		a.past(r.RatedOn)
	}
	for _, r := range c.Relations {
		a.reference("counterparties", r.To)
		a.check(r.To != c.ReferenceID, "RELATION_TO_SELF", r)
		a.once("relation of "+c.ReferenceID, r)
	}
	for _, p := range c.AssociatedParties {
		a.reference("counterparties", p.CounterpartyReferenceID)
		a.check(p.CounterpartyReferenceID != c.ReferenceID, "RELATION_TO_SELF", p)
		a.check(p.SharePercentage >= 0 && p.SharePercentage <= 100, "INVALID_VALUE", p)
	}
}

type collateral struct {
	ReferenceID, Type, CollateralDefinitionCode, StartDate string
	AgreementReferenceIDs, CounterpartyReferenceIDs        []string
	IsPerfect                                              bool
	CoverAmount                                            money
	RegisteredMortgageEntries                              []struct {
		CollateralObjectReferenceID string
		Rank                        int
		IsAlreadyPledged            bool
	}
	Deed *struct{ Number, SignedOn string }
}

func (a *auditor) collateral(c collateral) {
	a.entity(c.ReferenceID)
	a.check(len(c.AgreementReferenceIDs) > 0 && len(c.CounterpartyReferenceIDs) > 0, "INVALID_VALUE", c)
	for _, id := range c.AgreementReferenceIDs {
		a.reference("agreements", id)
	}
	for _, id := range c.CounterpartyReferenceIDs {
		a.reference("counterparties", id)
	}
	a.past(c.StartDate)
	a.amount(c.CoverAmount, positive, "")
	a.check(c.Type != "mortgage" || len(c.RegisteredMortgageEntries) > 0, "MORTGAGE_WITHOUT_ENTRY", c)
	for _, e := range c.RegisteredMortgageEntries {
		a.reference("collateral-objects", e.CollateralObjectReferenceID)
		a.check(e.Rank >= 1, "INVALID_VALUE", e)
		a.once("rank of "+e.CollateralObjectReferenceID, e.Rank)
	}
	if c.Deed != nil {
		a.past(c.Deed.SignedOn)
	}
}

type object struct {
	ReferenceID, Type string
	Address           *address
	ConstructionYear  int
	FloorArea         float64
	OwnerReferenceIDs []string
	Valuations        []struct {
		ValuedOn, Type string
		Amount         money
	}
}

func (a *auditor) object(o object) {
	a.entity(o.ReferenceID)
	for _, id := range o.OwnerReferenceIDs {
		a.reference("counterparties", id)
	}
	if o.Address != nil {
		a.address(*o.Address)
		a.check(o.ConstructionYear >= 1000 && o.ConstructionYear <= 2200 && o.FloorArea > 0, "INVALID_VALUE", o)
	}
	for _, v := range o.Valuations {
		a.past(v.ValuedOn)
		a.amount(v.Amount, positive, "")
	}
}

type agreement struct {
	ReferenceID, Type, AgreementNumber, ProductCode, Status string
	SignedOn, StartDate, EndDate, MaturityDate              string
	Applicants                                              []struct{ CounterpartyReferenceID, Role string }
	Amount                                                  *money
	Facilities                                              []struct {
		ReferenceID                     string
		AmountLimit, Balance            money
		DurationInMonths                int
		StartDate, MaturityDate         string
		RepaymentType, PaymentFrequency string
		PaymentAmount                   money
		InterestRate                    struct {
			Type       string
			Percentage json.Number
		}
	}
	Fees []struct {
		Type   string
		Amount money
	}
	PaymentAccount account
}

func (a *auditor) agreement(g agreement) {
	a.entity(g.ReferenceID)
	a.once("agreement number", g.AgreementNumber)
	a.past(g.SignedOn, g.StartDate, g.EndDate)
	a.order(g.StartDate, g.MaturityDate)
	main := 0
	for _, p := range g.Applicants {
		a.reference("counterparties", p.CounterpartyReferenceID)
		a.once("applicant of "+g.ReferenceID, p.CounterpartyReferenceID)
		if p.Role == "mainApplicant" {
			main++
		}
	}
	a.check(main == 1, "MAIN_APPLICANT_COUNT", g.Applicants)
	a.check(g.Type == "currentAccount" || len(g.Facilities) > 0, "FACILITY_MISSING", g)
	sum := new(big.Rat)
	for _, f := range g.Facilities {
		a.once("facility", f.ReferenceID)
		limit := a.amount(f.AmountLimit, positive, g.Amount.Currency)
		balance := a.amount(f.Balance, zero, g.Amount.Currency)
		a.amount(f.PaymentAmount, positive, g.Amount.Currency)
		a.check(balance.Cmp(limit) <= 0, "BALANCE_ABOVE_LIMIT", f)
		a.check(f.DurationInMonths >= 1 && f.DurationInMonths <= 1200, "INVALID_VALUE", f)
		a.order(f.StartDate, f.MaturityDate)
		sum.Add(sum, limit)
	}
	if g.Amount != nil {
		a.check(sum.Cmp(a.amount(*g.Amount, positive, "")) == 0, "FACILITY_SUM_MISMATCH", g)
	}
	for _, f := range g.Fees {
		a.amount(f.Amount, zero, "")
	}
	a.account(g.PaymentAccount)
}

type mandate struct {
	ReferenceID, AgreementReferenceID, Scheme, RelationType, SequenceType, Status string
	MandateReference, SignedOn, ValidFrom, Frequency, Purpose                     string
	Debtor                                                                        struct{ CounterpartyReferenceID, Name string }
	DebtorAccount                                                                 account
	Amount                                                                        money
}

func (a *auditor) mandate(m mandate) {
	a.entity(m.ReferenceID)
	a.reference("agreements", m.AgreementReferenceID)
	a.reference("counterparties", m.Debtor.CounterpartyReferenceID)
	a.past(m.SignedOn, m.ValidFrom)
	a.amount(m.Amount, positive, "")
	a.account(m.DebtorAccount)
	a.check(m.Scheme != "sepa" || m.MandateReference != "" && m.SignedOn != "", "MANDATE_UNSIGNED", m)
	a.check(m.Scheme != "sepa" || m.DebtorAccount.IBAN != "", "MANDATE_ACCOUNT_MISSING", m)
	a.check(m.Scheme != "ach" || m.DebtorAccount.Bank != "" && m.DebtorAccount.Account != "", "MANDATE_ACCOUNT_MISSING", m)
	a.check(regexp.MustCompile(`^[A-Za-z0-9+?/:().,' -]{1,35}$`).MatchString(m.MandateReference), "INVALID_FORMAT", m)
}

type repayment struct {
	ReferenceID, AgreementReferenceID, Type, Status string
	RequestReceivedDate, EffectiveDate              string
	Amount                                          money
	AdministrationFee                               *money
	Facilities                                      []struct {
		FacilityReferenceID string
		Amount              money
	}
}

func (a *auditor) repayment(r repayment) {
	a.entity(r.ReferenceID)
	a.reference("agreements", r.AgreementReferenceID)
	a.past(r.RequestReceivedDate, r.EffectiveDate)
	whole := a.amount(r.Amount, positive, "")
	sum := new(big.Rat)
	for _, f := range r.Facilities {
		a.once("part of "+r.ReferenceID, f.FacilityReferenceID)
		a.check(a.taken["facility/"+f.FacilityReferenceID], "facility is not there", f)
		sum.Add(sum, a.amount(f.Amount, positive, r.Amount.Currency))
	}
	a.check(len(r.Facilities) == 0 || sum.Cmp(whole) == 0, "REPAYMENT_SUM_MISMATCH", r)
	if r.AdministrationFee != nil {
		a.amount(*r.AdministrationFee, zero, r.Amount.Currency)
	}
}

type transaction struct {
	ReferenceID, AgreementReferenceID, BookingDate, Type, Operation, Purpose string
	Amount, BalanceAfter                                                     money
	Counterparty                                                             *account
}

func (a *auditor) transaction(x transaction) {
	a.entity(x.ReferenceID)
	a.reference("agreements", x.AgreementReferenceID)
	a.past(x.BookingDate)
	a.amount(x.Amount, positive, "")
	a.amount(x.BalanceAfter, negative, x.Amount.Currency)
	if x.Counterparty != nil {
		a.account(*x.Counterparty)
	}
}
