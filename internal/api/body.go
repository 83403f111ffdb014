package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"unicode/utf8"

	"landfall/internal/pipeline"
)

// maxDocument is the longest JSON document that is read as a body.
const maxDocument = 1 << 20

// readMembers reads the body as one JSON object, member by member.
func (c *call) readMembers() (map[string]json.RawMessage, error) {
	text, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, maxDocument))
	if long := (*http.MaxBytesError)(nil); errors.As(err, &long) {
		return nil, refuseWith(problemTooLarge, "", "limitBytes", long.Limit)
	}
	if err != nil {
		return nil, clientGone(err)
	}
	var members map[string]json.RawMessage
	if !utf8.Valid(text) || json.Unmarshal(text, &members) != nil || members == nil {
		return nil, malformedMember("", "The body has to be one JSON object.")
	}
	return members, nil
}

// readMember reads one member; an absent one leaves v as it is.
func readMember(members map[string]json.RawMessage, name string, v any) error {
	if text, ok := members[name]; ok && json.Unmarshal(text, v) != nil {
		return malformedMember(name, "The member has another type.")
	}
	return nil
}

func malformedMember(field, message string) error {
	return refuseWith(problemMalformed, message, "errors", []map[string]string{{"field": field, "message": message}})
}

// recordBody is a body of records, decompressed, with errors that say whose fault they are. It is opened by the first
// Read: until then nothing of the body has to be there.
type recordBody struct {
	raw      io.Reader
	encoding string
	plain    io.Reader
	broken   error // what ended raw early
}

// Read gives plain bytes.
func (b *recordBody) Read(p []byte) (n int, err error) {
	if b.plain == nil {
		b.plain, err = pipeline.Decompress(b.encoding, readerFunc(b.readRaw))
	}
	if err == nil {
		n, err = b.plain.Read(p)
	}
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case b.broken != nil:
		return n, clientGone(b.broken)
	}
	return n, refuse(problemMalformed, "The body is not compressed as Content-Encoding says.")
}

func (b *recordBody) readRaw(p []byte) (int, error) {
	n, err := b.raw.Read(p)
	if err != nil && err != io.EOF {
		b.broken = err
	}
	return n, err
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
