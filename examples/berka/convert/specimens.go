package main

import (
	"fmt"
	"strings"
)

// specimens lists every dirty drop with every fault in it. The faults that only validation can see are in the files
// named invalid.jsonl, and nothing else is: without these files the rest can be imported.
func specimens(p *picker) []dirtyFile {
	return []dirtyFile{
		{"Collaterals/collaterals/clean.jsonl", p.each(pledgesDrop, "pledge", slice.loans)},
		{"Collaterals/collaterals/invalid.jsonl", p.invalidPledges()},
		{"Counterparties/counterparties/clean.jsonl", p.each(clientsDrop, "client", slice.clients)},
		{"Counterparties/counterparties/duplicates.jsonl", p.duplicateClients()},
		{"Counterparties/counterparties/invalid.jsonl", p.invalidClients()},
		{"Counterparties/counterparties/odd.jsonl", p.oddClients()},
		{"Counterparties/counterparties/rejected.jsonl", p.rejectedClients()},
		{"Counterparties/counterparties/sequence.json-seq", p.sequence()},
		{"FinancingExecutions/additional-repayments/clean.jsonl", p.eachOf(repaymentsDrop, "loan", slice.loans, 2)},
		{"FinancingExecutions/debit-mandates/clean.jsonl", p.eachOf(ordersDrop, "account", slice.accounts, 2)},
		{"FinancingExecutions/debit-mandates/invalid.jsonl", p.invalidOrders()},
		{"FinancingExecutions/transactions/clean.jsonl", p.eachOf(transactionsDrop, "account", slice.accounts, 4)},
		{"FinancingExecutions/transactions/invalid.jsonl", p.invalidTransactions()},
		{"FinancingExecutions/transactions/rejected.jsonl", p.rejectedTransactions()},
		{"FinancingSolutions/agreements/clean.jsonl", p.cleanAgreements()},
		{"FinancingSolutions/agreements/invalid.jsonl", p.invalidAgreements()},
		{"FinancingSolutions/agreements/rejected.jsonl", p.rejectedAgreements()},
	}
}

const (
	nobody        = "1eff07b8-3f5c-4f0e-9a55-1d9c2a6c7b11" // an id that is staged nowhere
	byteOrderMark = "\uFEFF"
	separator     = "\x1e" // of records in a sequence
)

// The codes that occur more than once.
const (
	invalidJSON  = "INVALID_JSON"
	invalidType  = "INVALID_TYPE"
	invalidForm  = "INVALID_FORMAT"
	invalidValue = "INVALID_VALUE"
	invalidID    = "INVALID_REFERENCE_ID"
	missingField = "MISSING_REQUIRED_FIELD"
	noReference  = "REFERENCE_NOT_FOUND"
	notPositive  = "AMOUNT_NOT_POSITIVE"
	notUnique    = "AGREEMENT_NUMBER_NOT_UNIQUE"
	inFuture     = "DATE_IN_FUTURE"
)

// The records that most faults are put into belong to the first account of the slice.

func (p *picker) owner() string       { return id("client", slice.clients[0]) }
func (p *picker) client() record      { return p.pick(clientsDrop, p.owner()) }
func (p *picker) account() record     { return p.pick(accountsDrop, id("account", slice.accounts[0])) }
func (p *picker) loan() record        { return p.pick(loansDrop, id("loan", slice.loans[0])) }
func (p *picker) pledge() record      { return p.pick(pledgesDrop, id("pledge", slice.loans[0])) }
func (p *picker) order() record       { return p.first(ordersDrop) }
func (p *picker) transaction() record { return p.first(transactionsDrop) }

// first returns the first record of a drop on that account.
func (p *picker) first(drop string) record {
	found := p.refer(drop, id("account", slice.accounts[0]), 1)
	if len(found) == 0 {
		return p.missing(drop + " has nothing on the first account")
	}
	return found[0]
}

// each picks the records of a drop by their keys.
func (p *picker) each(drop, kind string, keys []string) []specimen {
	var list []specimen
	for _, key := range keys {
		list = append(list, p.pick(drop, id(kind, key)).clean())
	}
	return list
}

