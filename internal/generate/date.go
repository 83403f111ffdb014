package generate

import "time"

// date is a day, counted from 1970-01-01.
type date int64

// firstOf gives the first day of a month; months past December run into later years.
func firstOf(year, month int) date {
	return date(time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// The last day of the portfolio's past: nothing that has happened, happened later.
const lastDay date = 20088 // 2024-12-31

// after gives a day from d to d+span, but none after the last one.
func (d date) after(dice *dice, span int64) date {
	return d + date(dice.between(0, max(0, min(span, int64(lastDay-d)))))
}

// months gives the first day of the month that lies n months after d.
func (d date) months(n int64) date {
	year, month, _ := d.civil()
	return firstOf(year, month+int(n))
}

func (d date) civil() (year, month, day int) {
	y, m, n := time.Unix(int64(d)*86400, 0).UTC().Date()
	return y, int(m), n
}

func (d date) appendTo(b []byte) []byte {
	year, month, day := d.civil()
	b = appendPadded(b, int64(year), 4)
	b = append(b, '-')
	b = appendPadded(b, int64(month), 2)
	b = append(b, '-')
	return appendPadded(b, int64(day), 2)
}
