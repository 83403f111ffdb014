package main

import (
	"errors"
	"fmt"
	"strings"
)

// A picker takes records out of a clean conversion. Its first error sticks.
type picker struct {
	lines  map[string][]string // by drop
	spares int                 // lines of clients that spare has passed
	fresh  int                 // ids that renewed has made
	err    error
}

// slice names what is taken over clean: three accounts with loans, and their clients. Client 3 may use account 2.
var slice = struct{ accounts, clients, loans []string }{
	accounts: []string{"2", "1787", "1843"},
	clients:  []string{"2", "3", "2166", "2235"},
	loans:    []string{"4959", "5314", "5325"},
}

// pick returns the record of a drop that has the reference id.
func (p *picker) pick(drop, referenceID string) record {
	for _, line := range p.lines[drop] {
		if strings.HasPrefix(line, `{"referenceId":"`+referenceID+`"`) {
			return record{p, line}
		}
	}
	return p.missing(fmt.Sprintf("%s has no record %s", drop, referenceID))
}

// refer returns at most n records of a drop that refer to the id.
func (p *picker) refer(drop, referenceID string, n int) []record {
	var found []record
	for _, line := range p.lines[drop] {
		if len(found) < n && strings.Contains(line, `ReferenceId":"`+referenceID+`"`) {
			found = append(found, record{p, line})
		}
	}
	return found
}

// spare returns a client that nothing in the slice refers to, another one each time.
func (p *picker) spare() record {
	for clients := p.lines[clientsDrop]; p.spares < len(clients); {
		line := clients[p.spares]
		p.spares++
		if !strings.Contains(line, `"relations"`) && !p.inSlice(line) {
			return record{p, line}
		}
	}
	return p.missing("too few clients")
}

func (p *picker) inSlice(line string) bool {
	for _, client := range slice.clients {
		if strings.Contains(line, id("client", client)) {
			return true
		}
	}
	return false
}

func (p *picker) missing(what string) record {
	if p.err == nil {
		p.err = errors.New("making the dirty slice: " + what)
	}
	return record{p, "{}"}
}
