package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A record is a line that can be changed without decoding it: everything else in it keeps its bytes.
type record struct {
	p    *picker
	text string
}

// set changes the first member of that name, at any depth.
func (r record) set(member, value string) record {
	_, from, to := r.member(member)
	return record{r.p, r.text[:from] + value + r.text[to:]}
}

// without removes a member that another one follows.
func (r record) without(member string) record {
	start, _, to := r.member(member)
	return record{r.p, r.text[:start] + strings.TrimPrefix(r.text[to:], ",")}
}

// with adds a member at the end.
func (r record) with(member, value string) record {
	return record{r.p, fmt.Sprintf(`%s,"%s":%s}`, strings.TrimSuffix(r.text, "}"), member, value)}
}

// half is the beginning of the record.
func (r record) half() string { return r.text[:len(r.text)/2] }

// referenceID returns the id of the record.
func (r record) referenceID() string {
	_, from, to := r.member("referenceId")
	return strings.Trim(r.text[from:to], `"`)
}

// member finds the first member of that name: where it starts, and from where to where its value goes.
func (r record) member(name string) (start, from, to int) {
	start = strings.Index(r.text, `"`+name+`":`)
	if start < 0 {
		r.p.missing(fmt.Sprintf("no member %q to change", name))
		return 0, 0, 0
	}
	from = start + len(`"":`) + len(name)
	decoder := json.NewDecoder(strings.NewReader(r.text[from:]))
	var value json.RawMessage
	if err := decoder.Decode(&value); err != nil {
		r.p.missing(fmt.Sprintf("no value at %q to change", name))
	}
	return start, from, from + int(decoder.InputOffset())
}

// replaced changes bytes, whatever they mean.
func (r record) replaced(old, new string) record {
	if !strings.Contains(r.text, old) {
		r.p.missing(fmt.Sprintf("no %q to change", old))
	}
	return record{r.p, strings.Replace(r.text, old, new, 1)}
}

// renewed makes another entity of the record: with an id of its own and, if it has one, an agreement number.
func (r record) renewed() record {
	r.p.fresh++
	key := fmt.Sprint(r.p.fresh)
	r = r.set("referenceId", `"`+id("dirty", key)+`"`)
	if strings.Contains(r.text, `"agreementNumber"`) {
		r = r.set("agreementNumber", `"D-`+key+`"`)
	}
	return r
}

// indented spreads the record over several lines.
func (r record) indented() record {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(r.text), "", "  "); err != nil {
		r.p.missing("not to be indented: " + err.Error())
	}
	return record{r.p, b.String()}
}
