package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/s2"
)

// The JSON of an entity is stored packed: an API's document makes most of it,
// repeats itself, and is in both of an entity's columns. A value that starts
// with '{' is JSON as it is; else the first byte says how it was packed.
const (
	packedBlock byte = 1 // one S2 block
	packedParts byte = 2 // what an entity's raw JSON does not share with its body
)

// packedFrom is how many bytes of JSON are worth packing.
const packedFrom = 512

// maxUnpacked is more than any body has; what claims more is damaged.
const maxUnpacked = 64 << 20

var errPacked = errors.New("what is stored of an entity cannot be unpacked")

// packBody returns a body as it is stored.
func packBody(body []byte) []byte {
	if len(body) < packedFrom {
		return body
	}
	packed := make([]byte, 1+s2.MaxEncodedLen(len(body)))
	packed[0] = packedBlock
	packed = packed[:1+len(s2.Encode(packed[1:], body))]
	if len(packed) >= len(body) {
		return body
	}
	return packed[:len(packed):len(packed)]
}

// unpackBody returns the body that was packed.
func unpackBody(stored []byte) ([]byte, error) {
	if len(stored) == 0 || stored[0] != packedBlock {
		return stored, nil
	}
	if n, err := s2.DecodedLen(stored[1:]); err != nil || n > maxUnpacked {
		return nil, errPacked
	}
	body, err := s2.Decode(nil, stored[1:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPacked, err)
	}
	return body, nil
}

// packRaw returns raw JSON as it is stored beside its body: how many bytes it
// starts with that the body starts with, how many it ends with that the body
// ends with, and what is between.
func packRaw(raw, body []byte) []byte {
	shorter := min(len(raw), len(body))
	start := 0
	for start < shorter && raw[start] == body[start] {
		start++
	}
	end := 0
	for end < shorter-start && raw[len(raw)-1-end] == body[len(body)-1-end] {
		end++
	}
	if start+end < packedFrom {
		return raw
	}
	packed := make([]byte, 0, 1+2*binary.MaxVarintLen32+len(raw)-start-end)
	packed = append(packed, packedParts)
	packed = binary.AppendUvarint(packed, uint64(start))
	packed = binary.AppendUvarint(packed, uint64(end))
	return append(packed, raw[start:len(raw)-end]...)
}

// unpackRaw returns the raw JSON that was packed beside a body.
func unpackRaw(stored, body []byte) ([]byte, error) {
	if len(stored) == 0 || stored[0] != packedParts {
		return stored, nil
	}
	rest := stored[1:]
	start, n := binary.Uvarint(rest)
	if n <= 0 {
		return nil, errPacked
	}
	rest = rest[n:]
	end, n := binary.Uvarint(rest)
	if n <= 0 || start > uint64(len(body)) || end > uint64(len(body)) {
		return nil, errPacked
	}
	rest = rest[n:]
	raw := make([]byte, 0, start+uint64(len(rest))+end)
	raw = append(raw, body[:start]...)
	raw = append(raw, rest...)
	return append(raw, body[uint64(len(body))-end:]...), nil
}
