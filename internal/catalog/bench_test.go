package catalog_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"landfall/internal/migrate"
)

// typical is the counterparty of CONTRACT.md, section 5.2.
const typical = `{"referenceId":"f5eb4278-5015-454d-abca-bb0c4c6656ec","type":"person","isActive":true,"initials":"C.","surname":"Client 1234","ratings":[],"nationalities":["CZ"],"income":{"amount":31200.50,"currency":"EUR","frequency":"annual"},"addresses":[{"type":"main","addressLine1":"Quay 1","postalCode":"11000","locality":"Prague","countryCode":"CZ"}],"relations":[{"to":"1eff07b8-38be-4dcc-8d75-adc8466e3e45","type":"isSignificantOtherOf"}]}`

func BenchmarkInspect(b *testing.B) {
	c := openLending(b)
	bench := func(name string, collectionName migrate.CollectionName, record []byte) {
		b.Run(name, func(b *testing.B) {
			i := collection(b, c, collectionName).NewInspector()
			b.SetBytes(int64(len(record)))
			b.ReportAllocs()
			for b.Loop() {
				if got, err := i.Inspect(record, today); err != nil || len(got.Faults) > 0 {
					b.Fatal(got.Faults, err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
	bench("TypicalCounterparty", "counterparties", []byte(typical))
	for _, n := range collections(c) {
		bench("Full/"+string(n.Name), n.Name, compact(b, example(b, n.Name, `{}`)))
	}
}

func BenchmarkTally(b *testing.B) {
	c := openLending(b)
	t := c.NewTallier()
	record := compact(b, example(b, "transactions", `{}`))
	b.ReportAllocs()
	for b.Loop() {
		if err := t.Add("FinancingExecutions", "transactions", record); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		openLending(b)
	}
}

func compact(t testing.TB, text []byte) []byte {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
