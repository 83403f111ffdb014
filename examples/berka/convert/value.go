package main

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// namespace makes this bank's reference ids: the UUID version 5 of the source's own key, the same in every run.
var namespace = uuid.MustParse("2ce2302a-7e7a-4491-ab71-6316da68c68a")

// id returns the reference id of a source row, for example of client 1234.
func id(kind, key string) string {
	return uuid.NewSHA1(namespace, []byte(kind+"/"+key)).String()
}

// legacy keeps the key a record had in the source.
func legacy(kind, key string) []externalReference {
	return []externalReference{{Type: kind, Value: key}}
}

func accountNumber(key string) string { return "A-" + key }
func loanNumber(key string) string    { return "L-" + key }

func isoDate(t time.Time) string { return t.Format(time.DateOnly) }

// czk is an amount in the bank's only currency.
func czk(amount json.Number) money { return money{Amount: amount, Currency: "CZK"} }

// What several records have in common.
type (
	externalReference struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	money struct {
		Amount   json.Number `json:"amount"`
		Currency string      `json:"currency"`
	}
	bankAccount struct {
		Bank    string `json:"bank,omitempty"`
		Account string `json:"account,omitempty"`
	}
)
