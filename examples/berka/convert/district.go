package main

// district is what district.asc says about a place. The columns A4 to A16, statistics of its inhabitants, are not
// the bank's data and stay behind.
type district struct {
	name, region string
}

// district is a look-up: it becomes a part of the addresses.
func (b *bank) district(r *row) {
	b.districts[r.key("A1")] = district{name: r.text("A2"), region: r.text("A3")}
}
