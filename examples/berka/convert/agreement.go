package main

// agreement is what an account becomes, and a loan.
type (
	agreement struct {
		ReferenceID        string              `json:"referenceId"`
		ExternalReferences []externalReference `json:"externalReferences"`
		Type               string              `json:"type"`
		AgreementNumber    string              `json:"agreementNumber"`
		BranchCode         string              `json:"branchCode,omitempty"`
		Status             string              `json:"status"`
		StartDate          string              `json:"startDate"`
		MaturityDate       string              `json:"maturityDate,omitempty"`
		Applicants         []applicant         `json:"applicants"`
		Amount             money               `json:"amount,omitzero"`
		Facilities         []facility          `json:"facilities,omitempty"`
		PaymentAccount     bankAccount         `json:"paymentAccount,omitzero"`
		StatementFrequency string              `json:"statementFrequency,omitempty"`
	}
	applicant struct {
		CounterpartyReferenceID string `json:"counterpartyReferenceId"`
		Role                    string `json:"role"`
	}
	facility struct {
		ReferenceID      string `json:"referenceId"`
		AmountLimit      money  `json:"amountLimit"`
		DurationInMonths int    `json:"durationInMonths"`
		PaymentAmount    money  `json:"paymentAmount"`
		PaymentFrequency string `json:"paymentFrequency"`
	}
)

// mainApplicant is the list of applicants of an agreement that belongs to one client.
func mainApplicant(clientKey string) []applicant {
	return []applicant{{CounterpartyReferenceID: id("client", clientKey), Role: "mainApplicant"}}
}
