package generate

import "strconv"

// currency is an ISO 4217 currency.
type currency struct {
	code     string
	decimals int
	worth    int64 // units of the currency that buy roughly what one euro buys
}

// country is where a village lies. Weights are villages of a hundred.
type country struct {
	weight   int64
	code     string // ISO 3166-1
	phone    string
	currency currency
	scheme   string // of debit mandates
	bank     string // made-up code that begins every account number; letters and digits
	iban     int    // length of an IBAN, 0 where there are none
}

var euro = currency{"EUR", 2, 1}

// atlas holds a country for each way an amount is written (two, three or no decimals) and a mandate is given.
var atlas = [...]country{
	{30, "NL", "31", euro, "sepa", "LNDF", 18},
	{18, "DE", "49", euro, "sepa", "99990000", 22},
	{10, "BE", "32", euro, "sepa", "999", 16},
	{10, "FR", "33", euro, "sepa", "9999900000", 27},
	{8, "CZ", "420", currency{"CZK", 2, 25}, "domestic", "9999", 24},
	{6, "SE", "46", currency{"SEK", 2, 11}, "domestic", "999", 24},
	{8, "GB", "44", currency{"GBP", 2, 1}, "domestic", "LNDF990000", 22},
	{5, "US", "1", currency{"USD", 2, 1}, "ach", "999900000", 0},
	{3, "JP", "81", currency{"JPY", 0, 160}, "domestic", "9999", 0},
	{2, "KW", "965", currency{"KWD", 3, 1}, "domestic", "LNDF", 30},
}

// country gives the country a village lies in.
func (p *portfolio) country(village int64) *country {
	d := p.roll(countries, village)
	n := d.below(100)
	for i := range atlas {
		if n < atlas[i].weight {
			return &atlas[i]
		}
		n -= atlas[i].weight
	}
	return &atlas[0]
}

// units gives an amount of at least one unit of the currency: euros from low to high, or what they are worth.
func (c currency) units(d *dice, low, high int64) int64 {
	scale := c.worth
	for range c.decimals {
		scale *= 10
	}
	return max(1, d.between(low*scale, high*scale))
}

// round gives the amount without the small change: a multiple of a hundred euros, or of what they are worth.
func (c currency) round(units int64) int64 {
	step := 100 * c.worth
	for range c.decimals {
		step *= 10
	}
	return max(step, units/step*step)
}

// account writes the account of a counterparty as a member: its IBAN, or the number and the bank.
func (p *portfolio) account(r *record, name string, counterparty int64) {
	village, _ := p.place(counterparties, counterparty)
	c, d := p.country(village), p.roll(accounts, counterparty)
	r.open(name, '{')
	if c.iban > 0 {
		r.member("iban")
		r.b = append(r.b, '"')
		r.b = appendIBAN(r.b, c, &d)
		r.b = append(r.b, '"')
	} else {
		r.text("bank", c.bank)
		r.code("account", "", d.below(1e10), 10)
	}
	r.shut("}")
}

// appendIBAN writes an account number of the country with its check digits.
func appendIBAN(b []byte, c *country, d *dice) []byte {
	b = append(b, c.code...)
	check := len(b)
	b = append(b, "00"...)
	b = append(b, c.bank...)
	for digits := c.iban - 4 - len(c.bank); digits > 0; {
		n := min(digits, 15)
		b = appendPadded(b, d.below(1e15)%pow10[n], n)
		digits -= n
	}
	rest := mod97(mod97(0, b[check+2:]), b[check-2:check+2])
	copy(b[check:], strconv.Itoa(1000 + 98 - rest)[2:])
	return b
}

var pow10 = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// mod97 goes on with the remainder of ISO 7064: digits count as they are, letters as 10 to 35.
func mod97(rest int, s []byte) int {
	for _, c := range s {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest
}
