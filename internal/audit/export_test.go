package audit

import "bytes"

// Seal gives a line the hash that fits its content, as someone would who knows
// the schema.
func Seal(text []byte) []byte {
	text = bytes.TrimSuffix(text, []byte("\n"))
	body := bytes.Clone(text[:len(text)-hashTail])
	return append(append(append(append(body, hashOpen...), sum(body)...), hashClose...), '\n')
}
