// Package packed makes the JSON of entities small: an API's document makes most
// of it, and repeats itself.
package packed

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"
)

// A value that starts with '{' is JSON as it is; else the first byte says how it
// was packed.
const (
	block byte = 1 // one S2 block
	parts byte = 2 // what an entity's raw JSON does not share with its body
)

// worthIt is how many bytes of JSON are worth packing.
const worthIt = 512

// maxUnpacked is more than any body has; what claims more is damaged.
const maxUnpacked = 64 << 20

// ErrDamaged says that bytes were not packed here, or not all are there.
var ErrDamaged = errors.New("what is stored of an entity cannot be unpacked")

// Body returns the body of an entity packed, the same slice when it is short.
func Body(body []byte) []byte {
	if len(body) < worthIt {
		return body
	}
	packed := make([]byte, 1+s2.MaxEncodedLen(len(body)))
	packed[0] = block
	packed = packed[:1+len(s2.Encode(packed[1:], body))]
	if len(packed) >= len(body) {
		return body
	}
	return slices.Clone(packed) // without the room it did not need
}

// OpenBody returns the body that was packed, or ErrDamaged.
func OpenBody(stored []byte) ([]byte, error) {
	if len(stored) == 0 || stored[0] != block {
		return stored, nil
	}
	if n, err := s2.DecodedLen(stored[1:]); err != nil || n > maxUnpacked {
		return nil, ErrDamaged
	}
	body, err := s2.Decode(nil, stored[1:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return body, nil
}

// Raw returns raw JSON packed to be kept beside its body: how many bytes it
// starts with that the body starts with, how many it ends with that the body
// ends with, and what is between.
func Raw(raw, body []byte) []byte {
	shorter := min(len(raw), len(body))
	start := 0
	for start < shorter && raw[start] == body[start] {
		start++
	}
	end := 0
	for end < shorter-start && raw[len(raw)-1-end] == body[len(body)-1-end] {
		end++
	}
	if start+end < worthIt {
		return raw
	}
	packed := make([]byte, 0, 1+2*binary.MaxVarintLen32+len(raw)-start-end)
	packed = append(packed, parts)
	packed = binary.AppendUvarint(packed, uint64(start))
	packed = binary.AppendUvarint(packed, uint64(end))
	return append(packed, raw[start:len(raw)-end]...)
}

// OpenRaw returns the raw JSON that was packed beside a body, or ErrDamaged.
func OpenRaw(stored, body []byte) ([]byte, error) {
	if len(stored) == 0 || stored[0] != parts {
		return stored, nil
	}
	rest := stored[1:]
	start, n := binary.Uvarint(rest)
	if n <= 0 {
		return nil, ErrDamaged
	}
	rest = rest[n:]
	end, n := binary.Uvarint(rest)
	if n <= 0 || start > uint64(len(body)) || end > uint64(len(body)) {
		return nil, ErrDamaged
	}
	rest = rest[n:]
	raw := make([]byte, 0, start+uint64(len(rest))+end)
	raw = append(raw, body[:start]...)
	raw = append(raw, rest...)
	return append(raw, body[uint64(len(body))-end:]...), nil
}