// eachOf picks at most n records of a drop on each agreement.
func (p *picker) eachOf(drop, kind string, keys []string, n int) []specimen {
	var list []specimen
	for _, key := range keys {
		for _, r := range p.refer(drop, id(kind, key), n) {
			list = append(list, r.clean())
		}
	}
	return list
}

func (p *picker) cleanAgreements() []specimen {
	return append(p.each(accountsDrop, "account", slice.accounts), p.each(loansDrop, "loan", slice.loans)...)
}

func (p *picker) duplicateClients() []specimen {
	moved := p.pick(clientsDrop, id("client", slice.clients[2]))
	twice := p.spare()
	return []specimen{
		p.client().duplicate("the first record of `clean.jsonl` again", "replayed"),
		moved.set("locality", `"Brno - mesto"`).set("region", `"south Moravia"`).
			duplicate("the third record of `clean.jsonl` with another address", "replaced"),
		twice.staged("a new client"),
		twice.set("isActive", "false").duplicate("the line before with other content", "replaced"),
	}
}

func (p *picker) oddClients() []specimen {
	upper := p.spare()
	upper = upper.set("referenceId", `"`+strings.ToUpper(upper.referenceID())+`"`)
	return []specimen{
		p.spare().staged("after a byte-order mark at the start of the file").after(byteOrderMark),
		p.spare().staged("ended by CR LF").ending("\r\n"),
		{end: "\n", what: "an empty line", kind: blank, outcome: "no record"},
		{text: " \t \r", end: "\n", what: "only blanks, a tab and a CR", kind: blank, outcome: "no record"},
		upper.staged("the reference id in capital letters"),
		p.spare().with("branch", `{"code":18,"rate":0.290}`).staged("members the schema does not know, kept as they are"),
		p.spare().set("locality", `"Plzeň"`).staged("letters beyond ASCII, in UTF-8"),
		p.spare().set("region", `"west\u0000Bohemia"`).staged("an escaped NUL character"),
		p.spare().staged("no LF at the end of the file").ending(""),
	}
}

func (p *picker) rejectedClients() []specimen {
	return []specimen{
		p.spare().without("surname").rejected("no surname", missingField, "surname"),
		p.spare().set("initials", "null").set("dateOfBirth", `"13.12.1970"`).
			rejected("two faults: a date in the country's form, null for the initials", invalidForm, "dateOfBirth").
			also(missingField, "initials"),
		p.spare().set("isActive", `"yes"`).rejected("text where a boolean belongs", invalidType, "isActive"),
		p.spare().set("dateOfBirth", `"1945-02-30"`).rejected("30 February", invalidForm, "dateOfBirth"),
		p.spare().set("countryCode", `"cz"`).
			rejected("a country in small letters", invalidForm, "addresses[0].countryCode"),
		p.spare().replaced(`"person"`, `"client"`).rejected("a type that is not in the list", invalidValue, "type"),
		p.spare().set("initials", `""`).rejected("empty text", invalidValue, "initials"),
		p.spare().with("relations", `[{"type":"isAuthorisedUserOf"}]`).
			rejected("a relation to nobody", missingField, "relations[0].to"),
		p.spare().set("referenceId", `"1234"`).rejected("the old key as the reference id", invalidID, "referenceId"),
		p.spare().set("referenceId", "1234").rejected("a number as the reference id", invalidID, "referenceId"),
		p.spare().set("referenceId", `"00000000-0000-0000-0000-000000000000"`).
			rejected("the nil UUID", invalidID, "referenceId"),
		p.spare().without("referenceId").rejected("no reference id", missingField, "referenceId"),
		p.spare().with("surname", `"Client"`).rejected("the member `surname` twice", invalidJSON, "surname"),
		p.spare().set("locality", "\"Plze\xf2\"").rejected("Latin-2 instead of UTF-8", invalidJSON, ""),
		p.spare().set("locality", "\"Kutna\tHora\"").rejected("a raw tab within text", invalidJSON, ""),
		p.spare().set("locality", `"Most \ud83c"`).rejected("half a surrogate pair", invalidJSON, ""),
		p.spare().rejected("a byte-order mark within the file", invalidJSON, "").after(byteOrderMark),
		p.spare().replaced("}]}", "}]}{}").rejected("two values in one line", invalidJSON, ""),
		p.spare().with("deep", strings.Repeat("[", 100)+strings.Repeat("]", 100)).
			rejected("nested 100 levels deep", invalidJSON, ""),
		reject("["+p.spare().text+"]", "an array around the record", invalidType, ""),
		reject(`"none"`, "text instead of a record", invalidType, ""),
		p.short().indented().rejected("a record spread over several lines: each line is one", invalidJSON, ""),
		p.spare().staged("a good record among the bad ones"),
		reject(p.spare().half(), "cut off, the end of the file", invalidJSON, "").ending(""),
	}
}

