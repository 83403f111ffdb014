package main

// bank holds what the mapping of one table needs from another, and the drops it writes to.
type bank struct {
	out       *drops
	districts map[string]district // by district_id
	owners    map[string]string   // account_id -> client_id
	usable    map[string][]string // client_id -> the account_ids it may use without owning them
	loans     map[string]string   // account_id -> loan_id
}

// writeBank converts the whole extract. The look-up tables come first.
func writeBank(source string, out *drops) error {
	b := &bank{
		out:       out,
		districts: map[string]district{},
		owners:    map[string]string{},
		usable:    map[string][]string{},
		loans:     map[string]string{},
	}
	for _, table := range []struct {
		name string
		row  func(*row)
		cut  func([]byte) // takes a cut-off last line; nil where that is an error
	}{
		{name: "district.asc", row: b.district},
		{name: "disp.asc", row: b.disposition},
		{name: "client.asc", row: b.client},
		{name: "account.asc", row: b.account},
		{name: "loan.asc", row: b.loan},
		{name: "order.asc", row: b.order},
		{name: "trans.asc", row: b.transaction, cut: b.cutTransaction},
	} {
		if err := readTable(source, table.name, table.row, table.cut); err != nil {
			return err
		}
	}
	return nil
}
