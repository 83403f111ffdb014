package migrate

import "bytes"

// ReferenceIDOf gives the id that a body carries: the value of the first top-level member "referenceId" of one JSON
// object. It reads the body once, as far as that member, without allocating; it is for bodies that were checked when
// they were loaded, so what it has not read, and whatever it skips, may be malformed. False means that there is no such
// member, that its value is no usable id, or that the body breaks off before it.
func ReferenceIDOf(body []byte) (ReferenceID, bool) {
	i := skipSpace(body, 0)
	if i == len(body) || body[i] != '{' {
		return ReferenceID{}, false
	}
	for i++; ; i++ {
		name, next, ok := scanString(body, skipSpace(body, i))
		if !ok {
			return ReferenceID{}, false
		}
		if i = skipSpace(body, next); i == len(body) || body[i] != ':' {
			return ReferenceID{}, false
		}
		i = skipSpace(body, i+1)
		if isReferenceIDName(name) {
			return scanReferenceID(body, i)
		}
		if i = skipSpace(body, skipValue(body, i)); i == len(body) || body[i] != ',' {
			return ReferenceID{}, false
		}
	}
}

// isReferenceIDName reports whether a member's name, as it is written, says referenceId.
func isReferenceIDName(raw []byte) bool {
	const name = "referenceId"
	if len(raw) == len(name) {
		return string(raw) == name
	}
	var plain [len(name)]byte
	return unescapeASCII(plain[:], raw) && string(plain[:]) == name
}

func scanReferenceID(body []byte, i int) (ReferenceID, bool) {
	raw, _, ok := scanString(body, i)
	if !ok {
		return ReferenceID{}, false
	}
	if len(raw) == 36 {
		return ParseReferenceID(raw)
	}
	var plain [36]byte
	if !unescapeASCII(plain[:], raw) {
		return ReferenceID{}, false
	}
	return ParseReferenceID(plain[:])
}

// scanString gives what stands between the quotes of the string that begins at i, and the place after it.
func scanString(body []byte, i int) (raw []byte, next int, ok bool) {
	if i >= len(body) || body[i] != '"' {
		return nil, len(body), false
	}
	start := i + 1
	for i = start; ; i++ {
		quote := bytes.IndexByte(body[i:], '"')
		if quote < 0 {
			return nil, len(body), false
		}
		if i += quote; !isEscaped(body[start:i]) {
			return body[start:i], i + 1, true
		}
	}
}

// isEscaped reports whether what follows text is escaped: an odd number of backslashes stands before it.
func isEscaped(text []byte) bool {
	n := len(text)
	for n > 0 && text[n-1] == '\\' {
		n--
	}
	return (len(text)-n)%2 == 1
}

// skipValue gives the place after the value that begins at i.
func skipValue(body []byte, i int) int {
	for depth := 0; i < len(body); {
		switch body[i] {
		case '"':
			_, i, _ = scanString(body, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default:
			i = skipWord(body, i+1)
		}
		if depth <= 0 {
			return i
		}
	}
	return i
}

// skipWord gives the end of the number, word or separator that i lies in.
func skipWord(body []byte, i int) int {
	for i < len(body) {
		switch body[i] {
		case '"', '{', '[', '}', ']', ',', ' ', '\t', '\r', '\n':
			return i
		}
		i++
	}
	return i
}

func skipSpace(body []byte, i int) int {
	for i < len(body) && (body[i] == ' ' || body[i] == '\t' || body[i] == '\r' || body[i] == '\n') {
		i++
	}
	return i
}

// unescapeASCII fills plain with the string written as raw and reports whether it fits exactly. Of the escapes it
// knows \u0000 to \u007f: no other can stand for a character of a name or an id.
func unescapeASCII(plain, raw []byte) bool {
	for n := range plain {
		if len(raw) == 0 {
			return false
		}
		if plain[n] = raw[0]; raw[0] != '\\' {
			raw = raw[1:]
			continue
		}
		if len(raw) < 6 || string(raw[:4]) != `\u00` {
			return false
		}
		high, low := hexValue[raw[4]], hexValue[raw[5]]
		if high > 7 || low > 15 {
			return false
		}
		plain[n], raw = high<<4|low, raw[6:]
	}
	return len(raw) == 0
}