// short is a spare client with little more than its name.
func (p *picker) short() record {
	return p.spare().without("externalReferences").without("isActive").without("dateOfBirth").
		set("addresses", "[]").replaced(`,"addresses":[]`, "")
}

func (p *picker) sequence() []specimen {
	return []specimen{
		reject(p.spare().text, "before the first record separator", invalidJSON, ""),
		p.spare().clean().after(separator),
		p.spare().staged("after several separators").after(separator + separator),
		p.short().indented().staged("spread over several lines, as a sequence permits").after(separator),
		reject(p.spare().half(), "cut off among good ones", invalidJSON, "").after(separator),
		p.spare().staged("not ended before the next separator").after(separator).ending(""),
		reject("42", "a number that may be cut off", invalidJSON, "").after(separator).ending(""),
		reject("42", "a number that is whole", invalidType, "").after(separator),
		p.spare().without("surname").rejected("no surname", missingField, "surname").after(separator),
		p.spare().staged("not ended before the end of the file").after(separator).ending(""),
	}
}

func (p *picker) invalidClients() []specimen {
	self := p.spare()
	return []specimen{
		p.spare().with("relations", userOf(nobody)).
			invalid("a relation to a client that is not there", noReference, "relations[0].to"),
		self.with("relations", userOf(self.referenceID())).
			invalid("a relation to itself", "RELATION_TO_SELF", "relations[0].to"),
		p.spare().set("countryCode", `"ZZ"`).
			invalid("a country that does not exist", "COUNTRY_NOT_CONFIGURED", "addresses[0].countryCode"),
		p.spare().set("dateOfBirth", `"2070-12-13"`).
			invalid("born in the wrong century", inFuture, "dateOfBirth"),
		p.spare().set("dateOfBirth", `"1870-12-13"`).
			invalid("born in the other wrong century", "DATE_IMPLAUSIBLE", "dateOfBirth"),
	}
}

func (p *picker) invalidPledges() []specimen {
	return []specimen{
		p.pledge().renewed().set("counterpartyReferenceIds", `["`+nobody+`"]`).
			invalid("pledged by a client that is not there", noReference, "counterpartyReferenceIds[0]"),
		p.pledge().renewed().set("agreementReferenceIds", `["`+nobody+`"]`).
			invalid("for a loan that is not there", noReference, "agreementReferenceIds[0]"),
		p.pledge().renewed().set("coverAmount", `{"amount":0,"currency":"CZK"}`).
			invalid("covers nothing", notPositive, "coverAmount.amount"),
	}
}

func (p *picker) invalidAgreements() []specimen {
	owner := applicant{p.owner(), "mainApplicant"}
	other := applicant{id("client", slice.clients[1]), "mainApplicant"}
	return []specimen{
		p.account().renewed().set("applicants", applicants(owner, other)).
			invalid("two main applicants", "MAIN_APPLICANT_COUNT", "applicants"),
		p.account().renewed().set("applicants", applicants(applicant{nobody, "mainApplicant"})).
			invalid("of a client that is not there", noReference, "applicants[0].counterpartyReferenceId"),
		p.account().renewed().set("agreementNumber", `"D-0"`).
			invalid("shares its number with the next", notUnique, "agreementNumber"),
		p.account().renewed().set("agreementNumber", `"D-0"`).
			invalid("shares its number with the one before", notUnique, "agreementNumber"),
		p.loan().renewed().set("amountLimit", `{"amount":80952.01,"currency":"CZK"}`).
			invalid("the facility is not the loan's amount", "FACILITY_SUM_MISMATCH", "amount"),
		p.loan().renewed().without("facilities").invalid("a loan without facilities", "FACILITY_MISSING", "facilities"),
		p.loan().renewed().set("maturityDate", `"1993-12-31"`).
			invalid("ends before it starts", "DATE_ORDER", "maturityDate"),
	}
}

