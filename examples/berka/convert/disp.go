package main

// disposition says who may do what with an account. It is a look-up: the owner becomes the main applicant of the
// account's agreements, any other becomes a relation of its client.
func (b *bank) disposition(r *row) {
	account, client := r.key("account_id"), r.key("client_id")
	switch r.code("type", map[string]string{"OWNER": "owner", "DISPONENT": "user"}) {
	case "owner":
		if _, taken := b.owners[account]; taken {
			r.fail("account_id", "has an owner already")
		}
		b.owners[account] = client
	case "user":
		b.usable[client] = append(b.usable[client], account)
	}
}
