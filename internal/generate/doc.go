// Package generate makes up a lending portfolio of any size, for trying Landfall out and for measuring it. The
// portfolio fills every collection of the lending catalog that can be loaded, is valid by every rule of that catalog,
// and is the same bytes for the same seed and size on every machine.
//
// # Villages
//
// A portfolio is a row of villages of 100 entities. All villages have the same shape, which also gives the shares:
//
//	30  counterparties         26 persons, six of them couples, and 4 organisations
//	15  agreements             4 mortgages, 4 loans, 5 current accounts, a revolving credit, a lease
//	 8  collaterals            one for each mortgage and loan
//	 4  collateral-objects     2 properties, each mortgaged twice, and 2 others
//	13  debit-mandates         one for each agreement up to the last current account
//	 5  additional-repayments  one for each mortgage, one for a loan
//	25  transactions           on the current accounts
//
// A village lies in one country, with its currency, accounts and way of collecting. References stay within the village
// and never need to be remembered: the id of an entity is computed from the seed, its collection and its index, and so
// is everything that another entity must know of it. Memory is therefore flat at any size.
//
// A size that is not a multiple of 100 ends with a village cut short: each collection has its share, rounded down, and
// counterparties make up the rest.
//
// # Nobody is real
//
// Names are syllables, mail addresses are under example.org, telephone numbers begin with 00 after the country's code
// and bank codes are not given out. Ids have the form of random UUIDs. No date is later than 2024-12-31, apart from
// those on which something will end.
package generate