func (p *picker) rejectedAgreements() []specimen {
	return []specimen{
		p.account().renewed().set("applicants", applicants()).rejected("no applicant", invalidValue, "applicants"),
		p.account().renewed().set("applicants", applicants(applicant{p.owner(), "owner"})).
			rejected("a role that is not in the list", invalidValue, "applicants[0].role"),
		p.account().renewed().set("startDate", `"930101"`).rejected("a date of the old system", invalidForm, "startDate"),
		p.loan().renewed().set("amount", `{"amount":"80952","currency":"CZK"}`).
			rejected("an amount in quotation marks", invalidType, "amount.amount"),
		p.loan().renewed().without("amountLimit").
			rejected("a facility without its limit", missingField, "facilities[0].amountLimit"),
		p.loan().renewed().set("durationInMonths", "0").
			rejected("a duration of no months", invalidValue, "facilities[0].durationInMonths"),
	}
}

func (p *picker) invalidOrders() []specimen {
	return []specimen{
		p.order().renewed().set("agreementReferenceId", `"`+nobody+`"`).
			invalid("from an account that is not there", noReference, "agreementReferenceId"),
		p.order().renewed().set("creditorAccount", `{"iban":"CZ6508000000192000145398"}`).
			invalid("a wrong check number", "IBAN_INVALID", "creditorAccount.iban"),
	}
}

func (p *picker) invalidTransactions() []specimen {
	return []specimen{
		p.transaction().renewed().set("amount", `{"amount":-1100.00,"currency":"CZK"}`).
			invalid("a negative amount", notPositive, "amount.amount"),
		p.transaction().renewed().set("amount", `{"amount":1100.005,"currency":"CZK"}`).
			invalid("a tenth of a haler", "AMOUNT_PRECISION", "amount.amount"),
		p.transaction().renewed().set("amount", `{"amount":1100.00,"currency":"CSK"}`).
			invalid("a currency that ended in 1993", "CURRENCY_UNKNOWN", "amount.currency"),
		p.transaction().renewed().set("bookingDate", `"2093-02-26"`).
			invalid("booked in the wrong century", inFuture, "bookingDate"),
	}
}

func (p *picker) rejectedTransactions() []specimen {
	return []specimen{
		p.transaction().renewed().set("amount", `{"amount":1100,00,"currency":"CZK"}`).
			rejected("a decimal comma", invalidJSON, ""),
		p.transaction().renewed().set("amount", `{"amount":01100.00,"currency":"CZK"}`).
			rejected("a zero in front", invalidJSON, ""),
		p.transaction().renewed().set("amount", `{"amount":1234567890123456789.00,"currency":"CZK"}`).
			rejected("19 digits before the point", invalidValue, "amount.amount"),
		p.transaction().renewed().set("amount", `{"amount":1100.00}`).
			rejected("an amount of no currency", missingField, "amount.currency"),
		p.transaction().renewed().set("agreementReferenceId", `"A-2"`).
			rejected("an account number where a UUID belongs", invalidForm, "agreementReferenceId"),
		p.transaction().renewed().clean(),
		reject(`3526882;11021;940331;"PRIJE`, "a line of the source, the end of the file", invalidJSON, "").ending(""),
	}
}

// applicants is a list of applicants, userOf a list of one relation, as JSON.
func applicants(list ...applicant) string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = fmt.Sprintf(`{"counterpartyReferenceId":%q,"role":%q}`, a.CounterpartyReferenceID, a.Role)
	}
	return "[" + strings.Join(texts, ",") + "]"
}

func userOf(client string) string {
	return fmt.Sprintf(`[{"to":%q,"type":"isAuthorisedUserOf"}]`, client)
}
