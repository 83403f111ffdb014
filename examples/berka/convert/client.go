package main

import (
	"fmt"
	"strconv"
	"time"
)

const clientsDrop = "Counterparties/counterparties/clients.jsonl"

type counterparty struct {
	ReferenceID        string              `json:"referenceId"`
	ExternalReferences []externalReference `json:"externalReferences"`
	Type               string              `json:"type"`
	IsActive           bool                `json:"isActive"`
	Initials           string              `json:"initials"`
	Surname            string              `json:"surname"`
	DateOfBirth        string              `json:"dateOfBirth"`
	Gender             string              `json:"gender"`
	Addresses          []address           `json:"addresses"`
	Relations          []relation          `json:"relations,omitempty"`
}

type address struct {
	Type        string `json:"type"`
	Locality    string `json:"locality"`
	Region      string `json:"region"`
	CountryCode string `json:"countryCode"`
}

type relation struct {
	To   string `json:"to"`
	Type string `json:"type"`
}

// client becomes a person. The source is anonymised: the name is a pseudonym made from the key.
func (b *bank) client(r *row) {
	key := r.key("client_id")
	born, gender, err := decodeBirthNumber(r.text("birth_number"))
	if err != nil {
		r.fail("birth_number", err.Error())
	}
	home := lookUp(r, "district_id", b.districts)
	person := counterparty{
		ReferenceID:        id("client", key),
		ExternalReferences: legacy("clientId", key),
		Type:               "person",
		IsActive:           true,
		Initials:           "C.",
		Surname:            "Client " + key,
		DateOfBirth:        isoDate(born),
		Gender:             gender,
		Addresses:          []address{{Type: "main", Locality: home.name, Region: home.region, CountryCode: "CZ"}},
	}
	for _, account := range b.usable[key] {
		owner, ok := b.owners[account]
		if !ok {
			r.fail("client_id", "may use an account that nobody owns")
		}
		person.Relations = append(person.Relations, relation{To: id("client", owner), Type: "isAuthorisedUserOf"})
	}
	b.out.put(clientsDrop, person)
}

// decodeBirthNumber reads a Czech birth number without its suffix: YYMMDD, for women with 50 added to the month.
func decodeBirthNumber(number string) (born time.Time, gender string, err error) {
	if len(number) != 6 {
		return time.Time{}, "", fmt.Errorf("has %d digits instead of 6", len(number))
	}
	month, err := strconv.Atoi(number[2:4])
	if err != nil {
		return time.Time{}, "", fmt.Errorf("not a number")
	}
	gender = "male"
	if month > 50 {
		gender, month = "female", month-50
	}
	if born, err = century20(fmt.Sprintf("%s%02d%s", number[:2], month, number[4:])); err != nil {
		return time.Time{}, "", fmt.Errorf("not a date of birth")
	}
	return born, gender, nil
}
