package api

import (
	"cmp"
	"mime"
	"slices"
	"strings"
)

// bodyKind says which body an endpoint takes. A body that nobody asked for is ignored.
type bodyKind int

const (
	bodyNone     bodyKind = iota
	bodyDocument          // one JSON document
	bodyRecords           // JSON Lines or a sequence, perhaps compressed
)

func (k bodyKind) types() []string {
	if k == bodyRecords {
		return []string{typeLines, typeSequence}
	}
	return []string{typeJSON}
}

func (k bodyKind) encodings() []string {
	if k == bodyRecords {
		return []string{"identity", "gzip", "zstd"}
	}
	return []string{"identity"}
}

// readContentType refuses bodies that the endpoint cannot read.
func (c *call) readContentType(e endpoint) error {
	if e.body == bodyNone {
		return nil
	}
	typ, parameters, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	charset := cmp.Or(parameters["charset"], "utf-8")
	if err != nil || !slices.Contains(e.body.types(), typ) || !strings.EqualFold(charset, "utf-8") {
		return refuse(problemMediaType, "Taken here, in UTF-8: "+strings.Join(e.body.types(), ", ")+".")
	}
	c.incoming, _ = formatOf(typ)
	c.encoding = strings.ToLower(cmp.Or(strings.Join(c.Header.Values("Content-Encoding"), ","), "identity"))
	if !slices.Contains(e.body.encodings(), c.encoding) {
		return refuse(problemEncoding, "Taken here: "+strings.Join(e.body.encodings(), ", ")+".")
	}
	return nil
}
