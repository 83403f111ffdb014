package api

import (
	"cmp"
	"mime"
	"slices"
	"strconv"
	"strings"

	"landfall/internal/records"
)

// Media types.
const (
	typeJSON     = "application/json"
	typeLines    = "application/jsonl"
	typeSequence = "application/json-seq"
)

// answerKind says which media types an endpoint answers with. The first one is for clients that take any.
type answerKind int

const (
	answerDocument answerKind = iota // application/json
	answerStream                     // JSON Lines or a sequence
	answerMirror                     // the format of the request, unless Accept names the other one
)

// offers gives the types that fit; of a mirror, application/json stands for the format of the request.
func (k answerKind) offers() []string {
	switch k {
	case answerStream:
		return []string{typeLines, typeSequence}
	case answerMirror:
		return []string{typeJSON, typeLines, typeSequence}
	}
	return []string{typeJSON}
}

const latestVersion = "2026.1.0"

var versions = []string{"2024.1.0", "2025.1.0", latestVersion}

// negotiate chooses media type and version of the answer from Accept.
func (c *call) negotiate(e endpoint) error {
	typ, version, err := negotiate(c.Header.Values("Accept"), e.answer.offers())
	if err != nil {
		return err
	}
	if c.w.Header().Get("Api-Version") != "" {
		c.w.Header().Set("Api-Version", version)
	}
	if typ == typeJSON && e.answer == answerMirror {
		typ, _, _ = mime.ParseMediaType(c.Header.Get("Content-Type"))
	}
	c.format, _ = formatOf(typ)
	return nil
}

// formatOf gives the framing that a media type means.
func formatOf(typ string) (records.Format, bool) {
	return records.ParseFormat(strings.TrimPrefix(typ, "application/"))
}

// mediaRange is one element of Accept.
type mediaRange struct {
	pattern string
	version string // "" for none
	quality float64
}

// match is an offer that a range accepts.
type match struct {
	offer string
	mediaRange
}

// negotiate gives the best offer and the API version. The most specific range that fits an offer decides about it; then
// quality counts, then the order of the header. No header, or an empty one, takes the first offer.
func negotiate(accept, offers []string) (offer, version string, err error) {
	header := strings.Join(accept, ",")
	if strings.TrimSpace(header) == "" {
		return offers[0], latestVersion, nil
	}
	matches := matchAll(parseAccept(header), offers)
	if len(matches) == 0 {
		return "", "", refuse(problemNotAcceptable, "Offered here: "+strings.Join(offers, ", ")+".")
	}
	for _, m := range matches {
		if m.version == "" {
			m.version = latestVersion
		}
		if slices.Contains(versions, m.version) {
			return m.offer, m.version, nil
		}
	}
	return "", "", refuse(problemVersion, "Served versions: "+strings.Join(versions, ", ")+".")
}

func matchAll(ranges []mediaRange, offers []string) []match {
	var matches []match
	for _, offer := range offers {
		best := 0
		for _, r := range ranges {
			best = max(best, r.specificity(offer))
		}
		for _, r := range ranges {
			if best > 0 && r.specificity(offer) == best && r.quality > 0 {
				matches = append(matches, match{offer, r})
			}
		}
	}
	place := func(m match) int { return slices.Index(ranges, m.mediaRange) }
	slices.SortStableFunc(matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.quality, a.quality), cmp.Compare(place(a), place(b)))
	})
	return matches
}

// specificity is 0 for a range that does not cover the type, else higher for one that covers fewer.
func (r mediaRange) specificity(typ string) int {
	switch r.pattern {
	case typ:
		return 3
	case "application/*":
		return 2
	case "*/*":
		return 1
	}
	return 0
}

// parseAccept leaves out what is malformed: it accepts nothing.
func parseAccept(header string) []mediaRange {
	var ranges []mediaRange
	for element := range strings.SplitSeq(header, ",") {
		pattern, parameters, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		r := mediaRange{pattern: pattern, version: parameters["api-version"], quality: 1}
		if q, ok := parameters["q"]; ok {
			if r.quality, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		ranges = append(ranges, r)
	}
	return ranges
}
