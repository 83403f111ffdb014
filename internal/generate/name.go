package generate

// The syllables of names. Some are not ASCII, as in life.
var (
	onsets  = []string{"Bar", "Bel", "Cor", "Dra", "Fen", "Gal", "Hal", "Jar", "Kel", "Lom", "Mar", "Nor", "Ost", "Pel", "Ruv", "Sil", "Tam", "Ulr", "Vel", "Wes", "Yor", "Zan", "Øst", "Šam", "Ław"}
	middles = []string{"a", "en", "i", "om", "u", "el", "ar", "in", "ö", "é", "and", "ost"}
	codas   = []string{"ba", "dek", "gard", "holt", "ka", "lund", "mond", "na", "ric", "sen", "ták", "ven", "wick", "zen"}
	firsts  = []string{"Ale", "Bri", "Cas", "Dor", "Eli", "Flo", "Gre", "Hen", "Isa", "Jon", "Kat", "Leo", "Mil", "Nad", "Ole", "Pia", "Rut", "Sve", "Tea", "Vik"}
	lasts   = []string{"na", "ra", "rik", "mir", "la", "to", "ne", "us", "lie", "dan"}
	streets = []string{"Quay", "Harbour Row", "Mill Lane", "Orchard Way", "North Wall", "Market Rise", "Ferry Road", "Garden Close"}
	towns   = []string{"haven", "burg", "ford", "stad", "ville", "wijk", "hradec", "mere"}
	trades  = []string{"Logistics", "Bakeries", "Timber", "Shipping", "Orchards", "Machines", "Textiles", "Energy"}
	forms   = []string{"Cooperative", "Limited", "Partnership", "Foundation"}
)

// name writes the name of a counterparty as a member. The name is all that others need to know of it, so it comes
// from the first throws of the counterparty's dice, which are returned.
func (p *portfolio) name(r *record, member string, counterparty int64) dice {
	d := p.roll(counterparties, counterparty)
	r.member(member)
	r.b = append(r.b, '"')
	r.b = append(r.b, pick(&d, onsets)...)
	r.b = append(r.b, pick(&d, middles)...)
	r.b = append(r.b, pick(&d, codas)...)
	if !p.isPerson(counterparty) {
		r.b = append(r.b, ' ')
		r.b = append(r.b, pick(&d, trades)...)
	}
	r.b = append(r.b, '"')
	return d
}
